/** Waits, and not to the end where one of the signals comes first. @param {number} ms @param {AbortSignal[]} signals */
export function pause(ms, ...signals) {
  // AbortSignal.any() would be shorter, and leaks in some versions of Node.js where a signal lives on.
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    for (const signal of signals) signal.addEventListener('abort', end)
    if (signals.some(({ aborted }) => aborted)) end()

    function end() {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', end)
      resolve()
    }
  })
}
