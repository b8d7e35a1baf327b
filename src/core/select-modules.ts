import { type Catalog, type CatalogEntry, entriesOf, isCatalog, type ResolvedModule } from './catalog.ts'
import { quote } from './clean-text.ts'
import { keysRule, sourceRule } from './core-options.ts'
import { type Diagnostic, diagnosticOf, isOk, type Place, type Problem } from './diagnostic.ts'
import { type DirectiveInput, requireDirective } from './directive-input.ts'
import { inlineDocument } from './inline-document.ts'
import { jsonPointer } from './json-pointer.ts'
import { isConfigName, isName, nameHint } from './names.ts'
import { isObject, type OptionRule, requireOptions } from './option-rules.ts'
import { plainCopy } from './plain-copy.ts'
import { repetition } from './repetition.ts'
import type { ModuleOf, ModuleOrigin, Settings } from './resolution.ts'
import { didYouMean } from './suggest.ts'
import { validateSettings } from './validate-settings.ts'

/** Options of {@link selectModules}. */
export interface SelectModulesOptions<C extends Catalog = Catalog> {
  /** What origins and diagnostics say the directives come from. @default "<directives>" */
  source?: string | undefined
  /** A static configuration, or what `loadStaticConfig()` gave: only its `configs` are looked at. */
  staticConfig?: { readonly configs?: Readonly<Record<string, Settings>> | undefined } | undefined
  /** The modules that there are. @default any module, and config names that nobody defines have empty settings */
  catalog?: C | undefined
  /** Keys that directives may have in `options`. @default those that they have */
  keys?: readonly string[] | undefined
}

/** What {@link selectModules} gives. */
export interface SelectedModules<C extends Catalog = Catalog> {
  /** No diagnostic is an error. */
  ok: boolean
  /** In the order of the directives, those without an error. */
  modules: ResolvedModule<C>[]
  /** Those of `configs` first, then in the order of the directives. */
  diagnostics: Diagnostic[]
}

/** A directive with the place where it was said. */
export interface LocatedDirective extends DirectiveInput {
  /** From 1. */
  line?: number | undefined
  /** From 1, in UTF-16 code units. */
  column?: number | undefined
}

/** One wish for a module: what the layers below `resolveModules()` pass on. */
export interface ModuleRequest {
  module: string
  config?: string
  options: Readonly<Record<string, string>>
  origin: ModuleOrigin
  place: Place
  /** Where they have been looked up: of a recorded answer. */
  settings?: Settings
}

/** A selected module before its schema saw it: what a record keeps, so that each step validates it with its own catalog. */
export type ConfiguredModule = ModuleOf<string, Settings>

/** The settings of config names, `CONFIG` or `MODULE/CONFIG`. */
export type Configs = Readonly<Record<string, Settings>>

export const catalogRule: OptionRule = { takes: 'what defineCatalog() gave', accepts: isCatalog }

const selectRules = {
  source: sourceRule,
  staticConfig: { takes: 'a static configuration, or what loadStaticConfig() gave', accepts: isObject },
  catalog: catalogRule,
  keys: keysRule
}

const configMembers = ['modules', 'configs', 'diagnostics']

/** The `configs` of a static configuration, checked: what is wrong with them has its JSON pointer. */
function readConfigs(staticConfig: unknown): { configs: Configs; diagnostics: Diagnostic[] } {
  if (staticConfig === undefined) return { configs: {}, diagnostics: [] }
  const { value, diagnostics } = inlineDocument(
    { configs: (staticConfig as { configs?: unknown }).configs },
    '<static configuration>'
  )
  const report = (problem: Problem, ...path: string[]) =>
    diagnostics.push(diagnosticOf(problem, { source: '<static configuration>', path: jsonPointer(path) }))
  for (const member of Object.keys(staticConfig as object).filter((name) => !configMembers.includes(name)))
    report({ code: 'unknown-key', message: `unknown key ${quote(member)}`, hint: didYouMean(member, configMembers) }, member)
  const configs: Record<string, Settings> = Object.create(null)
  const given = (value as { configs?: unknown }).configs ?? {}
  if (!isObject(given))
    report({ code: 'invalid-config', message: '"configs" takes an object: settings by config name' }, 'configs')
  for (const [name, settings] of isObject(given) ? Object.entries(given) : []) {
    if (!isConfigName(name)) report(invalidName('config', name), 'configs', name)
    else if (settings === null) configs[name] = nothing()
    else if (isObject(settings)) configs[name] = settings
    else report({ code: 'invalid-config', message: `config ${quote(name)} takes an object of settings` }, 'configs', name)
  }
  return { configs, diagnostics }
}

function isIterable(value: unknown): boolean {
  return typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function'
}

