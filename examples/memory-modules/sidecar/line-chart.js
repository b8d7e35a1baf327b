import { byteUnit, roundTicks, timeUnit, verticalRange } from './chart-scales.js'
import { escapeText } from './escape-text.js'

const width = 960
const height = 400
const plot = { left: 76, right: width - 20, top: 16, bottom: height - 58 }
const mostMarkers = 60

/**
 * One line of a chart.
 * @typedef {object} Series
 * @property {string} name for the legend
 * @property {[time: number, bytes: number | undefined][]} points by time in ms; `undefined` is a gap
 * @property {boolean} [isDerived] a fit or a limit: drawn dashed, without markers
 */

/**
 * Memory over time, as one inline SVG.
 * @param {{ title: string, description: string, series: Series[] }} chart
 * @returns {string}
 */
export function lineChart({ title, description, series }) {
  const known = series.flatMap(({ points }) => points).filter((point) => point[1] !== undefined)
  if (known.length === 0) return '<p>Nothing was measured yet.</p>'
  const times = series.flatMap(({ points }) => points.map(([time]) => time))
  const start = least(times)
  const span = Math.max(greatest(times) - start, 1)
  const values = known.map(([, value]) => value)
  const [low, high] = verticalRange(least(values), greatest(values))
  const x = (time) => plot.left + ((time - start) / span) * (plot.right - plot.left)
  const y = (bytes) => plot.bottom - ((bytes - low) / (high - low)) * (plot.bottom - plot.top)
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="chart-title chart-description">`,
    `<title id="chart-title">${escapeText(title)}</title>`,
    `<desc id="chart-description">${escapeText(description)}</desc>`,
    verticalAxis(low, high, y),
    timeAxis(start, span, x),
    ...series.map((one, index) => line(one, index, x, y, start)),
    '</svg>'
  ].join('\n')
}

// Spread arguments have a limit.
const least = (values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const greatest = (values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

function verticalAxis(low, high, y) {
  const unit = byteUnit(high)
  const ticks = roundTicks(low / unit.bytes, high / unit.bytes, 7).map((tick) => {
    const at = y(tick * unit.bytes).toFixed(1)
    return `<path class="grid" d="M${plot.left} ${at}H${plot.right}"/><text x="${plot.left - 10}" y="${at}" dy="0.35em" text-anchor="end">${tick.toLocaleString('en')}</text>`
  })
  const middle = (plot.top + plot.bottom) / 2
  const label = `Memory (${unit.name})${low > 0 ? ', axis not from 0' : ''}`
  return [
    `<g class="axis y-axis" data-unit="${unit.name}">`,
    ...ticks,
    `<path class="base" d="M${plot.left} ${plot.top}V${plot.bottom}"/>`,
    `<text class="label" transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${label}</text>`,
    '</g>'
  ].join('\n')
}

function timeAxis(start, span, x) {
  const unit = timeUnit(span)
  const ticks = roundTicks(0, span / unit.ms, 10, unit.steps).map((tick) => {
    const at = x(start + tick * unit.ms).toFixed(1)
    return `<path class="tick" d="M${at} ${plot.bottom}v6"/><text x="${at}" y="${plot.bottom + 22}" text-anchor="middle">${tick}</text>`
  })
  const since = new Date(start).toISOString().replace('T', ' ').slice(0, 19)
  return [
    `<g class="axis x-axis" data-unit="${unit.name}">`,
    ...ticks,
    `<path class="base" d="M${plot.left} ${plot.bottom}H${plot.right}"/>`,
    `<text class="label" x="${(plot.left + plot.right) / 2}" y="${height - 10}" text-anchor="middle">Time since ${since} UTC (${unit.name})</text>`,
    '</g>'
  ].join('\n')
}

function line({ name, points, isDerived }, index, x, y, start) {
  const known = points.filter(([, bytes]) => bytes !== undefined)
  const every = Math.ceil(known.length / mostMarkers)
  const marked = isDerived ? [] : known.filter((_, at) => at % every === 0)
  const markers = marked.map((point) => marker(point, name, index, x, y, start))
  const kind = isDerived ? ' derived' : ''
  return `<g class="series s${index + 1}${kind}" data-name="${escapeText(name)}" data-points="${known.length}"><path class="line" d="${pathOf(points, x, y)}"/>${markers.join('')}</g>`
}

// Lines are told apart by shape as well as by colour.
const shapes = [
  'm-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z',
  'm-3 -3h6v6h-6z',
  'm0 -4l4 7h-8z',
  'm0 -4l4 4l-4 4l-4 -4z',
  'm-4 -3h8l-4 7z',
  'm-2 -4h4v8h-4z'
]

/** The mark of one value. @param {number} index of the series @param {number | string} x @param {number | string} y */
export const shapeAt = (index, x, y) => `M${x} ${y}${shapes[index % shapes.length]}`

function marker([time, bytes], name, index, x, y, start) {
  const unit = byteUnit(bytes)
  const told = `${name}: ${(bytes / unit.bytes).toFixed(2)} ${unit.name} after ${((time - start) / 1000).toFixed(1)} s`
  return `<path class="point" d="${shapeAt(index, x(time).toFixed(1), y(bytes).toFixed(1))}"><title>${escapeText(told)}</title></path>`
}

/** A gap begins the line anew. */
function pathOf(points, x, y) {
  let pen = 'M'
  let path = ''
  for (const [time, bytes] of points) {
    if (bytes !== undefined) path += `${pen}${x(time).toFixed(1)} ${y(bytes).toFixed(1)}`
    pen = bytes === undefined ? 'M' : 'L'
  }
  return path
}
