import type { Catalog, ResolvedModule } from './core/catalog.ts'
import { type Diagnostic, diagnosticOf, isOk } from './core/diagnostic.ts'
import type { ScriptRun } from './core/resolution.ts'
import { foreignConfigs, type ModuleRequest, select } from './core/select-modules.ts'
import { placesIn } from './core/source-text.ts'
import type { LocatedStaticConfig } from './core/static-config-reader.ts'
import { aborted, catalogMismatch, directivesInvalid, HermesError, type HermesErrorCode, scriptUnreadable } from './errors.ts'
import { eventTeller, tellStory } from './events.ts'
import { digestOf, readScriptFile, type ScriptFile } from './executor/script-file.ts'
import { requirePinnedBytes, requireTrusted, requireUnpinned } from './guard-script.ts'
import { type Answer, judgeRun, outputOf } from './judge-run.ts'
import { findStaticConfig } from './load-static-config.ts'
import { type ResolveModulesOptions, type ResolveSettings, readOptions, type ScriptSettings } from './options.ts'
import { runScript } from './run-script.ts'

/** Which modules to load, and why these. */
export type Resolution<C extends Catalog = Catalog> = {
  /** In the order of loading. */
  modules: readonly ResolvedModule<C>[]
  /** Warnings and notes; errors throw. */
  diagnostics: readonly Diagnostic[]
} & Decision

/** How a resolution came about: `source` says who decided, `reason` why. `failure` is what `script.onFailure: 'static'` went past. */
export type Decision =
  | { source: 'script'; reason: 'script-ran' | 'script-empty'; script: ScriptRun }
  | { source: 'script'; reason: 'script-masked' }
  | { source: 'static'; reason: 'script-absent' | 'script-disabled' }
  | { source: 'static'; reason: 'script-abstained'; script: ScriptRun }
  | { source: 'static'; reason: 'script-failed'; failure: HermesError }

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
  // First, whatever comes of the script: a mistake that waits for the day of the fallback is found today.
  const fallback = await selectStatic(settings)
  requireNotAborted(settings)
  const resolution = await decide(settings, fallback)
  const names = resolution.modules.map(({ name }) => name)
  tellStory('%s: %j from the %s', resolution.reason, names, resolution.source)
  return resolution
}

async function decide<C extends Catalog>(settings: ResolveSettings<C>, fallback: Fallback<C>): Promise<Resolution<C>> {
  const { script } = settings
  const { modules, diagnostics } = fallback
  if (script.disabledBy) {
    requireUnpinned(script, 'HERMES_SCRIPT is empty, so none is run')
    return { modules, diagnostics, source: 'static', reason: 'script-disabled' }
  }
  const file = readScriptFile(script.path, script.trust)
  tellStory('script %s (named by %s): %s', script.path, script.namedBy, file.state)
  if (file.state === 'absent') {
    requireUnpinned(script, 'there is no file')
    if (script.onAbsent === 'fail')
      throw scriptUnreadable(
        script.path,
        'there is no file',
        'Put it there (is the ConfigMap mounted?), or set script.onAbsent to "static"'
      )
    return { modules, diagnostics: [...diagnostics, ...absenceNote(script)], source: 'static', reason: 'script-absent' }
  }
  try {
    return await resolveByScript(settings, file, fallback)
  } catch (failure) {
    if (!(failure instanceof HermesError) || script.onFailure !== 'static' || !coveredByOnFailure.has(failure.code)) throw failure
    const warning: Diagnostic = { code: 'script-failed', severity: 'warning', message: failure.message, source: script.path }
    return { modules, diagnostics: [...diagnostics, warning], source: 'static', reason: 'script-failed', failure }
  }
}

/** What the script and its output do; never a doubt about who wrote it. */
const coveredByOnFailure: ReadonlySet<HermesErrorCode> = new Set([
  'ERR_HERMES_SCRIPT_UNREADABLE',
  'ERR_HERMES_INTERPRETER_NOT_FOUND',
  'ERR_HERMES_SCRIPT_START',
  'ERR_HERMES_SCRIPT_EXIT',
  'ERR_HERMES_SCRIPT_SIGNAL',
  'ERR_HERMES_SCRIPT_TIMEOUT',
  'ERR_HERMES_SCRIPT_REPORTED',
  'ERR_HERMES_OUTPUT_LIMIT',
  'ERR_HERMES_DIRECTIVES_INVALID',
  'ERR_HERMES_CATALOG_MISMATCH'
])

/** Modules and diagnostics of the static configuration, and what scripts need of it. */
interface Fallback<C extends Catalog> {
  modules: readonly ResolvedModule<C>[]
  diagnostics: readonly Diagnostic[]
  located: LocatedStaticConfig
}