/**
 * Makes modules of directives: looks their configs up, and holds them against the catalog. Pure; all problems come in one pass.
 *
 * @throws TypeError for directives that are no such objects, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export async function selectModules<C extends Catalog = Catalog>(
  directives: Iterable<LocatedDirective>,
  options: SelectModulesOptions<C> = {}
): Promise<SelectedModules<C>> {
  requireOptions('selectModules', options, selectRules)
  const { source = '<directives>', staticConfig, catalog, keys } = options
  const { configs, diagnostics } = readConfigs(staticConfig)
  if (catalog) diagnostics.push(...(await configProblems(configs, catalog, (name) => ({ path: jsonPointer(['configs', name]) }))))
  const requests: ModuleRequest[] = []
  if (!isIterable(directives)) throw new TypeError('selectModules() takes a list of directives')
  for (const directive of directives) {
    const request = requestOf(directive, source)
    const problems = keys ? undeclared(request, keys) : []
    if (problems.length === 0) requests.push(request)
    diagnostics.push(...problems)
  }
  const { modules, diagnostics: found } = await select<C>(requests, configs, catalog)
  diagnostics.push(...found)
  return { ok: isOk(diagnostics), modules, diagnostics }
}

/** {@link selectModules} of requests that carry their places. */
export async function select<C extends Catalog>(
  requests: Iterable<ModuleRequest>,
  configs: Configs,
  catalog: C | undefined
): Promise<SelectedModules<C> & { configured: ConfiguredModule[] }> {
  const diagnostics: Diagnostic[] = []
  const modules: ModuleOf<string, unknown>[] = []
  const configured: ConfiguredModule[] = []
  const first = new Map<string, ModuleRequest>()
  for (const request of requests) {
    const earlier = first.get(request.module)
    first.set(request.module, earlier ?? request)
    const one = earlier
      ? { problems: [repetition(earlier, request, whereOf(earlier.place))] }
      : await selectOne(request, configs, catalog)
    if ('problems' in one) {
      diagnostics.push(...one.problems.map((problem) => diagnosticOf(problem, request.place)))
      continue
    }
    modules.push(selected(request, one.validated))
    configured.push(selected(request, one.configured))
  }
  return { ok: isOk(diagnostics), modules: modules as ResolvedModule<C>[], configured, diagnostics }
}

function selected<S>({ module, config, options, origin }: ModuleRequest, settings: S): ModuleOf<string, S> {
  return { name: module, ...(config !== undefined && { config }), settings, options, origin }
}

function whereOf({ line }: Place): string {
  return line === undefined ? 'before' : `in line ${line}`
}

/** What is wrong with `MODULE/CONFIG`: a module that the catalog does not have, settings that its schema refuses. */
export async function configProblems(
  configs: Configs,
  catalog: Catalog,
  placeOf: (name: string) => Place
): Promise<Diagnostic[]> {
  const entries = entriesOf(catalog)
  const problems: Diagnostic[] = []
  for (const [name, settings] of Object.entries(configs)) {
    const [module = '', config] = name.split('/')
    if (config === undefined) continue
    const found = Object.hasOwn(entries, module)
      ? await validateSettings({ module, config }, plainCopy(settings), entries[module])
      : { problems: [unknownModule(module, entries)] }
    if ('problems' in found) problems.push(...found.problems.map((problem) => diagnosticOf(problem, placeOf(name))))
  }
  return problems
}

type SelectedOne = { configured: Settings; validated: unknown } | { problems: readonly Problem[] }

async function selectOne(
  { module, config, settings }: ModuleRequest,
  configs: Configs,
  catalog: Catalog | undefined
): Promise<SelectedOne> {
  const names = [{ kind: 'module', name: module }, ...(config === undefined ? [] : [{ kind: 'config', name: config }])]
  const illFormed = names.filter(({ name }) => !isName(name)).map(({ kind, name }) => invalidName(kind, name))
  if (illFormed.length > 0) return { problems: illFormed }

  const entries = catalog && entriesOf(catalog)
  if (entries && !Object.hasOwn(entries, module)) return { problems: [unknownModule(module, entries)] }
  const entry = entries?.[module]

  const found = settings ?? (config === undefined ? nothing() : settingsOf(module, config, configs, entry))
  if (found === undefined && entry) return { problems: [undefinedConfig(module, config as string, configs, entry)] }
  const configured = plainCopy(found ?? nothing())
  const validated = await validateSettings({ module, config }, configured, entry)
  return 'problems' in validated ? validated : { configured: plainCopy(configured), validated: validated.settings }
}

const nothing = (): Settings => Object.create(null)

/** What a config name stands for: for this module in the static configuration, for any module there, in the catalog. */
function settingsOf(module: string, config: string, configs: Configs, entry: CatalogEntry | undefined): Settings | undefined {
  const own = `${module}/${config}`
  if (Object.hasOwn(configs, own)) return configs[own]
  if (Object.hasOwn(configs, config)) return configs[config]
  return entry?.configs && Object.hasOwn(entry.configs, config) ? entry.configs[config] : undefined
}

function undefinedConfig(module: string, config: string, configs: Configs, entry: CatalogEntry): Problem {
  const own = `${module}/`
  const names = Object.keys(configs).flatMap((name) =>
    name.startsWith(own) ? name.slice(own.length) : name.includes('/') ? [] : name
  )
  const hint = didYouMean(config, [...new Set([...names, ...Object.keys(entry.configs ?? {})])])
  return {
    code: 'undefined-config',
    message: `nobody defines config ${quote(config)} for module ${quote(module)}`,
    hint: hint ?? `define it as configs: { ${config}: … } of the static configuration`
  }
}

function unknownModule(module: string, entries: Readonly<Record<string, unknown>>): Problem {
  return { code: 'unknown-module', message: `unknown module ${quote(module)}`, hint: didYouMean(module, Object.keys(entries)) }
}

function invalidName(kind: string, name: unknown): Problem {
  const text = String(name)
  return { code: 'invalid-name', message: `${quote(text)} is no ${kind} name`, hint: nameHint(text) }
}

function requestOf(directive: LocatedDirective, source: string): ModuleRequest {
  const { module, config, options = {}, line, column } = requireDirective('selectModules', directive)
  const where = { source, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }
  const origin: ModuleOrigin = { kind: 'script', ...where }
  return { module, ...(config !== undefined && { config }), options: plainCopy(options), origin, place: where }
}

function undeclared({ options, place }: ModuleRequest, keys: readonly string[]): Diagnostic[] {
  return Object.keys(options)
    .filter((key) => !keys.includes(key))
    .map((key) => diagnosticOf({ code: 'unknown-key', message: `unknown key ${quote(key)}`, hint: didYouMean(key, keys) }, place))
}
