import { quote } from './clean-text.ts'
import { isName, nameHint } from './names.ts'
import { isObject, optionProblems, problemList } from './option-rules.ts'
import { isPlainObject } from './plain-copy.ts'
import type { ModuleOf, Settings } from './resolution.ts'
import { isStandardSchema, type StandardSchema } from './standard-schema.ts'

/** The modules that an embedder knows. Opaque: made by {@link defineCatalog} only. */
export interface Catalog<Modules = Readonly<Record<string, unknown>>> {
  /** Not for use: it carries the type. */
  readonly '~modules'?: Modules
}

/** What is known of one module. */
export interface CatalogEntry<Name extends string = string, S = unknown> {
  /** Validates and types the settings: any Standard Schema, an asynchronous one too. */
  settings?: StandardSchema<S> | undefined
  /** Settings by config name. `configs` of the static configuration win over one of that name, whole. */
  configs?: Readonly<Record<string, Settings>> | undefined
  /** Loads the module on demand; it may return a handle. */
  load?: ((module: LoadRequest<Name, SettingsOf<S>>) => LoadResult | PromiseLike<LoadResult>) | undefined
}

/** What `load` is given. */
export interface LoadRequest<Name extends string = string, S = Settings> {
  /** The module. */
  name: Name
  /** The config name that was asked for. */
  config: string | undefined
  /** What the config name stands for; with a schema, what that makes of it. */
  settings: S
  /** Values of declared keys; it has no prototype. */
  options: Readonly<Record<string, string>>
  /** Aborts when loading is to be given up. Always there. */
  signal: AbortSignal
}

/** What `load` may return. */
export interface ModuleHandle {
  /** Ends the module. */
  stop?(): void | Promise<void>
}

/** What `load` returns, or promises: a handle, or nothing. */
// `void`: a `load` may have no `return` at all.
// biome-ignore lint/suspicious/noConfusingVoidType: only `void` lets such a function be assigned
export type LoadResult = ModuleHandle | null | undefined | void

/** What a schema makes of settings; without a schema they are as configured. */
export type SettingsOf<S> = unknown extends S ? Settings : S

/** A resolved module. With a catalog: a union of its modules, which `name` discriminates. */
export type ResolvedModule<C extends Catalog = Catalog> =
  C extends Catalog<infer Modules>
    ? { [Name in keyof Modules & string]: ModuleOf<Name, SettingsOf<Modules[Name]>> }[keyof Modules & string]
    : never

const entryRules = {
  settings: { takes: 'a Standard Schema (zod, valibot, arktype …)', accepts: isStandardSchema },
  configs: { takes: 'an object of settings by config name', accepts: isObject },
  load: { takes: 'a function', accepts: (value: unknown) => typeof value === 'function' }
}

/**
 * Names the modules that there are: whatever else a script or configuration asks for is an error with a suggestion.
 *
 * @example
 *     const catalog = defineCatalog({
 *       'mem-profiler': { settings: z.object({ sampleIntervalBytes: z.int() }), configs: { 'prod-tunings': { sampleIntervalBytes: 524288 } } },
 *       'mem-logger': {}
 *     })
 *
 * @throws TypeError for an entry with an unknown member or a wrong value, and for a key that is no module or config name
 */
export function defineCatalog<Name extends string, Modules extends { readonly [Key in Name]: unknown }>(
  // The names apart from the settings: of an entry with a `load` alone TypeScript infers no settings, and without this no names.
  entries: { readonly [Key in Name]: unknown } & { readonly [Key in keyof Modules]: CatalogEntry<Key & string, Modules[Key]> }
): Catalog<Modules> {
  if (!isPlainObject(entries)) throw new TypeError('defineCatalog() takes an object with an entry per module')
  const problems: string[] = []
  const modules: Record<string, CatalogEntry> = Object.create(null)
  for (const [name, entry] of Object.entries(entries as Readonly<Record<string, CatalogEntry>>)) {
    if (!isName(name)) problems.push(`${quote(name)} is no module name: ${nameHint(name)}`)
    problems.push(
      ...(isObject(entry)
        ? entryProblems(name, entry)
        : [`${quote(name)} takes an object: {} where nothing is known of the module`])
    )
    modules[name] = entry
  }
  if (problems.length > 0) throw new TypeError(problemList('defineCatalog()', problems))
  return Object.freeze({ '~modules': Object.freeze(modules) as unknown as Modules })
}

function entryProblems(name: string, entry: CatalogEntry): string[] {
  const problems = optionProblems(entry, entryRules, `${name}.`)
  if (!isObject(entry) || !isObject(entry.configs)) return problems
  for (const [config, settings] of Object.entries(entry.configs)) {
    if (!isName(config)) problems.push(`${quote(config)} is no config name: ${nameHint(config)}`)
    if (!isObject(settings)) problems.push(`${name}.configs.${config} takes an object of settings`)
  }
  return problems
}

/** The entries of a catalog, by module name, without a prototype. */
export function entriesOf(catalog: Catalog): Readonly<Record<string, CatalogEntry>> {
  return (catalog as Catalog<Readonly<Record<string, CatalogEntry>>>)['~modules'] ?? {}
}

/** Whether {@link defineCatalog} made it, of this copy of the package or another. */
export function isCatalog(value: unknown): boolean {
  return isObject(value) && isObject(value['~modules'])
}
