import { existsSync, readFileSync } from 'node:fs'
import type { Diagnostic } from './core/diagnostic.ts'
import { isOk } from './core/diagnostic.ts'
import { inlineDocument } from './core/inline-document.ts'
import { modulesVariable, parseModulesVariable } from './core/modules-variable.ts'
import { optionProblems } from './core/option-rules.ts'
import type { ModuleOrigin, Settings } from './core/resolution.ts'
import type { ModuleRequest } from './core/select-modules.ts'
import { placesIn } from './core/source-text.ts'
import type { LocatedStaticConfig, StaticConfig } from './core/static-config-reader.ts'
import { configInvalid, configUnreadable, HermesError, optionsInvalid } from './errors.ts'
import { tellStory } from './events.ts'
import { fileTypeOf, isNullDevice, withOpenFile } from './executor/open-file.ts'
import { whyUnreadable } from './executor/script-file.ts'
import { toPath } from './option-values.ts'
import { readSurroundings, type Surroundings, staticConfigRules } from './options.ts'

/** Options of {@link loadStaticConfig}. */
export interface LoadStaticConfigOptions {
  /** A path, an object, or `false`: none, HERMES_MODULES neither. @default HERMES_STATIC_CONFIG, else /etc/hermes/modules.yaml, .yml, .json */
  staticConfig?: string | URL | StaticConfig | false | undefined
  /** Keys that module entries may have beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
  /** The only environment that is read: HERMES_STATIC_CONFIG, HERMES_MODULES. @default process.env */
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** Where a relative path starts. @default process.cwd() */
  cwd?: string | URL | undefined
}

/** A static configuration that was found and understood. */
export interface LoadedStaticConfig {
  /** In order, each with the place where it stands. */
  modules: { module: string; config?: string; options: Readonly<Record<string, string>>; origin: ModuleOrigin }[]
  /** Settings by `CONFIG` or `MODULE/CONFIG`. */
  configs: Readonly<Record<string, Settings>>
  /** Warnings and notes; errors throw. */
  diagnostics: readonly Diagnostic[]
}

/** Looked for in this order; only these may be absent. */
const defaultPaths = ['/etc/hermes/modules.yaml', '/etc/hermes/modules.yml', '/etc/hermes/modules.json']

/**
 * Finds and reads the static configuration, HERMES_MODULES included (docs/configuration.md).
 *
 * @throws HermesError CONFIG_UNREADABLE where a path that was named can't be read, CONFIG_INVALID where something is wrong,
 * OPTIONS_INVALID
 */
export async function loadStaticConfig(options: LoadStaticConfigOptions = {}): Promise<LoadedStaticConfig> {
  const problems = optionProblems(options, staticConfigRules)
  if (problems.length > 0) throw optionsInvalid('loadStaticConfig()', problems)
  const { staticConfig, keys = [] } = options
  const surroundings = readSurroundings('loadStaticConfig()', options)
  const { requests, configs, diagnostics } = await findStaticConfig(staticConfig, keys, surroundings)
  return { modules: requests.map(({ place: _, ...module }) => module), configs, diagnostics }
}

/** {@link loadStaticConfig} with places kept, its options read. */
export async function findStaticConfig(
  staticConfig: LoadStaticConfigOptions['staticConfig'],
  keys: readonly string[],
  { env, cwd }: Surroundings
): Promise<LocatedStaticConfig> {
  if (staticConfig === false) return nothing
  const found = isInline(staticConfig)
    ? await readInline(staticConfig, keys)
    : await readNamed(staticConfigPaths(staticConfig, { env, cwd }), keys, env)
  if (!isOk(found.diagnostics)) throw configInvalid(found.diagnostics)
  return found
}

async function readInline(staticConfig: StaticConfig, keys: readonly string[]): Promise<LocatedStaticConfig> {
  const { checkStaticConfig } = await import('./core/static-config-reader.ts')
  const source = '<inline>'
  return checkStaticConfig(inlineDocument(staticConfig, source), keys, () => ({ kind: 'inline', source }))
}

/** The files that are looked for, in this order; the first that is there is read. */
export function staticConfigPaths(
  staticConfig: LoadStaticConfigOptions['staticConfig'],
  { env, cwd }: Surroundings
): readonly string[] {
  if (staticConfig === false || isInline(staticConfig)) return []
  const named = staticConfig ?? env['HERMES_STATIC_CONFIG']
  return named === undefined ? defaultPaths : named === '' ? [] : [toPath(named, cwd)]
}

