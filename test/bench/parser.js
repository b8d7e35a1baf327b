import { parseDirectives } from 'hermes-memory-installer/core'
import logfmt from 'logfmt'
import { ratioOf } from './interleaved.js'

const count = 10_000
const text = Array.from({ length: count }, (_, index) => `module=mem-profiler-${index},config=prod-tunings\n`).join('')
// logfmt writes pairs apart by a space.
const logfmtText = text.replaceAll(',', ' ')

/** What anybody would write first: no check, no place, no duplicate noticed. */
function naiveSplit() {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => Object.fromEntries(line.split(',').map((pair) => pair.split('='))))
}

function withLogfmt() {
  return logfmtText
    .split('\n')
    .filter(Boolean)
    .map((line) => logfmt.parse(line))
}

/** 10,000 directives, checked, with duplicates looked for and places ready. */
export async function benchParser() {
  const ours = () => {
    if (parseDirectives(text, { requireFinalNewline: true }).directives.length !== count) throw new Error('not all were read')
  }
  return [
    { name: 'parsing 10,000 lines over a naive split', ratio: await ratioOf(ours, naiveSplit, 101) },
    { name: 'parsing 10,000 lines over logfmt', ratio: await ratioOf(ours, withLogfmt, 101), goal: 1 }
  ]
}
