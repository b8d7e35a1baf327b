import { AssertionError } from 'node:assert'
import path from 'node:path'
import { cleanInPlace, quote } from '../core/clean-text.ts'
import { isName, nameHint } from '../core/names.ts'
import { isObject } from '../core/option-rules.ts'
import { didYouMean } from '../core/suggest.ts'
import { optionsInvalid } from '../errors.ts'
import type { StaticModule } from '../index.ts'
import { commandLine } from './commands/stub-answers.ts'
import { lineDifference } from './line-difference.ts'
import { loaderCase } from './loader-case.ts'
import type { CommandCall, LoaderRun } from './loader-run.ts'
import { blameOfReplay } from './replay-run.ts'
import { contextOf } from './run-context.ts'
import type { Blame } from './trace/trace-run.ts'

/** A module as a test writes it: `module`, `config` and declared keys. */
type Written = Readonly<Record<string, string>>

const shownCalls = 20
const shownLines = 10

/**
 * Whether a run gave exactly these modules, in this order. A run that failed gives none, and never what was expected.
 *
 * @throws AssertionError with `actual` and `expected`, which any test runner shows, and all that is known of the run
 * @throws HermesError OPTIONS_INVALID for an expectation of another form, or that no run can meet, and for what is no run
 */
export async function assertResolves(run: LoaderRun, expected: readonly StaticModule[]): Promise<void> {
  requireRun(run)
  const wanted = readExpected(expected, run)
  const given = run.modules.map(({ name, config, options }) => ({
    module: name,
    ...(config !== undefined && { config }),
    ...options
  }))
  const isSame = run.error === undefined && linesOf(given).join('\n') === linesOf(wanted).join('\n')
  if (isSame) return
  throw new AssertionError({
    message: await explanation(run, given, wanted),
    actual: run.error === undefined ? given : run.error,
    expected: wanted,
    operator: 'assertResolves',
    stackStartFn: assertResolves
  })
}

/** Most often it is the promise of a run. */
function requireRun(run: unknown): asserts run is LoaderRun {
  if (isObject(run) && ['modules', 'calls', 'refused', 'notFound'].every((list) => Array.isArray(run[list]))) return
  const remedy = 'its first argument takes what `await script.run()` gave: assertResolves(await script.run(), …)'
  throw optionsInvalid('assertResolves()', [isThenable(run) ? `an "await" is missing: ${remedy}` : remedy])
}

function isThenable(given: unknown): boolean {
  return isObject(given) && typeof given['then'] === 'function'
}

function readExpected(expected: unknown, run: LoaderRun): Written[] {
  const isWritten = (one: unknown) =>
    typeof one === 'string' || (isObject(one) && typeof one['module'] === 'string' && Object.values(one).every(isTextOrAbsent))
  if (!Array.isArray(expected) || !expected.every(isWritten))
    throw optionsInvalid('assertResolves()', ["expected takes a list of 'MODULE' and { module, config }"])
  const written = (expected as StaticModule[]).map((one) =>
    typeof one === 'string'
      ? { module: one }
      : Object.fromEntries(Object.entries(one).filter((entry): entry is [string, string] => entry[1] !== undefined))
  )
  // Which keys are declared is not known of a run that somebody copied.
  const declared = contextOf(run)?.settings.handedOn.keys ?? []
  const known = contextOf(run) && ['module', 'config', ...declared]
  const problems = written.flatMap((one, index) => moduleProblems(one, `expected[${index}]`, known))
  if (problems.length > 0) throw optionsInvalid('assertResolves()', problems)
  return written
}

/** What no run could give: it would look like a fault of the script. */
function moduleProblems(one: Written, place: string, known: readonly string[] | undefined): string[] {
  const { module = '', config } = one
  return [
    ...(isName(module) ? [] : [`${place}: ${quote(module)} is no module name: ${nameHint(module)}`]),
    ...(config === undefined || isName(config) ? [] : [`${place}: ${quote(config)} is no config name: ${nameHint(config)}`]),
    ...Object.keys(one)
      .filter((key) => known?.includes(key) === false)
      .map(
        (key) => `${place}: unknown key ${quote(key)}: ${didYouMean(key, known ?? [])} (the run's option keys declares others)`
      )
  ]
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

/** As a directive says it, its keys in one order. */
function linesOf(modules: readonly Written[]): string[] {
  return modules.map(({ module = '', config, ...rest }) => {
    const pairs = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
    return [
      module,
      ...(config === undefined ? [] : [`config=${config}`]),
      ...pairs.map(([key, value]) => `${key}=${value}`)
    ].join(',')
  })
}

async function explanation(run: LoaderRun, given: readonly Written[], wanted: readonly Written[]): Promise<string> {
  const name = contextOf(run)?.source.name ?? 'the loader script'
  const asShown = (text: string) => withoutPaths(text, run)
  const difference = lineDifference(linesOf(wanted), withPlaces(linesOf(given), run.modules, await blameOfReplay(run)))
  return [
    run.error ? `${name} failed, and was expected to give modules` : `${name} gave other modules than expected`,
    section('expected (-) and given (+)', difference.length === 0 ? ['  (none)'] : difference),
    ...(run.error ? [section(run.error.code, firstLines(asShown(run.error.message)))] : []),
    section('calls', callLines(run.calls)),
    section('refused', callLines(run.refused)),
    section(
      'not found',
      run.notFound.map((command) => `  ${cleanInPlace(command)}`)
    ),
    section('stderr (its end)', stderrLines(asShown(run.stderr))),
    section('the run as a case for a *.loader.yaml', await loaderCase(run, wanted))
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** An error's message down to the script's stderr, which is shown apart. */
function firstLines(message: string): string[] {
  const [told = ''] = message.split('\nstderr of the script')
  return told
    .split('\n')
    .slice(0, shownLines)
    .map((line) => `  ${line}`)
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.join('\n')}`
}

/** The script's line that printed each, where it is known. */
function withPlaces(
  lines: readonly string[],
  modules: LoaderRun['modules'],
  blame: readonly Blame[]
): { text: string; more: string }[] {
  return lines.map((text, index) => {
    const { source, line } = blame.find(({ module }) => module === modules[index]?.name) ?? {}
    return { text, more: source === undefined || line === undefined ? '' : `  ${path.basename(source)}:${line}` }
  })
}

function callLines(calls: readonly CommandCall[]): string[] {
  const rest = calls.length - shownCalls
  const lines = calls
    .slice(0, shownCalls)
    .map(({ command, args, exitCode }) => `  ${commandLine(command, args)}  (exit code ${exitCode})`)
  return rest > 0 ? [...lines, `  … and ${rest} more`] : lines
}

function stderrLines(stderr: string): string[] {
  const lines = stderr.trimEnd().split('\n').slice(-shownLines)
  return lines[0] === '' && lines.length === 1 ? [] : lines.map((line) => `  | ${cleanInPlace(line)}`)
}

/** The same text on every machine: a script without its folder. */
function withoutPaths(text: string, run: LoaderRun): string {
  const file = contextOf(run)?.source.path
  return file === undefined ? text : text.replaceAll(`${path.dirname(file)}/`, '')
}
