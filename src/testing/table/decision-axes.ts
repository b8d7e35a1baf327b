import { quote } from '../../core/clean-text.ts'
import { isObject, type OptionRule, optionProblems } from '../../core/option-rules.ts'
import { optionsInvalid } from '../../errors.ts'
import { type Stub, stubProblems } from '../commands/stub.ts'
import type { LoaderRunOptions } from '../run-options.ts'

/**
 * What a decision is tried over: an environment variable with a list of values (`undefined` is unset), or a command or a file
 * with named alternatives (a text is a file's, anything else stands for a command).
 */
export type DecisionAxes = Readonly<
  Record<string, readonly (string | undefined)[] | Readonly<Record<string, Stub>> | Readonly<Record<string, string>>>
>

/** Options of a decision table: of every run of it, and how large it may be. */
export interface DecisionTableOptions extends LoaderRunOptions {
  /** Rows that it may have. @default 256 */
  limit?: number | undefined
}

/** One of the values of an axis. */
export interface Alternative {
  /** As a row's `case` has it. */
  label: string | undefined
  value: string | Stub | undefined
}

export interface Axis {
  name: string
  kind: 'env' | 'commands' | 'files'
  alternatives: readonly Alternative[]
}

const defaultLimit = 256
const limitRule: OptionRule = {
  takes: 'an integer from 1',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1
}

/** The axes of a table in their order. @throws HermesError OPTIONS_INVALID, also for a product above the limit */
export function readAxes(axes: DecisionAxes, limit: number | undefined): Axis[] {
  if (!isObject(axes) || Object.keys(axes).length === 0)
    throw invalid(['axes takes an object with a list of values, or named alternatives, for each variable, command or file'])
  const entries = Object.entries(axes)
  const problems = [
    ...optionProblems({ limit }, { limit: limitRule }),
    ...entries.flatMap(([name, values]) => axisProblems(name, values))
  ]
  if (problems.length > 0) throw invalid(problems)
  const read = entries.map(([name, values]) => axisOf(name, values))
  const count = read.reduce((product, { alternatives }) => product * alternatives.length, 1)
  const allowed = limit ?? defaultLimit
  if (count <= allowed) return read
  const factors = read.map(({ alternatives }) => alternatives.length).join(' × ')
  throw invalid([`${factors} = ${count} rows are more than limit allows, which is ${allowed}: take fewer values, or raise it`])
}

function invalid(problems: readonly string[]) {
  return optionsInvalid('decisionTable()', problems)
}

function axisProblems(name: string, values: unknown): string[] {
  const axis = `axes.${name}`
  if (Array.isArray(values)) return variableProblems(axis, values)
  if (!isObject(values)) return [`${axis} takes a list of values, or an object of named alternatives`]
  const alternatives = Object.entries(values)
  if (alternatives.length === 0) return [`${axis} has no alternatives: it takes at least one`]
  const texts = alternatives.filter(([, value]) => typeof value === 'string')
  if (texts.length === alternatives.length) return []
  if (texts.length > 0) return [`${axis} has texts, as a file, and stubs, as a command: it takes one or the other`]
  // A name that no command can have is told once; whether it may be a path depends on the run's world, which judges it.
  return [
    ...new Set(alternatives.flatMap(([label, stub]) => stubProblems(name, stub, true).map((text) => atAlternative(text, label))))
  ]
}

function variableProblems(axis: string, values: readonly unknown[]): string[] {
  if (values.length === 0) return [`${axis} has no values: it takes at least one`]
  // Not with every(): that passes over holes.
  if (!Array.from(values).every((value) => value === undefined || typeof value === 'string'))
    return [`${axis} takes strings, and undefined for unset`]
  const repeated = values.find((value, index) => values.indexOf(value) < index)
  return new Set(values).size === values.length
    ? []
    : [`${axis} has ${repeated === undefined ? 'undefined' : quote(repeated as string)} twice`]
}

/** Of a stub that has a name within its axis. */
function atAlternative(problem: string, label: string): string {
  return /has no effect|is no name/.test(problem) ? problem : `${problem} (alternative ${quote(label)})`
}

function axisOf(name: string, values: DecisionAxes[string]): Axis {
  if (Array.isArray(values))
    return {
      name,
      kind: 'env',
      alternatives: (values as readonly (string | undefined)[]).map((value) => ({ label: value, value }))
    }
  const entries = Object.entries(values as Readonly<Record<string, string | Stub>>)
  const kind = entries.every(([, value]) => typeof value === 'string') ? 'files' : 'commands'
  return { name, kind, alternatives: entries.map(([label, value]) => ({ label, value })) }
}

/** Every combination, the last axis changing first. */
export function combinations(axes: readonly Axis[]): Alternative[][] {
  return axes.reduce<Alternative[][]>(
    (rows, { alternatives }) => rows.flatMap((row) => alternatives.map((one) => [...row, one])),
    [[]]
  )
}

/** The options of one run: what an axis says of a variable, command or file goes before what the options say of it. */
export function optionsOf(axes: readonly Axis[], row: readonly Alternative[], options: LoaderRunOptions): LoaderRunOptions {
  const over = (kind: Axis['kind']) =>
    axes.flatMap(({ name, kind: own }, index): [string, unknown][] => (own === kind ? [[name, row[index]?.value]] : []))
  const merged = <Value>(given: Readonly<Record<string, Value>> | undefined, kind: Axis['kind']) =>
    ownMembers<Value>([...Object.entries(given ?? {}), ...(over(kind) as [string, Value][])])
  const commands = new Set(over('commands').map(([name]) => name))
  return {
    ...options,
    env: merged(options.env, 'env'),
    commands: merged(options.commands, 'commands'),
    files: merged(options.files, 'files'),
    ...(Array.isArray(options.absent) && { absent: options.absent.filter((name) => !commands.has(name)) }),
    reject: false
  }
}

/** An object whose keys come from outside. */
export function ownMembers<Value>(entries: Iterable<readonly [string, Value]>): Record<string, Value> {
  const members: Record<string, Value> = Object.create(null)
  for (const [name, value] of entries) members[name] = value
  return members
}
