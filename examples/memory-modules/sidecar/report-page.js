import { byteUnit } from './chart-scales.js'
import { escapeText } from './escape-text.js'
import { lineChart, shapeAt } from './line-chart.js'

const mostRows = 60

/**
 * A report as one HTML file, which loads nothing: its policy forbids it.
 * @param {object} report
 * @param {string} report.title
 * @param {{ text: string, kind: 'good' | 'bad' | 'open' }} [report.verdict]
 * @param {[label: string, value: string][]} report.facts
 * @param {import('./line-chart.js').Series[]} report.series
 * @returns {string}
 */
export function reportPage({ title, verdict, facts, series }) {
  const drawn = series.filter(({ points }) => points.some(([, bytes]) => bytes !== undefined))
  const description = drawn.map(describeSeries).join(' ') || 'No values.'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeText(title)}</h1>
${verdict ? `<p class="verdict ${verdict.kind}">${escapeText(verdict.text)}</p>` : ''}
<figure tabindex="0" aria-label="Chart with legend">
${legend(drawn)}
${lineChart({ title, description, series: drawn })}
</figure>
<dl>
${facts.map(([label, value]) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`).join('\n')}
</dl>
<details>
<summary>The values as a table</summary>
${table(drawn)}
</details>
</main>
</body>
</html>
`
}

function describeSeries({ name, points }) {
  const known = points.filter(([, bytes]) => bytes !== undefined)
  return `${name} goes from ${inUnit(known[0][1])} to ${inUnit(known[known.length - 1][1])}.`
}

/** @param {number} bytes */
export function inUnit(bytes) {
  const unit = byteUnit(bytes)
  return `${(bytes / unit.bytes).toFixed(unit.bytes === 1 ? 0 : 2)} ${unit.name}`
}

function legend(series) {
  const items = series.map(({ name, isDerived }, index) => {
    const swatch = `<svg class="swatch series s${index + 1}${isDerived ? ' derived' : ''}" viewBox="0 0 32 10" aria-hidden="true"><path class="line" d="M0 5H32"/>${isDerived ? '' : `<path class="point" d="${shapeAt(index, 16, 5)}"/>`}</svg>`
    return `<li>${swatch}${escapeText(name)}</li>`
  })
  return `<ul class="legend" aria-label="Legend">${items.join('')}</ul>`
}

function table(series) {
  const measured = series.filter(({ isDerived }) => !isDerived)
  const rows = measured[0]?.points.length ?? 0
  const every = Math.ceil(rows / mostRows) || 1
  const body = []
  for (let row = 0; row < rows; row += every) {
    const time = new Date(measured[0].points[row][0]).toISOString()
    const cells = measured.map(({ points }) => `<td>${points[row]?.[1] === undefined ? 'absent' : inUnit(points[row][1])}</td>`)
    body.push(`<tr><th scope="row">${time}</th>${cells.join('')}</tr>`)
  }
  const heads = measured.map(({ name }) => `<th scope="col">${escapeText(name)}</th>`).join('')
  return `<table><thead><tr><th scope="col">Time (UTC)</th>${heads}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`
}

// The colours of Okabe and Ito, which can be told apart with any colour vision; those for a dark ground are lighter.
const style = `
:root { --ground: #fff; --text: #1c1f24; --quiet: #59616c; --grid: #e3e6ea; --good: #00694b; --bad: #a63f00; --open: #59616c;
  --s1: #0072b2; --s2: #c25400; --s3: #00805c; --s4: #a8497f; --s5: #6b6100; --s6: #555; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --text: #e8eaed; --quiet: #a3abb6; --grid: #2c323a; --good: #3fcf9f; --bad: #ff9d5c; --open: #a3abb6;
    --s1: #56b4e9; --s2: #f0a04b; --s3: #3fcf9f; --s4: #e79bc4; --s5: #f0e442; --s6: #bbb; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.4rem; margin: 0 0 0.5rem; }
.verdict { font-weight: 600; margin: 0 0 1rem; padding-left: 0.75rem; border-left: 4px solid; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--bad); } .verdict.open { color: var(--open); }
figure { margin: 0; overflow-x: auto; }
figure > svg { width: 100%; min-width: 40rem; height: auto; display: block; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; padding: 0; margin: 0 0 0.5rem; }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.swatch { width: 2rem; height: 0.625rem; }
svg text { font: 13px system-ui, sans-serif; fill: var(--quiet); font-variant-numeric: tabular-nums; }
svg .label { fill: var(--text); }
.grid { stroke: var(--grid); fill: none; } .base, .tick { stroke: var(--quiet); fill: none; }
.series .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.series .point { fill: var(--ground); stroke: currentColor; stroke-width: 1.5; }
.series.derived .line { stroke-dasharray: 7 5; }
.s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); } .s4 { color: var(--s4); } .s5 { color: var(--s5); } .s6 { color: var(--s6); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0.75rem 1.5rem; margin: 1.5rem 0; }
dt { color: var(--quiet); font-size: 0.875rem; } dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; }
details { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--grid); font-weight: normal; }
thead th { color: var(--quiet); } th[scope=row] { text-align: left; }
`
