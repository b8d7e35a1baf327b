import path from 'node:path'
import { booleanRule, oneOf } from '../core/core-options.ts'
import { isObject, type OptionRule, type OptionRules, optionProblems } from '../core/option-rules.ts'
import { optionsInvalid } from '../errors.ts'
import type { Catalog, Limits, StaticConfig } from '../index.ts'
import { isCommandName, type Stub, stubProblems } from './commands/stub.ts'
import { coverageFolder } from './trace/process-coverage.ts'
import { findTool, shellBuiltins, whyNoPlace } from './world/tools.ts'

/** Options of a run, and defaults for every run of a script. Each member takes `undefined` as absent. */
export interface LoaderRunOptions {
  /** The whole environment, but for what the kit adds (`PATH`, `HOME`, `TMPDIR`) and `HERMES_PROTOCOL`, `HERMES_RUN_ID`. @default {} */
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** What stands for commands, by their names; in a namespace also by absolute paths. @default {} */
  commands?: Readonly<Record<string, Stub | undefined>> | undefined
  /** Commands that are not installed. @default [] */
  absent?: readonly string[] | undefined
  /** Texts by their paths in the working folder; in a namespace also by absolute ones. @default {} */
  files?: Readonly<Record<string, string | undefined>> | undefined
  /** Programs of this machine beside the default tools. @default [] */
  tools?: readonly string[] | undefined
  /** The script's `$1` and on. @default [] */
  args?: readonly string[] | undefined
  /** As of `resolveModules()`. @default the script's #! line, else /bin/sh */
  interpreter?: string | readonly string[] | undefined
  /** As of `resolveModules()`. */
  limits?: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } | undefined
  /** Keys of directives beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
  /** The modules that there are. @default any module */
  catalog?: Catalog | undefined
  /** What an answer of `abstain` leads to, and what config names stand for. @default false */
  staticConfig?: string | URL | StaticConfig | false | undefined
  /** Ends the run, which rejects with ABORTED; as of `resolveModules()`. */
  signal?: AbortSignal | undefined
  /** Blame and coverage. @default false */
  trace?: boolean | undefined
  /** How the script is kept from what is around it. @default 'path' */
  world?: 'path' | 'namespace' | 'open' | undefined
  /** A masked or empty script is meant. @default false */
  masked?: boolean | undefined
  /** `false`: a run that fails comes with `error` instead of rejecting. @default true */
  reject?: boolean | undefined
}

/** Options of a run with every default in its place. */
export interface RunSettings {
  env: Readonly<Record<string, string>>
  commands: readonly (readonly [name: string, stub: Stub])[]
  absent: readonly string[]
  /** By paths without `.` and `..`. */
  files: ReadonlyMap<string, string>
  /** Absolute paths by name. */
  tools: ReadonlyMap<string, string>
  world: 'path' | 'namespace' | 'open'
  trace: boolean
  masked: boolean
  reject: boolean
  /** What goes to `resolveModules()` as it is, which checks it. */
  handedOn: Pick<LoaderRunOptions, 'args' | 'interpreter' | 'limits' | 'keys' | 'catalog' | 'staticConfig' | 'signal'>
}

const anything: OptionRule = { takes: 'what resolveModules() takes', accepts: () => true }
const namesRule: OptionRule = {
  takes: 'a list of names of commands',
  accepts: (value) => Array.isArray(value) && value.every(isCommandName)
}

const runRules: OptionRules = {
  env: { takes: 'an object of strings', accepts: (value) => isObject(value) && Object.values(value).every(isTextOrAbsent) },
  commands: { takes: 'an object of stubs', accepts: isObject },
  absent: namesRule,
  files: {
    takes: 'an object of texts by their paths',
    accepts: (value) => isObject(value) && Object.values(value).every(isTextOrAbsent)
  },
  tools: namesRule,
  args: anything,
  interpreter: anything,
  limits: anything,
  keys: anything,
  catalog: anything,
  staticConfig: anything,
  signal: anything,
  trace: booleanRule,
  world: oneOf('path', 'namespace', 'open'),
  masked: booleanRule,
  reject: booleanRule
}

