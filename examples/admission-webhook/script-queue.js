import { Failure } from './failure.js'

/** Runs at most `most` tasks at once, first come, first served; at most `waiting` wait, and none for longer than its deadline. */
export function createScriptQueue({ most, waiting }) {
  const line = []
  let running = 0

  /** @throws Failure `queue-full` or `no-time`; whatever the task throws */
  async function run(task, { deadline, signal }) {
    if (running >= most) await turn(deadline, signal)
    else running += 1
    try {
      signal.throwIfAborted()
      return await task()
    } finally {
      // The place goes to the next, and is never free in between.
      const next = line.shift()
      if (next) next()
      else running -= 1
    }
  }

  function turn(deadline, signal) {
    if (line.length >= waiting) throw new Failure('queue-full', 'too many decisions are waiting for the loader script', 503)
    return new Promise((resolve, reject) => {
      const leave = (error) => {
        const place = line.indexOf(enter)
        if (place >= 0) line.splice(place, 1)
        settle(reject, error)
      }
      const timer = setTimeout(() => leave(noTime()), Math.max(0, deadline - performance.now()))
      const onAbort = () => leave(signal.reason)
      signal.addEventListener('abort', onAbort)
      const enter = () => settle(resolve)
      line.push(enter)

      function settle(how, value) {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        how(value)
      }
    })
  }

  return { run, running: () => running, waiting: () => line.length }
}

export function noTime() {
  return new Failure('no-time', 'no time was left to run the loader script', 503)
}
