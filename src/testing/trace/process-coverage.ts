import { createCoverage } from './coverage.ts'
import { writeCoverage } from './coverage-folder.ts'
import type { RunTrace } from './trace-run.ts'

/** The folder in which several processes collect what they reach: `HERMES_COVERAGE`. Then every run is traced. */
export function coverageFolder(): string | undefined {
  return process.env['HERMES_COVERAGE'] || undefined
}

/** What this process has reached so far, folder by folder. */
const reached = new Map<string, ReturnType<typeof createCoverage>>()

/** Adds a run to what this process has put there. */
export function addToFolder(run: RunTrace): void {
  const folder = coverageFolder()
  if (folder === undefined) return
  const coverage = reached.get(folder) ?? createCoverage()
  reached.set(folder, coverage)
  coverage.add(run)
  writeCoverage(folder, coverage)
}
