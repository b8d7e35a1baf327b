import { type Catalog, type CatalogEntry, entriesOf, type ModuleHandle, type ResolvedModule } from './core/catalog.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { isObject, type OptionRules, optionProblems } from './core/option-rules.ts'
import type { ModuleLike, Settings } from './core/resolution.ts'
import { catalogRule } from './core/select-modules.ts'
import { aborted, moduleLoad, moduleNotLoadable, optionsInvalid, reasonOf } from './errors.ts'
import { eventTeller, type ResolveEvent, type Tell } from './events.ts'
import { onAbort } from './executor/on-abort.ts'
import { functionRule, signalRule } from './option-values.ts'

/** Options of {@link loadModules}. */
export interface LoadModulesOptions<C extends Catalog = Catalog> {
  /** The modules that there are, each with its `load`. */
  catalog: C
  /** Aborts the loading: what was loaded is stopped. Each `load` gets it as well. @default one that never aborts */
  signal?: AbortSignal | undefined
  /** Gets `module-loaded` and `module-stopped`. One that throws changes nothing. */
  onEvent?: ((event: ResolveEvent) => void) | undefined
}

/** Modules that run. */
export interface LoadedModules<C extends Catalog = Catalog> extends AsyncDisposable {
  /** The resolved modules in the order of loading, each with the handle that its `load` gave. */
  modules: readonly LoadedModule<C>[]
  /**
   * Stops them in reverse order, once: a second call gives the first one's promise.
   *
   * @throws AggregateError of everything that failed; all others were stopped
   */
  stop(): Promise<void>
}

/** A resolved module that was loaded. */
export type LoadedModule<C extends Catalog = Catalog> = ResolvedModule<C> & {
  /** What its `load` gave; absent where it gave none. */
  handle?: ModuleHandle
}

const loadRules: OptionRules = { catalog: catalogRule, signal: signalRule, onEvent: functionRule }

/**
 * Loads the modules of a resolution with the `load` of their catalog entries, one after the other, and no others.
 *
 * When one fails, those before it are stopped. A `load` that is still under way when the signal aborts is not waited for; the
 * handle that it gives after that is stopped at once.
 *
 * @throws HermesError OPTIONS_INVALID; MODULE_LOAD, where a module has no `load` before anything is loaded; ABORTED
 *
 * @example
 *     const resolution = await resolveModules({ catalog })
 *     await using loaded = await loadModules(resolution, { catalog })
 */
export async function loadModules<C extends Catalog>(
  resolution: { readonly modules: readonly ModuleLike[] },
  options: LoadModulesOptions<C>
): Promise<LoadedModules<C>> {
  requireLoadOptions(resolution, options)
  const { catalog, signal = new AbortController().signal, onEvent } = options
  const tell = eventTeller(onEvent)
  const loaded: Loaded[] = []
  for (const { module, load } of withLoaders(resolution.modules, catalog)) {
    try {
      const handle = await untilAborted(signal, () => load({ ...requestOf(module), signal }))
      loaded.push({ ...module, ...(handle && { handle }) })
      tell({ type: 'module-loaded', name: module.name })
      signal.throwIfAborted()
    } catch (error) {
      const undoing = (await stopAll(loaded, tell)).map(notStopped)
      throw signal.aborted ? aborted('loading', signal.reason, undoing) : moduleLoad(module, error, undoing)
    }
  }
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= stopOrThrow(loaded, tell)
    return stopping
  }
  return { modules: loaded as unknown as LoadedModule<C>[], stop, [Symbol.asyncDispose]: stop }
}

function requireLoadOptions(resolution: unknown, options: unknown): void {
  const problems = optionProblems(options, loadRules)
  if (!isObject(options) || options['catalog'] === undefined)
    problems.push('catalog is needed: what defineCatalog() gave, with a "load" for each module')
  const modules = isObject(resolution) ? resolution['modules'] : undefined
  if (!Array.isArray(modules) || !modules.every((module) => isObject(module) && isObject(module['origin'])))
    problems.push('its first argument takes a resolution, or an object with its "modules"')
  if (problems.length > 0) throw optionsInvalid('loadModules()', problems)
}

type Load = NonNullable<CatalogEntry['load']>
type Loaded = ModuleLike & { handle?: ModuleHandle }

/** A module that is left running. */
interface NotStopped {
  name: string
  error: unknown
}

/** @throws HermesError MODULE_LOAD, which names every module without a `load` */
function withLoaders(modules: readonly ModuleLike[], catalog: Catalog): { module: ModuleLike; load: Load }[] {
  const entries = entriesOf(catalog)
  const missing = modules.filter(({ name }) => entries[name]?.load === undefined)
  if (missing.length > 0) throw moduleNotLoadable(missing)
  return modules.map((module) => ({ module, load: entries[module.name]?.load as Load }))
}

function requestOf({ name, config, settings, options }: ModuleLike) {
  return { name, config, settings: settings as Settings, options }
}

/** What `load` gives, not waited for once the signal aborts: a handle that comes after that is stopped at once. */
async function untilAborted(signal: AbortSignal, load: () => ReturnType<Load>): Promise<ModuleHandle | undefined> {
  signal.throwIfAborted()
  let off = () => {}
  const abortion = new Promise<'aborted'>((resolve) => {
    off = onAbort(signal, () => resolve('aborted'))
  })
  const loading = (async () => load())()
  try {
    const given = await Promise.race([loading, abortion])
    if (given !== 'aborted') return given ?? undefined
    loading.then((late) => late?.stop?.()).catch(() => {})
    throw signal.reason
  } finally {
    off()
  }
}

/** What could not be stopped, of all that there is to stop: the last one that was loaded first. */
async function stopAll(loaded: readonly Loaded[], tell: Tell): Promise<NotStopped[]> {
  const failures: NotStopped[] = []
  for (const { name, handle } of [...loaded].reverse()) {
    try {
      await handle?.stop?.()
      tell({ type: 'module-stopped', name })
    } catch (error) {
      failures.push({ name, error })
    }
  }
  return failures
}

/** @throws AggregateError of everything that could not be stopped */
async function stopOrThrow(loaded: readonly Loaded[], tell: Tell): Promise<void> {
  const failures = await stopAll(loaded, tell)
  if (failures.length === 0) return
  throw new AggregateError(
    failures.map(({ error }) => error),
    failures.map((failure) => notStopped(failure).message).join('; ')
  )
}

function notStopped({ name, error }: NotStopped): Diagnostic {
  return { code: 'stop-failed', severity: 'error', message: `module "${name}" could not be stopped: ${reasonOf(error)}` }
}
