/**
 * The line that a course of values follows, by Theil and Sen: the median of the slopes of all pairs. A third of the values can be wrong
 * (the saw teeth of a garbage collector) and it still holds.
 * @param {readonly [x: number, y: number][]} points
 * @returns {{ slope: number, intercept: number } | undefined} `undefined` where no two points differ in x
 */
export function theilSen(points) {
  const slopes = []
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const run = points[j][0] - points[i][0]
      if (run !== 0) slopes.push((points[j][1] - points[i][1]) / run)
    }
  }
  if (slopes.length === 0) return undefined
  const slope = median(slopes)
  return { slope, intercept: median(points.map(([x, y]) => y - slope * x)) }
}

function median(values) {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
