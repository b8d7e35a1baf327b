import type { Catalog } from './core/catalog.ts'
import { booleanRule, keysRule, oneOf } from './core/core-options.ts'
import { isObject, type OptionRule, type OptionRules, optionProblems } from './core/option-rules.ts'
import { catalogRule } from './core/select-modules.ts'
import type { StaticConfig } from './core/static-config-reader.ts'
import { optionsInvalid } from './errors.ts'
import type { ResolveEvent } from './events.ts'
import { splitCommand } from './executor/interpreter.ts'
import { filterEnvironment } from './executor/script-environment.ts'
import { defaultLimits, type Limits, type ScriptExecutor } from './executor/script-executor.ts'
import type { TrustLevel } from './executor/trust.ts'
import {
  functionRule,
  isEnvironment,
  isFolder,
  isOptionObject,
  isPath,
  isText,
  labelRule,
  pathRule,
  signalRule,
  toPath,
  wrongVariable
} from './option-values.ts'
import { type RecordOptions, type RecordSettings, readRecord, recordProblems, recordRule } from './record-options.ts'

/** Where a loader script is, unless an option or `HERMES_SCRIPT` names another path. */
const defaultScriptPath = '/etc/hermes/load-sidecars.sh'

/** Options of {@link resolveModules}. Each member takes `undefined` as absent. */
export interface ResolveModulesOptions<C extends Catalog = Catalog> {
  /** The loader script: its path, or more about it; `false`: never run one. @default HERMES_SCRIPT, else /etc/hermes/load-sidecars.sh */
  script?: string | URL | false | ScriptOptions | undefined
  /** The static configuration; `false`: none, HERMES_MODULES neither. @default HERMES_STATIC_CONFIG, else /etc/hermes/modules.yaml, .yml, .json */
  staticConfig?: string | URL | StaticConfig | false | undefined
  /** The modules that there are. @default any module */
  catalog?: C | undefined
  /** Keys of directives beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
  /** The record that the steps of an init sequence share (docs/record.md): a folder, or more about it. @default HERMES_RECORD, else false */
  record?: string | URL | false | RecordOptions | undefined
  /** A label for this init step: the script gets it as HERMES_STEP. @default HERMES_STEP */
  step?: string | undefined
  /** The only environment that anything here reads. @default process.env, less what changes a shell from outside (docs/executing.md) */
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** Lay `env` over the filtered process.env; a member that is undefined leaves the inherited value. @default false */
  extendEnv?: boolean | undefined
  /** An existing folder: the script's, and where relative paths start. @default process.cwd() */
  cwd?: string | URL | undefined
  /** What runs the script. @default createShellExecutor() */
  executor?: ScriptExecutor | undefined
  /** Aborts: the promise rejects with ERR_HERMES_ABORTED, after the script was ended. */
  signal?: AbortSignal | undefined
  /** Gets the events of this resolution. One that throws changes nothing. */
  onEvent?: ((event: ResolveEvent) => void) | undefined
}

/** More about the loader script. */
export interface ScriptOptions {
  /** Where it is; a relative path starts at `cwd`. @default HERMES_SCRIPT, else /etc/hermes/load-sidecars.sh */
  path?: string | URL | undefined
  /** Its `$1` and on. @default [] */
  args?: readonly string[] | undefined
  /** A command line of plain words, such as 'bash -eu -o pipefail', or an argv. @default the script's #! line, else /bin/sh */
  interpreter?: string | readonly string[] | undefined
  /** Bounds of the run, each with its own default; a member that is absent keeps it. */
  limits?: { readonly [Name in keyof Limits]?: Limits[Name] | undefined } | undefined
  /** The SHA-256 of the script in hex: exactly the bytes with this digest run. */
  sha256?: string | undefined
  /** Whose writing is asked about: of nothing, of the script file, of every folder above it too. @default 'file' */
  trust?: TrustLevel | undefined
  /** What a failure of the script leads to: an error, the static configuration, or, in a step that begins, the record of before. @default 'fail' */
  onFailure?: 'fail' | 'static' | 'last-good' | undefined
  /** What "no file there" leads to. @default 'static' */
  onAbsent?: 'static' | 'fail' | undefined
  /** What a script that says nothing at all leads to. @default 'warn' */
  onEmpty?: 'warn' | 'fail' | undefined
}

