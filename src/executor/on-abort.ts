interface Waiting {
  listeners: Set<() => void>
  tell: () => void
}

const signals = new WeakMap<AbortSignal, Waiting>()

/**
 * Calls `listener` when the signal aborts; gives what takes it off again. One listener on the signal serves all who wait:
 * an embedder may give the same signal to many runs, and the eleventh listener would be a process warning.
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {}
  const { listeners, tell } = signals.get(signal) ?? listen(signal)
  listeners.add(listener)
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return
    signal.removeEventListener('abort', tell)
    signals.delete(signal)
  }
}

function listen(signal: AbortSignal): Waiting {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  signal.addEventListener('abort', tell)
  const entry = { listeners, tell }
  signals.set(signal, entry)
  return entry
}
