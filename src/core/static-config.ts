import { keysRule, oneOf, sourceRule } from './core-options.ts'
import { type Diagnostic, diagnosticOf, inOrder, isOk, type Place } from './diagnostic.ts'
import { jsonFault } from './json-fault.ts'
import type { LocatedDocument } from './located-document.ts'
import { requireOptions } from './option-rules.ts'
import { repetition } from './repetition.ts'
import type { ModuleOrigin, Settings } from './resolution.ts'
import type { Configs, ModuleRequest } from './select-modules.ts'

/** One entry of `modules`: a name, or an object with the name. */
export type StaticModule =
  | string
  | { readonly module: string; readonly config?: string | undefined; readonly [declaredKey: string]: string | undefined }

/** Which modules to load where there is no loader script, and what config names stand for. */
export interface StaticConfig {
  /** In the order of loading. */
  modules?: readonly StaticModule[] | undefined
  /** By `CONFIG`, or by `MODULE/CONFIG` for that module only, which wins, whole. Scripts use them too. */
  configs?: Readonly<Record<string, Settings>> | undefined
}

/** Options of {@link parseStaticConfig}. */
export interface ParseStaticConfigOptions {
  /** What diagnostics say the text is. @default "<static configuration>" */
  source?: string | undefined
  /** `json` is strict JSON; `yaml` is YAML 1.2. @default 'yaml' */
  format?: 'yaml' | 'json' | undefined
  /** Keys that module entries may have beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
}

/** What {@link parseStaticConfig} gives: a configuration, or at least one diagnostic that is an error. */
export type ParsedStaticConfig =
  | { ok: true; config: StaticConfig; diagnostics: Diagnostic[] }
  | { ok: false; config?: undefined; diagnostics: Diagnostic[] }

/** A static configuration with its places: what the layers above pass on. */
export interface LocatedStaticConfig {
  requests: ModuleRequest[]
  configs: Configs
  placeOfConfig(name: string): Place
  diagnostics: Diagnostic[]
}

const parseRules = { source: sourceRule, format: oneOf('yaml', 'json'), keys: keysRule }

/**
 * Reads a static configuration, YAML or JSON (docs/configuration.md). All problems come in one pass; never throws on a text.
 *
 * @throws TypeError for a subject that is neither text nor bytes, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export async function parseStaticConfig(
  text: string | Uint8Array,
  options: ParseStaticConfigOptions = {}
): Promise<ParsedStaticConfig> {
  if (typeof text !== 'string' && !(text instanceof Uint8Array))
    throw new TypeError('parseStaticConfig() takes a string or a Uint8Array')
  requireOptions('parseStaticConfig', options, parseRules)
  const { source = '<static configuration>', format = 'yaml', keys = [] } = options
  const { requests, configs, diagnostics } = await readStaticConfig(text, { source, format, keys })
  if (!isOk(diagnostics)) return { ok: false, diagnostics }
  const modules = requests.map(({ module, config, options: extra }): StaticModule => {
    const isShort = config === undefined && Object.keys(extra).length === 0
    return isShort ? module : Object.assign(Object.create(null), { module, ...(config !== undefined && { config }), ...extra })
  })
  return { ok: true, config: { modules, configs }, diagnostics }
}

/** {@link parseStaticConfig} with places kept. */
export async function readStaticConfig(
  text: string | Uint8Array,
  { source, format, keys }: { source: string; format: 'yaml' | 'json'; keys: readonly string[] }
): Promise<LocatedStaticConfig> {
  const [{ parseYaml }, { valuesOf }] = await Promise.all([import('./yaml-text.ts'), import('./yaml-values.ts')])
  const yaml = await parseYaml(text, source)
  const nowhere = (diagnostics: Diagnostic[]) => ({ requests: [], configs: {}, placeOfConfig: () => ({ source }), diagnostics })
  if (format === 'json' && yaml.diagnostics.every(({ code }) => code !== 'invalid-encoding') && !isJson(yaml.text)) {
    const at = jsonFault(yaml.text)
    const message = at === yaml.text.length ? 'not valid JSON: it ends too early' : 'not valid JSON: this can not stand here'
    return nowhere([diagnosticOf({ code: 'invalid-config', message }, yaml.placeAt(at, at + 1))])
  }
  const [document, second] = yaml.documents
  if (second) {
    const [from] = second.range
    const message = 'a second document: a static configuration is one'
    yaml.diagnostics.push(diagnosticOf({ code: 'invalid-config', message }, yaml.placeAt(from, from + 1)))
  }
  if (yaml.diagnostics.length > 0) return nowhere(yaml.diagnostics)
  if (document === undefined) return nowhere([])
  return checkStaticConfig(await valuesOf(document, yaml), keys, (place) => ({ kind: 'file', ...originOf(source, place) }))
}

/** Holds the values of a static configuration against the schema. */
export async function checkStaticConfig(
  document: LocatedDocument,
  keys: readonly string[],
  originAt: (place: Place) => ModuleOrigin
): Promise<LocatedStaticConfig> {
  const [{ staticConfigSchema }, { problemsOf }] = await Promise.all([
    import('./static-config-schema.ts'),
    import('./static-config-problems.ts')
  ])
  const { error } = (await staticConfigSchema(keys)).safeParse(document.value ?? {})
  const problems = problemsOf(error?.issues ?? [], document, keys).filter(
    (problem) => !document.diagnostics.some((told) => isAt(told, problem))
  )
  const diagnostics = [...document.diagnostics, ...problems]
  const placeOfConfig = (name: string) => document.placeOf(['configs', name], 'key')
  if (diagnostics.length > 0) return { requests: [], configs: {}, placeOfConfig, diagnostics: inOrder(diagnostics) }
  const { modules, configs } = (document.value ?? {}) as {
    modules?: StaticModule[] | null
    configs?: Record<string, Settings | null> | null
  }
  const requests = (modules ?? []).map((entry, index) => requestOf(entry, document.placeOf(['modules', index]), originAt))
  return { ...withoutRepetitions(requests, diagnostics), configs: withoutNulls(configs ?? {}), placeOfConfig }
}

function requestOf(entry: StaticModule, place: Place, originAt: (place: Place) => ModuleOrigin): ModuleRequest {
  const { module, config, ...rest } = typeof entry === 'string' ? { module: entry } : entry
  const options: Record<string, string> = Object.assign(Object.create(null), rest)
  return { module, ...(config !== undefined && { config }), options, origin: originAt(place), place }
}

function withoutRepetitions(
  requests: readonly ModuleRequest[],
  diagnostics: Diagnostic[]
): { requests: ModuleRequest[]; diagnostics: Diagnostic[] } {
  const first = new Map<string, ModuleRequest>()
  for (const request of requests) {
    const earlier = first.get(request.module)
    if (!earlier) first.set(request.module, request)
    else diagnostics.push(diagnosticOf(repetition(earlier, request, whereOf(earlier.place)), request.place))
  }
  return { requests: [...first.values()], diagnostics }
}

function whereOf({ line, path }: Place): string {
  return line === undefined ? `at ${path}` : `in line ${line}`
}

function withoutNulls(configs: Readonly<Record<string, Settings | null>>): Configs {
  const result: Record<string, Settings> = Object.create(null)
  for (const [name, settings] of Object.entries(configs)) result[name] = settings ?? Object.create(null)
  return result
}

function originOf(source: string, { line, column }: Place): Omit<ModuleOrigin, 'kind'> {
  return { source, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }
}

// What is no value reads as null, which the schema may refuse a second time.
function isAt(a: Place, b: Place): boolean {
  return a.line === b.line && a.column === b.column && a.path === b.path
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