/** Options with every default in its place. */
export interface ResolveSettings<C extends Catalog> extends Surroundings {
  script: ScriptSettings
  staticConfig: string | StaticConfig | false | undefined
  catalog: C | undefined
  keys: readonly string[]
  record: RecordSettings | undefined
  step: string | undefined
  /** Names of inherited variables that were left out. */
  filtered: readonly string[]
  executor: ScriptExecutor | undefined
  signal: AbortSignal | undefined
  onEvent: ((event: ResolveEvent) => void) | undefined
}

export interface ScriptSettings {
  /** Absolute. */
  path: string
  namedBy: 'option' | 'HERMES_SCRIPT' | 'default'
  disabledBy: 'option' | 'HERMES_SCRIPT' | undefined
  args: readonly string[]
  interpreter: readonly string[] | undefined
  limits: Limits
  sha256: string | undefined
  trust: TrustLevel
  onFailure: 'fail' | 'static' | 'last-good'
  onAbsent: 'static' | 'fail'
  onEmpty: 'warn' | 'fail'
}

/** What the outside world gives. */
export interface Surroundings {
  env: Readonly<Record<string, string>>
  /** Absolute. */
  cwd: string
}

/** Options that say where the static configuration is. */
export const staticConfigRules = {
  staticConfig: {
    takes: 'a path, a file: URL, an object with "modules" and "configs", or false',
    accepts: (value) => value === false || isPath(value) || (isObject(value) && !(value instanceof URL))
  },
  keys: keysRule,
  env: { takes: 'an object of strings (names without "=", nothing with a NUL)', accepts: isEnvironment, part: wrongVariable },
  cwd: {
    takes: 'the path of a folder that exists, or its file: URL',
    accepts: (value) => isPath(value) && isFolder(toPath(value as string | URL, '.'))
  }
} satisfies OptionRules

const resolveRules: OptionRules = {
  ...staticConfigRules,
  script: {
    takes: 'a path, a file: URL, an object of script options, or false',
    accepts: (value) => value === false || isPath(value) || isOptionObject(value)
  },
  catalog: catalogRule,
  record: recordRule,
  step: labelRule,
  extendEnv: booleanRule,
  executor: {
    takes: 'an object with a function "execute"',
    accepts: (value) => isObject(value) && typeof value['execute'] === 'function'
  },
  signal: signalRule,
  onEvent: functionRule
}

const scriptRules: OptionRules = {
  path: pathRule,
  args: { takes: 'a list of strings', accepts: (value) => Array.isArray(value) && value.every(isText) },
  interpreter: {
    takes: 'a command line (a string) or an argv (a list of strings), neither of them empty',
    accepts: (value) =>
      (isText(value) && value.trim() !== '') ||
      (Array.isArray(value) && value.every(isText) && value[0] !== undefined && value[0] !== '')
  },
  limits: { takes: 'an object of limits', accepts: isObject },
  sha256: { takes: '64 hexadecimal digits', accepts: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) },
  trust: oneOf('off', 'file', 'path'),
  onFailure: oneOf('fail', 'static', 'last-good'),
  onAbsent: oneOf('static', 'fail'),
  onEmpty: oneOf('warn', 'fail')
}

