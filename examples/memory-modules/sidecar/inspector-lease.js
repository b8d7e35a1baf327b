/*
 * These run in the target. A tool that is killed can't close the inspector that it opened, and an open one is code execution for the
 * whole Pod: so the target itself closes it when the tool is silent. The lease keeps a second tool out as well: it would stop the first
 * one's sampling.
 */

export const leaseMs = 6000

/**
 * Takes the lease, or takes it again; unless this is another process than the one that was meant.
 * @param {number} pid of the one that was meant, as it sees it itself
 * @param {string} owner
 * @param {boolean} opened whether the owner opened the inspector
 * @param {number} ms
 * @returns {'taken' | 'held' | number} 'held': by another tool; a number: the pid of the wrong process
 */
function takeLease(pid, owner, opened, ms) {
  if (process.pid !== pid) return process.pid
  const key = Symbol.for('hermes.inspector.lease')
  const held = globalThis[key]
  if (held !== undefined && held.owner !== owner) return 'held'
  clearTimeout(held?.timer)
  const timer = setTimeout(() => {
    delete globalThis[key]
    if (opened) (process.getBuiltinModule ?? require)('node:inspector').close()
  }, ms)
  timer.unref()
  globalThis[key] = { owner, timer }
  return 'taken'
}

/** Gives it back. @param {string} owner @param {boolean} opened */
function endLease(owner, opened) {
  const key = Symbol.for('hermes.inspector.lease')
  const held = globalThis[key]
  if (held?.owner !== owner) return
  clearTimeout(held.timer)
  delete globalThis[key]
  if (opened) (process.getBuiltinModule ?? require)('node:inspector').close()
}

const call = (body, ...values) => `(${body})(${values.map((value) => JSON.stringify(value)).join(', ')})`

/** @param {number} pid @param {string} owner @param {boolean} opened */
export const taking = (pid, owner, opened) => call(takeLease, pid, owner, opened, leaseMs)

/** @param {string} owner @param {boolean} opened */
export const ending = (owner, opened) => call(endLease, owner, opened)
