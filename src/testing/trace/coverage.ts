import type { Command } from '../shell/shell-types.ts'
import type { TracedText } from './trace-match.ts'

/** How often each executable line of a file was reached. */
export interface SourceLines {
  source: string
  /** Line and count, in the order of the lines. */
  lines: [line: number, hits: number][]
}

/** One executable line. */
export interface LineHits {
  source: string
  line: number
  hits: number
}

/** What of some scripts was reached. */
export interface Coverage {
  /** For `genhtml` and whatever else reads lcov's tracefiles. */
  lcov: string
  lines: readonly LineHits[]
  /** Of the executable lines, with two decimals; absent where nothing could be traced. */
  percent?: number
  /** Why there is no percentage, or where a trace ended early. */
  reason?: string
}

/** A line with several commands was reached as often as the one of them that was reached most. */
export function linesOf(
  texts: readonly (readonly [file: string, text: TracedText])[],
  counts: ReadonlyMap<Command, number>,
  shown: (place: { source: string; line: number }) => { source: string; line: number }
): SourceLines[] {
  return texts.map(([file, { executable }]) => {
    const lines = new Map<number, number>()
    for (const command of executable) {
      const { line } = shown({ source: file, line: command.firstLine })
      lines.set(line, Math.max(lines.get(line) ?? 0, counts.get(command) ?? 0))
    }
    return { source: shown({ source: file, line: 1 }).source, lines: [...lines].sort(([a], [b]) => a - b) }
  })
}

/** Collects what runs reached. */
export interface CoverageCollector {
  add(run: { trace: { state: string; reason?: string; line?: number }; lines: readonly SourceLines[] }): void
  /** Of all runs so far. */
  report(): Coverage
  /** As `mergeCoverage()` reads it. */
  toJSON(): CoverageData
}

/** What one process reached, as it is written to a file. */
export interface CoverageData {
  version: 1
  sources: SourceLines[]
  reasons: string[]
}

export function createCoverage(initial: readonly CoverageData[] = []): CoverageCollector {
  const sources = new Map<string, Map<number, number>>()
  const reasons = new Set<string>()
  const addLines = ({ source, lines }: SourceLines) => {
    const known = sources.get(source) ?? new Map<number, number>()
    for (const [line, hits] of lines) known.set(line, (known.get(line) ?? 0) + hits)
    sources.set(source, known)
  }
  for (const data of initial) {
    data.sources.forEach(addLines)
    for (const reason of data.reasons) reasons.add(reason)
  }
  const sorted = (): SourceLines[] =>
    [...sources]
      .map(([source, lines]) => ({ source, lines: [...lines].sort(([a], [b]) => a - b) }))
      .sort((a, b) => (a.source < b.source ? -1 : 1))
  return {
    add({ trace: { state, reason = '', line }, lines }) {
      lines.forEach(addLines)
      if (state !== 'full') reasons.add(line === undefined ? reason : `line ${line}: ${reason}`)
    },
    report: () => reportOf(sorted(), [...reasons]),
    toJSON: () => ({ version: 1, sources: sorted(), reasons: [...reasons] })
  }
}

function reportOf(sources: readonly SourceLines[], reasons: readonly string[]): Coverage {
  const lines = sources.flatMap(({ source, lines }) => lines.map(([line, hits]) => ({ source, line, hits })))
  const reached = lines.filter(({ hits }) => hits > 0).length
  const reason = reasons.length > 0 ? reasons.join('; ') : lines.length === 0 ? 'no run was traced' : undefined
  return {
    lcov: sources.map(lcovOf).join(''),
    lines,
    ...(lines.length > 0 && { percent: Math.round((reached / lines.length) * 10_000) / 100 }),
    ...(reason !== undefined && { reason })
  }
}

function lcovOf({ source, lines }: SourceLines): string {
  const reached = lines.filter(([, hits]) => hits > 0).length
  const records = lines.map(([line, hits]) => `DA:${line},${hits}\n`).join('')
  return `TN:\nSF:${source}\n${records}LF:${lines.length}\nLH:${reached}\nend_of_record\n`
}