async function selectStatic<C extends Catalog>({
  staticConfig,
  keys,
  env,
  cwd,
  catalog
}: ResolveSettings<C>): Promise<Fallback<C>> {
  const located = await findStaticConfig(staticConfig, keys, { env, cwd })
  const foreign = catalog ? foreignConfigs(located.configs, catalog, located.placeOfConfig) : []
  const selected = await select<C>(located.requests, located.configs, catalog)
  const mismatches = [...foreign, ...selected.diagnostics]
  if (!isOk(mismatches)) throw catalogMismatch('the static configuration', mismatches)
  return { modules: selected.modules, diagnostics: located.diagnostics, located }
}

async function resolveByScript<C extends Catalog>(
  settings: ResolveSettings<C>,
  file: Exclude<ScriptFile, { state: 'absent' }>,
  { modules, diagnostics, located }: Fallback<C>
): Promise<Resolution<C>> {
  const { script, catalog } = settings
  if (file.state === 'unreadable') throw scriptUnreadable(script.path, file.why, file.remedy, file.cause)
  if (file.state === 'masked') {
    requireUnpinned(script, 'it is /dev/null')
    return { modules: [], diagnostics, source: 'script', reason: 'script-masked' }
  }
  await requireTrusted(script, file.writable)
  if (file.state === 'empty') {
    requireUnpinned(script, 'the file is empty')
    return { modules: [], diagnostics: [...diagnostics, emptyScript(script)], source: 'script', reason: 'script-masked' }
  }
  await requirePinnedBytes(script, file.bytes)
  const answer = await askScript(settings, file)
  const told = [...diagnostics, ...answer.diagnostics]
  if (answer.verdict === 'abstain')
    return { modules, diagnostics: told, source: 'static', reason: 'script-abstained', script: answer.run }
  const selected = await select<C>(requestsOf(answer, script.path), located.configs, catalog)
  if (!selected.ok) throw catalogMismatch(`the loader script ${script.path}`, selected.diagnostics)
  const reason = answer.verdict === 'modules' ? 'script-ran' : 'script-empty'
  return {
    modules: selected.modules,
    diagnostics: [...told, ...selected.diagnostics],
    source: 'script',
    reason,
    script: answer.run
  }
}

async function askScript<C extends Catalog>(
  settings: ResolveSettings<C>,
  file: Extract<ScriptFile, { state: 'present' }>
): Promise<Answer & { run: ScriptRun }> {
  const { script, keys, signal, onEvent } = settings
  const tell = eventTeller(onEvent)
  tell({ type: 'script-found', path: script.path })
  let digest: Promise<string> | undefined
  const { interpreter, result } = await runScript(settings, file.bytes, (event) => {
    // While the script runs this process has nothing to do.
    if (event.type === 'script-started') digest ??= digestOf(file.bytes)
    tell(event)
  })
  const answer = judgeRun(result, { path: script.path, keys, limits: script.limits, onEmpty: script.onEmpty, signal })
  const sha256 = await (digest ?? digestOf(file.bytes))
  const { stderr, durationMs } = result
  return { ...answer, run: { path: script.path, sha256, interpreter, durationMs, stderr, messages: answer.messages } }
}

function requestsOf({ directives, bytes }: Answer, path: string): ModuleRequest[] {
  const placeOf = placesIn(bytes, outputOf(path))
  return directives.map(({ line, column, ...directive }) => {
    const origin = { kind: 'script', source: path, line, column } as const
    return { ...directive, origin, place: placeOf({ line, column }) }
  })
}

function absenceNote({ path, namedBy }: ScriptSettings): Diagnostic[] {
  if (namedBy === 'default') return []
  const who = namedBy === 'option' ? 'the script option' : namedBy
  const message = `there is no loader script at the path that ${who} names: the static configuration is used`
  return [{ code: 'script-absent', severity: 'note', message, hint: 'script: false says that none is meant', source: path }]
}

/** The warning about a file of no bytes. @throws HermesError DIRECTIVES_INVALID with `onEmpty: 'fail'` */
function emptyScript({ path, onEmpty }: ScriptSettings): Diagnostic {
  const message = 'the script is a file of no bytes: a full disk or an empty template leaves that'
  const severity = onEmpty === 'fail' ? 'error' : 'warning'
  const diagnostic = diagnosticOf(
    { code: 'empty-script', severity, message, hint: 'to have no module, link it to /dev/null or print none' },
    { source: path }
  )
  if (severity === 'error') throw directivesInvalid({ path, stderr: '', diagnostics: [diagnostic] })
  return diagnostic
}

function requireNotAborted({ signal }: ResolveSettings<Catalog>): void {
  if (signal?.aborted) throw aborted(signal.reason)
}
