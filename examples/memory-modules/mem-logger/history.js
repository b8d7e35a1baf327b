const mostPoints = 300
// A line so far above the process's own flattens them: a cgroup that others share, a limit that is far.
const mostTimesRss = 4

/** What the chart shows, the most telling first; six lines are as many as can be told apart. */
const shown = [
  ['rssBytes', 'Resident (RSS)'],
  ['anonymousBytes', 'Anonymous'],
  ['pssBytes', 'Proportional (PSS)'],
  ['cgroupUsageBytes', 'cgroup'],
  ['swapBytes', 'Swapped out'],
  ['cgroupLimitBytes', 'cgroup limit']
]

/**
 * The course so far in a bounded number of points: where they become too many, every second one goes, and from then on half as many come.
 * @param {readonly string[]} fields
 */
export function createHistory(fields) {
  const chosen = shown.filter(([field]) => fields.includes(field))
  let rows = []
  let absentNow = {}
  let every = 1
  let lines = 0

  return {
    /** @param {number} time @param {Record<string, number>} values @param {Record<string, string>} absent */
    add(time, values, absent) {
      if (lines++ % every === 0) rows.push({ time, values })
      absentNow = absent
      if (rows.length < mostPoints) return
      rows = rows.filter((_, index) => index % 2 === 0)
      every *= 2
    },

    read() {
      const series = chosen.map(([field, name]) => seriesOf(field, name, rows)).filter(isWorthIt)
      const own = Math.max(0, ...series.filter(isOfProcess).map(greatest))
      const isFar = (one) => !isOfProcess(one) && own > 0 && greatest(one) > own * mostTimesRss
      return { lines, absent: absentNow, series: series.filter((one) => !isFar(one)), notDrawn: series.filter(isFar) }
    }
  }
}

function seriesOf(field, name, rows) {
  const points = rows.map(({ time, values }) => [time, values[field]])
  return { field, name, points, isDerived: field === 'cgroupLimitBytes' }
}

/** Swap that nobody uses is a line at 0. */
const isWorthIt = ({ field, points }) => field !== 'swapBytes' || points.some(([, bytes]) => bytes > 0)

const isOfProcess = ({ field }) => !field.startsWith('cgroup')

const greatest = ({ points }) => points.reduce((most, [, bytes]) => Math.max(most, bytes ?? 0), 0)
