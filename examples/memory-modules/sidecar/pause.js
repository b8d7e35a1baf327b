import { setTimeout } from 'node:timers/promises'

/** Waits, and not to the end where one of the signals comes first. It never throws. @param {number} ms @param {AbortSignal[]} signals */
export async function pause(ms, ...signals) {
  try {
    await setTimeout(ms, undefined, { signal: AbortSignal.any(signals) })
  } catch {
    // Who waits looks at the signals.
  }
}
