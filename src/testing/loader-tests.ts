import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { booleanRule } from '../core/core-options.ts'
import { type OptionRules, optionProblems } from '../core/option-rules.ts'
import { errorCodeOf, optionsInvalid } from '../errors.ts'
import { HermesError } from '../index.ts'
import { testsInvalid, testsNotUpdated, testsUnreadable } from '../kit-errors.ts'
import { inParallel } from './in-parallel.ts'
import { type LoaderScript, loaderScript } from './loader-script.ts'
import type { LoaderRunOptions } from './run-options.ts'
import { actualOf, type CaseOutcome, verdictOf } from './tests/case-verdict.ts'
import { type Expectation, readTestFile, type TestCase, type TestFile } from './tests/test-file.ts'
import { filesOf } from './tests/watched-files.ts'
import type { Coverage } from './trace/coverage.ts'

/** Options of {@link runLoaderTests}. */
export interface LoaderTestsOptions {
  /** What diagnostics call the file. @default its path as it was given */
  source?: string | undefined
  /** Write what the script does into the file, where a case expects something else; comments and order stay. @default false */
  update?: boolean | undefined
  /** Trace the runs, for `coverage`. @default false */
  trace?: boolean | undefined
  /** Ends the runs; the promise rejects. */
  signal?: AbortSignal | undefined
}

/** One case of a `*.loader.yaml`. */
export interface LoaderTestCase {
  /** Its name, else its variables. */
  name: string
  /** In the file, from 1. */
  line: number
  /** The script did what is expected. */
  ok: boolean
  /** Why it is not, as `assertResolves()` tells it. */
  error?: Error
}

/** What {@link runLoaderTests} gives. */
export interface LoaderTestsResult {
  /** Every case is. */
  ok: boolean
  /** In the order of the file. */
  cases: readonly LoaderTestCase[]
  /** The file was changed. */
  updated: boolean
  /** What the result depends on: the file, the script, libraries that it sources by a literal path. Absolute. */
  files: readonly string[]
  /** Of all cases; with `trace` only. */
  coverage?: Coverage
}

const rules: OptionRules = {
  source: { takes: 'a string that is not empty', accepts: (value) => typeof value === 'string' && value !== '' },
  update: booleanRule,
  trace: booleanRule,
  signal: { takes: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal }
}

/**
 * Runs the tests of a `*.loader.yaml` (docs/testing.md), several cases at a time.
 *
 * @throws HermesError CONFIG_UNREADABLE; CONFIG_INVALID with everything that is wrong with the file, as `diagnostics`
 */
export async function runLoaderTests(file: string | URL, options: LoaderTestsOptions = {}): Promise<LoaderTestsResult> {
  const problems = optionProblems(options, rules)
  if (problems.length > 0) throw optionsInvalid('runLoaderTests()', problems)
  const absolute = absolutePath(file)
  const { source = String(file), update = false, trace, signal } = options
  const bytes = readTests(absolute, source)
  const folder = path.dirname(absolute)
  const { tests, diagnostics } = await readTestFile(bytes, { source, folder })
  if (tests === undefined) throw testsInvalid(source, diagnostics)
  const script = scriptOf(tests, folder)
  const outcomes = await inParallel(tests.cases, (one) => outcomeOf(script, { ...one.options, trace, signal }))
  const changes = update ? await changesOf(tests.cases, outcomes) : new Map<number, Expectation>()
  if (changes.size > 0) await rewrite(absolute, source, bytes, changes)
  const cases = await Promise.all(
    tests.cases.map(async ({ name, line, expected }, index): Promise<LoaderTestCase> => {
      const error = changes.has(index) ? undefined : await verdictOf(outcomes[index] as CaseOutcome, expected)
      return { name, line, ok: error === undefined, ...(error && { error }) }
    })
  )
  return {
    ok: cases.every(({ ok }) => ok),
    cases,
    updated: changes.size > 0,
    files: filesOf(absolute, tests.script),
    ...(trace && { coverage: await script.coverage() })
  }
}

function absolutePath(file: unknown): string {
  const named = file instanceof URL && file.protocol === 'file:' ? fileURLToPath(file) : file
  if (typeof named !== 'string' || named === '' || named.includes('\0'))
    throw optionsInvalid('runLoaderTests()', ['the file takes a path or a file: URL'])
  return path.resolve(named)
}

function readTests(file: string, source: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const code = errorCodeOf(error)
    throw testsUnreadable(source, code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown'), error)
  }
}

function scriptOf({ script, options }: TestFile, folder: string): LoaderScript {
  if (typeof script === 'string') return loaderScript(path.resolve(folder, script), options)
  return loaderScript.fromConfigMap(path.resolve(folder, script.configMap), script.key, options)
}

async function outcomeOf(script: LoaderScript, options: LoaderRunOptions): Promise<CaseOutcome> {
  try {
    return { run: await script.run({ ...options, reject: false }) }
  } catch (error) {
    if (error instanceof HermesError) return { thrown: error }
    throw error
  } finally {
    options.signal?.throwIfAborted()
  }
}

/** What cases that fail would have to expect, by their index. */
async function changesOf(cases: readonly TestCase[], outcomes: readonly CaseOutcome[]): Promise<Map<number, Expectation>> {
  const changes = new Map<number, Expectation>()
  for (const [index, { expected }] of cases.entries()) {
    const outcome = outcomes[index] as CaseOutcome
    const actual = actualOf(outcome)
    if (actual !== undefined && (await verdictOf(outcome, expected))) changes.set(index, actual)
  }
  return changes
}

async function rewrite(file: string, source: string, bytes: Buffer, changes: ReadonlyMap<number, Expectation>): Promise<void> {
  const { updatedText } = await import('./tests/update-expectations.ts')
  const text = updatedText(bytes.toString('utf8'), changes)
  if (text === undefined) throw testsNotUpdated(source)
  writeFileSync(file, text)
}