/** Lays the options of a run over the defaults of its script. @throws HermesError OPTIONS_INVALID */
export function readRunOptions(defaults: LoaderRunOptions, given: LoaderRunOptions): RunSettings {
  const isNamespace = (given?.world ?? defaults?.world) === 'namespace'
  requireNone('loaderScript()', [...optionProblems(defaults, runRules), ...memberProblems(defaults, isNamespace)])
  requireNone('run()', [...optionProblems(given, runRules), ...memberProblems(given, isNamespace)])
  const all = { ...defaults, ...present(given) }
  const files = new Map(entriesOf(defaults.files, given.files).map(([name, text]) => [path.normalize(name), text]))
  const found = new Map((all.tools ?? []).map((name) => [name, findTool(name)]))
  const { world = 'path', trace = false, masked = false, reject = true } = all
  const { args, interpreter, limits, keys, catalog, staticConfig = false, signal } = all
  const env = Object.assign(Object.create(null), Object.fromEntries(entriesOf(defaults.env, given.env)))
  requireNone('run()', [
    ...pathProblem(env, world),
    ...nestedFiles([
      ...files.keys(),
      ...commandsOf(defaults, given).commands.flatMap(([name]) => (name.includes('/') ? name : []))
    ]),
    ...[...found].filter(([, file]) => file === undefined).map(([name]) => `tools: there is no ${name} on this machine`)
  ])
  return {
    env,
    ...commandsOf(defaults, given),
    files,
    tools: new Map([...found].filter((entry): entry is [string, string] => entry[1] !== undefined)),
    world,
    trace: trace || coverageFolder() !== undefined,
    masked,
    reject,
    handedOn: { args, interpreter, limits, keys, catalog, staticConfig, signal }
  }
}

function requireNone(caller: string, problems: readonly string[]): void {
  if (problems.length > 0) throw optionsInvalid(caller, problems)
}

/** Problems of stubs and files, as far as those are objects at all. */
function memberProblems(options: LoaderRunOptions, isNamespace: boolean): string[] {
  if (!isObject(options)) return []
  const { commands, files, absent, tools } = options
  const stubs = isObject(commands) ? Object.entries(commands).filter(([, stub]) => stub !== undefined) : []
  const gone = Array.isArray(absent) ? absent.filter(isCommandName) : []
  return [
    ...gone
      .filter((name) => shellBuiltins.has(name))
      .map((name) => `absent: ${name} is never missing: a shell answers it itself`),
    ...gone.filter((name) => Array.isArray(tools) && tools.includes(name)).map((name) => `${name} stands in tools and in absent`),
    ...stubs.flatMap(([name, stub]) => stubProblems(name, stub, isNamespace)),
    ...stubs.filter(([name]) => gone.includes(name)).map(([name]) => `${name} stands in commands and in absent`),
    ...(isObject(files) ? Object.keys(files).flatMap((name) => fileProblem(name, isNamespace)) : [])
  ]
}

/** Why a text can't stand at a path of the run. */
export function fileProblem(name: string, isNamespace: boolean): string[] {
  const normal = path.normalize(name)
  if (isNamespace && path.isAbsolute(name)) {
    const why = whyNoPlace(normal)
    if (why !== undefined) return [`files.${name} ${why}`]
  } else if (path.isAbsolute(name) || normal === '..' || normal.startsWith('../'))
    return [`files.${name} leaves the working folder: a path in it is relative (world: "namespace" takes absolute ones)`]
  return normal === '.' || normal.endsWith('/') || name.includes('\0') ? [`files.${name} is no path of a file`] : []
}

/** `a` and `a/b` can't both be files, nor can a file be a command. */
function nestedFiles(names: readonly string[]): string[] {
  const twice = names.filter((name, index) => names.indexOf(name) < index)
  const both = twice.map((name) => `${name} stands in files and in commands`)
  const nested = names.flatMap((name) =>
    names.filter((other) => other.startsWith(`${name}/`)).map((other) => `files.${other} lies in files.${name}, which is a file`)
  )
  return [...both, ...nested]
}

function pathProblem(env: Readonly<Record<string, string>>, world: string): string[] {
  if (env['PATH'] === undefined || world !== 'path') return []
  return ['env.PATH is made by the kit: name what is to be on it in commands and tools, or say world: "namespace" or "open"']
}

/** What a run says of a command goes before what the defaults say of it. */
function commandsOf(defaults: LoaderRunOptions, given: LoaderRunOptions): Pick<RunSettings, 'commands' | 'absent'> {
  const gone = new Set(given.absent ?? [])
  const commands = entriesOf(defaults.commands, given.commands).filter(([name]) => !gone.has(name))
  const names = new Set(commands.map(([name]) => name))
  const tools = new Set(given.tools ?? [])
  return { commands, absent: given.absent ?? (defaults.absent ?? []).filter((name) => !names.has(name) && !tools.has(name)) }
}

/** Members of two objects, the second over the first; one that is `undefined` there takes it away. */
function entriesOf<T>(
  first: Readonly<Record<string, T | undefined>> | undefined,
  second: Readonly<Record<string, T | undefined>> | undefined
): [string, T][] {
  const all = new Map([...Object.entries(first ?? {}), ...Object.entries(second ?? {})])
  return [...all].filter((entry): entry is [string, T] => entry[1] !== undefined)
}

function present(options: LoaderRunOptions): LoaderRunOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}
