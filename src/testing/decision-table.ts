import path from 'node:path'
import type { HermesError, ResolvedModule } from '../index.ts'
import { inParallel } from './in-parallel.ts'
import type { LoaderRun } from './loader-run.ts'
import { contextOf } from './run-context.ts'
import type { LoaderRunOptions } from './run-options.ts'
import {
  combinations,
  type DecisionAxes,
  type DecisionTableOptions,
  optionsOf,
  ownMembers,
  readAxes
} from './table/decision-axes.ts'
import { type PrintedTable, printedOutcome, printedValue, tableMarkdown, tableText } from './table/decision-text.ts'
import { mermaidOf } from './table/decision-tree.ts'
import { createCoverage } from './trace/coverage.ts'

/** What a script decided in one case. */
export interface DecisionRow {
  /** By axis: a variable's value (`undefined`: unset), the name of an alternative. The object has no prototype. */
  case: Readonly<Record<string, string | undefined>>
  /** Empty where the script failed. */
  modules: readonly ResolvedModule[]
  /** How the script failed. */
  error?: HermesError
}

/** What a script decides in every case. The texts are the same on every machine. */
export interface DecisionTable {
  /** The last axis changes first. */
  rows: readonly DecisionRow[]
  /** For a terminal, aligned. */
  text: string
  /** A table of GitHub Flavored Markdown. */
  markdown: string
  /** A Mermaid flowchart: one question after the other, each outcome once. */
  toMermaid(): string
}

/** Failures that the case is to blame for; what else fails would fail in every case. */
const failuresOfScripts: ReadonlySet<string> = new Set([
  'ERR_HERMES_SCRIPT_START',
  'ERR_HERMES_SCRIPT_EXIT',
  'ERR_HERMES_SCRIPT_SIGNAL',
  'ERR_HERMES_SCRIPT_TIMEOUT',
  'ERR_HERMES_SCRIPT_REPORTED',
  'ERR_HERMES_OUTPUT_LIMIT',
  'ERR_HERMES_DIRECTIVES_INVALID',
  'ERR_HERMES_CATALOG_MISMATCH',
  'ERR_HERMES_COMMAND_REFUSED'
])

/** Whether a script failed, and not what was asked of it. */
export function isFailureOfScript({ code }: HermesError): boolean {
  return failuresOfScripts.has(code)
}

/** Runs every combination. @throws HermesError OPTIONS_INVALID, and what fails in every case */
export async function decisionTable(
  run: (options: LoaderRunOptions) => Promise<LoaderRun>,
  given: DecisionAxes,
  { limit, ...options }: DecisionTableOptions = {}
): Promise<DecisionTable> {
  const axes = readAxes(given, limit)
  const cases = combinations(axes)
  const runs = await inParallel(cases, async (row) => {
    const done = await run(optionsOf(axes, row, options))
    if (done.error && !isFailureOfScript(done.error)) throw done.error
    return done
  })
  const printed: PrintedTable = {
    head: [...axes.map(({ name }) => printedValue(name)), 'modules'],
    rows: cases.map((row, index) => [...row.map(({ label }) => printedValue(label)), printedOutcome(runs[index] as LoaderRun)]),
    footer: footerOf(runs)
  }
  return {
    rows: runs.map(({ modules, error }, index) => ({
      case: ownMembers(axes.map(({ name }, column) => [name, cases[index]?.[column]?.label] as const)),
      modules,
      ...(error && { error })
    })),
    text: tableText(printed),
    markdown: tableMarkdown(printed),
    toMermaid: () => mermaidOf(printed)
  }
}

/** Of traced runs: the lines that none of them reached, by the names of their files alone. */
function footerOf(runs: readonly LoaderRun[]): string | undefined {
  const coverage = createCoverage()
  const traced = runs.flatMap((run) => contextOf(run)?.traced ?? [])
  for (const each of traced) coverage.add(each)
  const { lines, percent, reason } = coverage.report()
  if (traced.length === 0) return undefined
  if (percent === undefined) return `the lines that were reached are not known: ${reason}`
  const missed = lines.filter(({ hits }) => hits === 0).map(({ source, line }) => `${path.basename(source)}:${line}`)
  return missed.length === 0 ? undefined : `no row reached ${missed.join(', ')}`
}
