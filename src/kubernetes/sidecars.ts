import { type Catalog, entriesOf, isCatalog, type ResolvedModule } from '../core/catalog.ts'
import { quote } from '../core/clean-text.ts'
import { isName, nameHint } from '../core/names.ts'
import { isObject, optionProblems, problemList } from '../core/option-rules.ts'
import { isPlainObject } from '../core/plain-copy.ts'
import { didYouMean } from '../core/suggest.ts'
import type { Json } from './json.ts'

/** An environment variable of a container. */
export interface EnvVar {
  /** The variable. */
  readonly name: string
  /** Its value; the kubelet expands `$(NAME)` in it. */
  readonly value?: string | undefined
  /** Where its value comes from, instead of `value`. */
  readonly valueFrom?: object | undefined
}

/** What a template says of its module's container: any field of a container, but those that are ours to set. */
export interface SidecarContainer {
  /** Best pinned by digest. */
  readonly image: string
  /** Ours to set. */
  readonly name?: never
  /** Ours to set. */
  readonly restartPolicy?: never
  /** Beside `HERMES_MODULE`, `HERMES_MODULE_CONFIG` and `HERMES_MODULE_SETTINGS`, which are ours to set. */
  readonly env?: readonly EnvVar[] | undefined
  readonly [field: string]: unknown
}

/** What is added to the app container that is watched. */
export interface TargetAdditions {
  /** Variables. With `append` the value is joined to one that is there, after that text: `' '` for `NODE_OPTIONS`. */
  env?: readonly (EnvVar & { readonly append?: string | undefined })[] | undefined
  /** Mounts. */
  volumeMounts?: readonly Json[] | undefined
}

/** What a module becomes in a Pod. */
export interface SidecarTemplate {
  /** Its native sidecar. */
  container: SidecarContainer
  /** Volumes of the Pod. Several templates may name one, alike. */
  volumes?: readonly Json[] | undefined
  /** For the image. */
  imagePullSecrets?: readonly { readonly name: string }[] | undefined
  /** Whether the sidecar has to see the processes of the others. Turned on is a warning that says what it opens. */
  shareProcessNamespace?: boolean | undefined
  /** What is added to the app container that is watched. */
  target?: TargetAdditions | undefined
}

/** Where a template's container goes. Frozen copies. */
export interface SidecarContext {
  /** The Pod (template) as it would be without us. */
  pod: Json
  /** The app container that is watched. */
  target: Json
}

/** A template: a plain object where nothing depends on the module. */
export type SidecarDefinition<Module = ResolvedModule> =
  | SidecarTemplate
  | ((module: Module, context: SidecarContext) => SidecarTemplate)

/** Templates by module. Opaque: made by {@link defineSidecars} only. */
export interface Sidecars {
  /** Not for use. */
  readonly '~sidecars'?: never
}

const anything = { takes: 'anything', accepts: () => true }

/** The members of a template; what they hold is checked where it is injected. */
export const templateMembers = {
  container: anything,
  volumes: anything,
  imagePullSecrets: anything,
  shareProcessNamespace: anything,
  target: anything
}

/**
 * Says what each module becomes in a Pod. With the catalog, `module.settings` is typed.
 *
 * @example
 *     const sidecars = defineSidecars(catalog, {
 *       'mem-profiler': (module) => ({ container: { image: 'registry.example/mem-profiler:2', args: [String(module.settings.rate)] } }),
 *       'mem-logger': { container: { image: 'registry.example/mem-logger:1' } }
 *     })
 *
 * @throws TypeError for a module that the catalog does not have, a key that is no module name, and what is no template
 */
export function defineSidecars<C extends Catalog>(
  catalog: C,
  templates: { readonly [Name in ResolvedModule<C>['name']]?: SidecarDefinition<Extract<ResolvedModule<C>, { name: Name }>> }
): Sidecars
export function defineSidecars(templates: Readonly<Record<string, SidecarDefinition>>): Sidecars
export function defineSidecars(...given: readonly unknown[]): Sidecars {
  const [catalog, templates] = given.length > 1 ? given : [undefined, given[0]]
  if (given.length > 1 && !isCatalog(catalog))
    throw new TypeError('defineSidecars() takes what defineCatalog() gave, and templates')
  if (!isPlainObject(templates) || isCatalog(templates))
    throw new TypeError('defineSidecars() takes an object with a template per module')
  const known = catalog === undefined ? undefined : Object.keys(entriesOf(catalog as Catalog))
  const problems: string[] = []
  const defined: Record<string, SidecarDefinition> = Object.create(null)
  for (const [name, template] of Object.entries(templates)) {
    if (template === undefined) continue
    if (!isName(name)) problems.push(`${quote(name)} is no module name: ${nameHint(name)}`)
    else if (known && !known.includes(name))
      problems.push(`the catalog has no module ${quote(name)}: ${didYouMean(name, known) ?? 'it is empty'}`)
    if (isObject(template)) problems.push(...optionProblems(template, templateMembers, `${name}.`))
    else if (typeof template !== 'function') problems.push(`${quote(name)} takes a template, or a function that gives one`)
    defined[name] = template as SidecarDefinition
  }
  if (problems.length > 0) throw new TypeError(problemList('defineSidecars()', problems))
  return Object.freeze({ '~sidecars': Object.freeze(defined) as unknown as never })
}

/** The templates by module, without a prototype. */
export function templatesOf(sidecars: Sidecars): Readonly<Record<string, SidecarDefinition<never>>> {
  return (sidecars as unknown as { '~sidecars': Readonly<Record<string, SidecarDefinition<never>>> })['~sidecars']
}

/** Whether {@link defineSidecars} made it, of this copy of the package or another. */
export function isSidecars(value: unknown): boolean {
  return isObject(value) && isObject(value['~sidecars'])
}
