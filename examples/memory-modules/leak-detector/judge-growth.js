import { theilSen } from './theil-sen.js'

const fewestSamples = 10

/**
 * @typedef {object} Judgement
 * @property {'leaking' | 'healthy' | 'undecided'} verdict
 * @property {string} reason
 * @property {number} [slopeKiBPerSec] over the whole window
 * @property {number} [laterSlopeKiBPerSec] over its second half
 * @property {number} [interceptBytes] where the line of the whole begins
 */

/**
 * A cache that fills, or a start, grows too; but it does not go on growing. So both count: the whole window, and its second half.
 * @param {readonly [time: number, bytes: number][]} samples by time in ms
 * @param {{ windowMs: number, minGrowthKiBPerSec: number }} settings
 * @returns {Judgement}
 */
export function judgeGrowth(samples, { windowMs, minGrowthKiBPerSec }) {
  const points = samples.map(([time, bytes]) => [(time - samples[0][0]) / 1000, bytes])
  const seconds = points.at(-1)?.[0] ?? 0
  const whole = theilSen(points)
  const later = theilSen(points.slice(points.length >> 1))
  if (whole === undefined || later === undefined || samples.length < fewestSamples || seconds * 1000 < windowMs / 2) {
    return {
      verdict: 'undecided',
      reason: `${samples.length} of at least ${fewestSamples} samples, ${seconds.toFixed(1)} s of at least ${windowMs / 2000}: too few for a verdict`
    }
  }
  const slopeKiBPerSec = toKiB(whole.slope)
  const laterSlopeKiBPerSec = toKiB(later.slope)
  const figures = { slopeKiBPerSec, laterSlopeKiBPerSec, interceptBytes: Math.round(whole.intercept) }
  const grew = `anonymous memory grew by ${slopeKiBPerSec} KiB/s over ${seconds.toFixed(1)} s`
  if (slopeKiBPerSec < minGrowthKiBPerSec) {
    return { verdict: 'healthy', reason: `${grew}; from ${minGrowthKiBPerSec} on it counts as a leak`, ...figures }
  }
  if (laterSlopeKiBPerSec < minGrowthKiBPerSec / 2) {
    return { verdict: 'healthy', reason: `${grew}, but by ${laterSlopeKiBPerSec} in the second half: it settles`, ...figures }
  }
  return { verdict: 'leaking', reason: `${grew}, and by ${laterSlopeKiBPerSec} in the second half`, ...figures }
}

const toKiB = (bytes) => Number((bytes / 1024).toFixed(1))
