import { type Coverage, type CoverageData, createCoverage, type SourceLines } from './coverage.ts'

/** What several scripts' runs have reached together: `joinCoverage([await a.coverage(), await b.coverage()])`. */
export function joinCoverage(coverages: readonly Coverage[]): Coverage {
  return createCoverage(coverages.map(dataOf)).report()
}

function dataOf({ lines, reason }: Coverage): CoverageData {
  const sources = new Map<string, SourceLines>()
  for (const { source, line, hits } of lines) {
    const known = sources.get(source) ?? { source, lines: [] }
    known.lines.push([line, hits])
    sources.set(source, known)
  }
  return { version: 1, sources: [...sources.values()], reasons: reason === undefined ? [] : [reason] }
}
