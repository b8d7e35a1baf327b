/**
 * Round values for an axis: steps of 1, 2 or 5 times a power of ten, of `steps` where an axis has its own.
 * @param {number} from
 * @param {number} to
 * @param {number} most how many there may be
 * @param {readonly number[]} [steps] rising
 * @returns {number[]}
 */
export function roundTicks(from, to, most, steps = []) {
  const least = (to - from) / most
  const step = steps.find((own) => own >= least) ?? roundStep(least)
  const ticks = []
  for (let at = Math.ceil(from / step); at * step <= to + step / 1e6; at++) ticks.push(Number((at * step).toPrecision(12)))
  return ticks
}

function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least * 0.999_999) ?? 10 * power
}

const byteUnits = [
  { name: 'GiB', bytes: 2 ** 30 },
  { name: 'MiB', bytes: 2 ** 20 },
  { name: 'KiB', bytes: 2 ** 10 }
]

/** The unit in which the greatest value is at least 2. @param {number} most in bytes */
export const byteUnit = (most) => byteUnits.find(({ bytes }) => most >= 2 * bytes) ?? { name: 'bytes', bytes: 1 }

const timeUnits = [
  { name: 'hours', ms: 3_600_000, steps: [0.25, 0.5, 1, 2, 3, 6, 12, 24] },
  { name: 'minutes', ms: 60_000, steps: [0.25, 0.5, 1, 2, 5, 10, 15, 30] },
  { name: 'seconds', ms: 1000, steps: [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60] }
]

/** @param {number} span in ms */
export const timeUnit = (span) => timeUnits.find(({ ms }) => span >= 3 * ms) ?? timeUnits[timeUnits.length - 1]

/**
 * The part of the vertical axis that is shown: from 0, unless the values keep so far from it that their course would be a flat line.
 * @param {number} least
 * @param {number} most
 * @returns {[number, number]}
 */
export function verticalRange(least, most) {
  if (least < (most - least) * 3 || most === 0) return [0, most * 1.05 || 1]
  const margin = Math.max((most - least) * 0.15, most * 0.005)
  return [least - margin, most + margin]
}
