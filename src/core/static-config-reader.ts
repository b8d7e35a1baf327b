import { type Diagnostic, diagnosticOf, inOrder, type Place } from './diagnostic.ts'
import { jsonFault } from './json-fault.ts'
import type { LocatedDocument } from './located-document.ts'
import { repetition } from './repetition.ts'
import type { ModuleOrigin, Settings } from './resolution.ts'
import type { Configs, ModuleRequest } from './select-modules.ts'
import { problemsOf } from './static-config-problems.ts'
import { staticConfigSchema } from './static-config-schema.ts'
import { parseYaml } from './yaml-text.ts'
import { valuesOf } from './yaml-values.ts'

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

/** A static configuration with its places: what the layers above pass on. */
export interface LocatedStaticConfig {
  requests: ModuleRequest[]
  configs: Configs
  placeOfConfig(name: string): Place
  diagnostics: Diagnostic[]
  /** Of the file that it was read from. */
  bytes?: Uint8Array
}

/** Reads a static configuration and keeps its places. */
export async function readStaticConfig(
  text: string | Uint8Array,
  { source, format, keys }: { source: string; format: 'yaml' | 'json'; keys: readonly string[] }
): Promise<LocatedStaticConfig> {
  const yaml = await parseYaml(text, source)
  const nowhere = (diagnostics: Diagnostic[]) => ({ requests: [], configs: {}, placeOfConfig: () => ({ source }), diagnostics })
  if (format === 'json' && yaml.diagnostics.every(({ code }) => code !== 'invalid-encoding') && !isJson(yaml.text)) {
    const { at, message, hint } = jsonFault(yaml.text)
    const problem = { code: 'invalid-config', message: `not valid JSON: ${message}`, hint } as const
    return nowhere([diagnosticOf(problem, yaml.placeAt(at, at + 1))])
  }
  const [document, second] = yaml.documents.filter(({ contents }, index) => index === 0 || contents !== null)
  if (second) {
    const [from] = second.range
    const message = 'a second document: a static configuration is one'
    const problem = { code: 'invalid-config', message, hint: 'keep one' } as const
    yaml.diagnostics.push(diagnosticOf(problem, yaml.placeAt(from, from + 1)))
  }
  if (document === undefined || document.errors.length > 0 || second) return nowhere(inOrder(yaml.diagnostics))
  // A tag that nobody knows hides nothing else.
  const values = await valuesOf(document, yaml)
  values.diagnostics.push(...yaml.diagnostics)
  return checkStaticConfig(values, keys, (place) => ({ kind: 'file', ...originOf(source, place) }))
}

/** Holds the values of a static configuration against the schema. */
export async function checkStaticConfig(
  document: LocatedDocument,
  keys: readonly string[],
  originAt: (place: Place) => ModuleOrigin
): Promise<LocatedStaticConfig> {
  const { error } = (await staticConfigSchema(keys)).safeParse(document.value ?? {})
  const issues = error?.issues ?? []
  const diagnostics = [...document.diagnostics, ...withoutTold(problemsOf(issues, document, keys), document.diagnostics)]
  const isWrong = diagnostics.length > 0
  const wrongEntries = new Set(issues.map(({ path: [top, index] }) => (top === 'modules' ? index : undefined)))
  const { modules, configs } = (document.value ?? {}) as {
    modules?: StaticModule[] | null
    configs?: Record<string, Settings | null> | null
  }
  const requests = (Array.isArray(modules) ? modules : []).flatMap((entry: StaticModule, index) =>
    wrongEntries.has(index) ? [] : requestOf(entry, document.placeOf(['modules', index]), originAt)
  )
  const first = withoutRepetitions(requests, diagnostics)
  const placeOfConfig = (name: string) => document.placeOf(['configs', name], 'key')
  if (isWrong) return { requests: [], configs: {}, placeOfConfig, diagnostics: inOrder(diagnostics) }
  return { requests: first, configs: withoutNulls(configs ?? {}), placeOfConfig, diagnostics: inOrder(diagnostics) }
}

function requestOf(entry: StaticModule, place: Place, originAt: (place: Place) => ModuleOrigin): ModuleRequest {
  const { module, config, ...rest } = typeof entry === 'string' ? { module: entry } : entry
  const options: Record<string, string> = Object.assign(Object.create(null), rest)
  return { module, ...(config !== undefined && { config }), options, origin: originAt(place), place }
}

/** The first request for each module; the others are told. */
function withoutRepetitions(requests: readonly ModuleRequest[], diagnostics: Diagnostic[]): ModuleRequest[] {
  const first = new Map<string, ModuleRequest>()
  for (const request of requests) {
    const earlier = first.get(request.module)
    if (!earlier) first.set(request.module, request)
    else diagnostics.push(diagnosticOf(repetition(earlier, request, whereOf(earlier.place)), request.place))
  }
  return [...first.values()]
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

// What is no value reads as null, which the schema may refuse a second time; and through an alias it sees a fault once more.
function withoutTold(problems: readonly Diagnostic[], told: readonly Diagnostic[]): Diagnostic[] {
  const places = new Set(told.map(placeKey))
  return problems.filter((problem) => {
    const keys = [placeKey(problem), `${placeKey(problem)} ${problem.message}`]
    const isNew = !keys.some((key) => places.has(key))
    if (isNew) places.add(keys[1] as string)
    return isNew
  })
}

function placeKey({ line, column, path }: Diagnostic): string {
  return `${line}:${column}:${path}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