const maxInteger = 2_147_483_647 // a longer timer of Node fires at once
const limitRule: OptionRule = {
  takes: `an integer from 1 to ${maxInteger}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxInteger
}
const limitRules: OptionRules = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, limitRule]))

/** Checks options and puts every default in its place. @throws HermesError OPTIONS_INVALID */
export async function readOptions<C extends Catalog>(
  options: ResolveModulesOptions<C>,
  caller = 'resolveModules()'
): Promise<ResolveSettings<C>> {
  const problems = optionProblems(options, resolveRules)
  const script = isObject(options) ? options.script : undefined
  const about: ScriptOptions = isOptionObject(script) ? script : {}
  problems.push(...optionProblems(about, scriptRules, 'script.'))
  if (isObject(about.limits)) problems.push(...optionProblems(about.limits, limitRules, 'script.limits.'))
  if (isObject(options)) problems.push(...recordProblems(options.record))
  const interpreter = await readInterpreter(about.interpreter)
  if (interpreter === 'refused')
    problems.push('script.interpreter takes plain words: no $, no wildcard, no operator, no open quote')
  if (problems.length > 0) throw optionsInvalid(caller, problems)

  const { env, filtered, cwd } = readSurroundings(caller, options)
  const scriptSettings = { ...readScript(script, about, env, cwd), interpreter: interpreter as readonly string[] | undefined }
  const name = scriptSettings.disabledBy ? defaultScriptPath : scriptSettings.path
  const record = readRecord(options.record, env, cwd, name)
  if (record?.mode === 'unknown') problems.push('HERMES_RECORD_MODE takes "reuse", "begin" or "verify"')
  if (about.onFailure === 'last-good' && !record) problems.push('script.onFailure takes "last-good" only beside a record')
  if (problems.length > 0) throw optionsInvalid(caller, problems)
  const { staticConfig, catalog, keys = [], executor, signal, onEvent } = options
  return {
    script: scriptSettings,
    record: record as RecordSettings | undefined,
    staticConfig: isPath(staticConfig)
      ? toPath(staticConfig as string | URL, cwd)
      : (staticConfig as StaticConfig | false | undefined),
    catalog,
    keys,
    step: options.step ?? (env['HERMES_STEP'] || undefined),
    env,
    filtered,
    cwd,
    executor,
    signal,
    onEvent
  }
}

function readScript(
  script: unknown,
  about: ScriptOptions,
  env: Surroundings['env'],
  cwd: string
): Omit<ScriptSettings, 'interpreter'> {
  const named = isPath(script) ? (script as string | URL) : about.path
  const variable = env['HERMES_SCRIPT']
  const { args = [], limits = {}, sha256, trust = 'file', onFailure = 'fail', onAbsent = 'static', onEmpty = 'warn' } = about
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
  return {
    path: toPath(named ?? (variable || defaultScriptPath), cwd),
    namedBy: named !== undefined ? 'option' : variable ? 'HERMES_SCRIPT' : 'default',
    disabledBy: script === false ? 'option' : named === undefined && variable === '' ? 'HERMES_SCRIPT' : undefined,
    args,
    limits: { ...defaultLimits, ...given },
    sha256: sha256?.toLowerCase(),
    trust,
    onFailure,
    onAbsent,
    onEmpty
  }
}

async function readInterpreter(interpreter: ScriptOptions['interpreter']): Promise<readonly string[] | undefined | 'refused'> {
  if (typeof interpreter !== 'string') return interpreter
  if (interpreter.trim() === '') return undefined
  const words = await splitCommand(interpreter)
  return words?.[0] ? words : 'refused'
}

/** The environment and working folder that everything below sees: nothing else reads `process`. @throws HermesError OPTIONS_INVALID */
export function readSurroundings(
  caller: string,
  { env, extendEnv = false, cwd }: Pick<ResolveModulesOptions, 'env' | 'extendEnv' | 'cwd'>
): Surroundings & { filtered: readonly string[] } {
  const inherited = env === undefined || extendEnv ? filterEnvironment(process.env) : { env: {}, filtered: [] }
  const given = Object.entries(env ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const all: Record<string, string> = Object.assign(Object.create(null), inherited.env)
  for (const [name, value] of given) all[name] = value
  return { env: all, filtered: inherited.filtered.filter((name) => !Object.hasOwn(all, name)), cwd: readFolder(caller, cwd) }
}

function readFolder(caller: string, cwd: string | URL | undefined): string {
  try {
    return cwd === undefined ? process.cwd() : toPath(cwd, '.')
  } catch {
    throw optionsInvalid(caller, ['cwd takes the path of a folder that exists: the working folder of this process is gone'])
  }
}