/** Whether it is the configuration itself. */
export function isInline(staticConfig: LoadStaticConfigOptions['staticConfig']): staticConfig is StaticConfig {
  return typeof staticConfig === 'object' && !(staticConfig instanceof URL)
}

async function readNamed(
  paths: readonly string[],
  keys: readonly string[],
  env: Surroundings['env']
): Promise<LocatedStaticConfig> {
  const [named] = paths
  const fromFile = paths === defaultPaths || named === undefined ? await readFirst(paths, keys) : await readNamedFile(named, keys)
  const variable = env[modulesVariable]
  if (variable === undefined) return fromFile
  tellStory('%s replaces the modules of the static configuration', modulesVariable)
  const { directives, diagnostics } = parseModulesVariable(variable, keys)
  const placeOf = placesIn(variable, modulesVariable)
  const requests = directives.map(({ line, column, ...directive }): ModuleRequest => {
    const origin: ModuleOrigin = { kind: 'env', source: modulesVariable, line, column }
    return { ...directive, origin, place: placeOf({ line, column }) }
  })
  return { ...fromFile, requests, diagnostics: [...fromFile.diagnostics, ...diagnostics] }
}

async function readNamedFile(file: string, keys: readonly string[]): Promise<LocatedStaticConfig> {
  const read = await readFile(file, keys)
  if (read === undefined)
    throw configUnreadable(
      file,
      'there is no such file',
      'Put it there, or name another path (an empty HERMES_STATIC_CONFIG: none)'
    )
  return read
}

/** The first of the files that is there; a note names those that are there too. */
export async function readFirst(paths: readonly string[], keys: readonly string[]): Promise<LocatedStaticConfig> {
  for (const [index, file] of paths.entries()) {
    const read = await readFile(file, keys)
    if (read === undefined) continue
    const others = paths.slice(index + 1).filter((other) => existsSync(other))
    const notes = others.map(
      (other): Diagnostic => ({
        code: 'second-config-file',
        severity: 'note',
        message: `${other} is there too, and is not looked at: ${file} comes first`,
        source: other
      })
    )
    return { ...read, diagnostics: [...read.diagnostics, ...notes] }
  }
  return nothing
}

/** What the static configuration is made of, unparsed: what a record's inputs need. Never throws. */
export function peekStaticConfig(
  staticConfig: LoadStaticConfigOptions['staticConfig'],
  surroundings: Surroundings
): { file?: string; bytes?: Uint8Array | undefined; inline?: unknown; variable?: string | undefined } {
  if (staticConfig === false) return {}
  if (isInline(staticConfig)) return { inline: staticConfig }
  for (const at of staticConfigPaths(staticConfig, surroundings)) {
    const bytes = peekBytes(at)
    if (bytes) return { file: at, bytes, variable: surroundings.env[modulesVariable] }
  }
  return { variable: surroundings.env[modulesVariable] }
}

/** What can't be read is something else than any file. */
function peekBytes(file: string): Uint8Array | undefined {
  try {
    return readBytes(file)
  } catch {
    return Uint8Array.of(0)
  }
}

/** The configuration in a file; nothing where no file is. */
async function readFile(file: string, keys: readonly string[]): Promise<LocatedStaticConfig | undefined> {
  const bytes = readBytes(file)
  if (bytes === undefined) return undefined
  tellStory('static configuration: %s', file)
  const { readStaticConfig } = await import('./core/static-config-reader.ts')
  const located = await readStaticConfig(bytes, { source: file, format: file.endsWith('.json') ? 'json' : 'yaml', keys })
  return { ...located, bytes }
}

function readBytes(file: string): Uint8Array | undefined {
  try {
    return withOpenFile(file, (descriptor, stats) => {
      if (stats.isFile() || isNullDevice(stats)) return readFileSync(descriptor)
      throw configUnreadable(file, `it is ${fileTypeOf(stats)}`, 'Put a regular file there')
    })
  } catch (error) {
    if (error instanceof HermesError) throw error
    const unreadable = whyUnreadable(file, error)
    if (unreadable === undefined) return undefined
    throw configUnreadable(file, unreadable.why, unreadable.remedy, error)
  }
}

const nothing: LocatedStaticConfig = {
  requests: [],
  configs: Object.freeze(Object.create(null)),
  placeOfConfig: () => ({}),
  diagnostics: []
}
