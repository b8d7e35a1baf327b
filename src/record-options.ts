import { oneOf } from './core/core-options.ts'
import { isObject, type OptionRule, type OptionRules, optionProblems } from './core/option-rules.ts'
import { isOptionObject, isPath, isText, labelRule, pathRule, toPath } from './option-values.ts'
import type { RecordStore } from './record/record-store.ts'

/** The record that the steps of one init sequence share: each gets the same answer (docs/record.md). */
export type RecordOptions = (
  | {
      /** A folder that all steps see. It is made where its parent is there. */
      dir: string | URL
      store?: undefined
    }
  | {
      /** A store of one's own. */
      store: RecordStore
      dir?: undefined
    }
) & {
  /** Whose answer. Give it where steps mount the script at different paths, or several Pods share a store. @default the script's absolute path */
  name?: string | undefined
  /**
   * `reuse`: the first step that finishes decides. `begin`: this step is the first of a new sequence. `verify`: decide, and
   * fail where the answer is another one. @default HERMES_RECORD_MODE, else 'reuse'
   */
  mode?: RecordMode | undefined
  /** Environment variables that the answer depends on; kept as digests, never as values. @default [] */
  inputs?: readonly string[] | undefined
  /** What it leads to that an input changed since the answer was recorded: a warning, or RECORD_CHANGED. @default 'keep' */
  onInputsChanged?: 'keep' | 'fail' | undefined
  /** What a record that can't be used leads to: RECORD_UNUSABLE, or a warning and a decision of this step's own. @default 'fail' */
  onUnusable?: 'fail' | 'warn' | undefined
}

/** What a step does with the record: take it, replace it, or hold its own answer against it. */
export type RecordMode = 'reuse' | 'begin' | 'verify'

/** Options of a record with every default in its place. */
export interface RecordSettings {
  /** An absolute path, or the store itself. */
  store: string | RecordStore
  name: string
  mode: RecordMode
  inputs: readonly string[]
  onInputsChanged: 'keep' | 'fail'
  onUnusable: 'fail' | 'warn'
}

export const recordRule: OptionRule = {
  takes: 'a path, a file: URL, an object of record options, or false',
  accepts: (value) => value === false || isPath(value) || isOptionObject(value)
}

const modes = ['reuse', 'begin', 'verify'] as const satisfies RecordMode[]

const recordRules: OptionRules = {
  dir: pathRule,
  store: { takes: 'an object with "location", "read", "putIfAbsent" and "replace"', accepts: isStore },
  name: labelRule,
  mode: oneOf(...modes),
  inputs: {
    takes: 'a list of names of variables',
    accepts: (value) => Array.isArray(value) && value.every((name) => isText(name) && name !== '')
  },
  onInputsChanged: oneOf('keep', 'fail'),
  onUnusable: oneOf('fail', 'warn')
}

/** What is wrong with the `record` option, as far as its members go. */
export function recordProblems(record: unknown): string[] {
  if (!isOptionObject(record)) return []
  const problems = optionProblems(record, recordRules, 'record.')
  const given = ['dir', 'store'].filter((name) => record[name] !== undefined)
  if (given.length !== 1) problems.push(`record takes "dir" or "store", and was given ${given.length === 0 ? 'neither' : 'both'}`)
  return problems
}

/** The record of a resolution; none where it is off. An unknown HERMES_RECORD_MODE is given as `unknown`. */
export function readRecord(
  record: unknown,
  env: Readonly<Record<string, string>>,
  cwd: string,
  defaultName: string
): (Omit<RecordSettings, 'mode'> & { mode: RecordMode | 'unknown' }) | undefined {
  const named = record ?? (env['HERMES_RECORD'] || false)
  if (named === false) return undefined
  const {
    dir,
    store,
    name = defaultName,
    ...rest
  } = isOptionObject(named) ? (named as RecordOptions) : { dir: named as string | URL }
  const { inputs = [], onInputsChanged = 'keep', onUnusable = 'fail' } = rest as Partial<RecordOptions>
  const mode = (rest as Partial<RecordOptions>).mode ?? modeOf(env['HERMES_RECORD_MODE'])
  return { store: store ?? toPath(dir as string | URL, cwd), name, mode, inputs, onInputsChanged, onUnusable }
}

function modeOf(variable: string | undefined): RecordMode | 'unknown' {
  return variable ? (modes.find((mode) => mode === variable) ?? 'unknown') : 'reuse'
}

function isStore(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value['location']) &&
    ['read', 'putIfAbsent', 'replace'].every((name) => typeof value[name] === 'function')
  )
}
