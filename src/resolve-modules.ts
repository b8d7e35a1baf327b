import type { Catalog, ResolvedModule } from './core/catalog.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { decideModules, type FreshDecision } from './decide-modules.ts'
import { HermesError } from './errors.ts'
import { eventTeller, type Tell, tellStory } from './events.ts'
import { requireNotAborted } from './guard-script.ts'
import { type ResolveModulesOptions, type ResolveSettings, readOptions } from './options.ts'
import type { RecordDecision } from './resolve-in-sequence.ts'

/** Which modules to load, and why these. */
export type Resolution<C extends Catalog = Catalog> = {
  /** In the order of loading. */
  modules: readonly ResolvedModule<C>[]
  /** Warnings and notes; errors throw. */
  diagnostics: readonly Diagnostic[]
} & Decision

/** How a resolution came about: `source` says who decided, `reason` why. */
export type Decision = FreshDecision | RecordDecision

/** Why the answer is what it is. */
export type Reason = Decision['reason']

/**
 * Resolves which memory sidecar modules to load: runs the loader script where there is one, else takes the static configuration.
 *
 * Only "no file there" falls back by itself; a script that fails is an error, unless `script.onFailure` says otherwise.
 * docs/errors.md lists every code, with its remedy.
 *
 * @throws HermesError OPTIONS_INVALID, CONFIG_UNREADABLE, CONFIG_INVALID, CATALOG_MISMATCH, SCRIPT_UNREADABLE,
 * SCRIPT_UNTRUSTED, SCRIPT_HASH_MISMATCH, INTERPRETER_NOT_FOUND, SCRIPT_START, SCRIPT_EXIT, SCRIPT_SIGNAL, SCRIPT_TIMEOUT, SCRIPT_REPORTED, OUTPUT_LIMIT,
 * DIRECTIVES_INVALID, PLATFORM_UNSUPPORTED, ABORTED
 *
 * @example
 *     const { modules, reason } = await resolveModules()
 */
export async function resolveModules<C extends Catalog = Catalog>(
  options: ResolveModulesOptions<C> = {}
): Promise<Resolution<C>> {
  const settings = await readOptions(options)
  requireNotAborted(settings)
  const resolution = await resolveStep(settings, eventTeller(settings.onEvent)).catch((error: unknown) => {
    tellStory('failed: %s', error instanceof HermesError ? error.code : 'an error of another kind')
    throw error
  })
  const names = resolution.modules.map(({ name }) => name)
  tellStory('%s: %j from the %s', resolution.reason, names, resolution.source)
  return resolution
}

async function resolveStep<C extends Catalog>(settings: ResolveSettings<C>, tell: Tell): Promise<Resolution<C>> {
  if (!settings.record) return (await decideModules(settings, tell)).resolution
  const { resolveInSequence } = await import('./resolve-in-sequence.ts')
  return resolveInSequence(settings, settings.record, tell)
}
