import type { Catalog, ResolvedModule } from './core/catalog.ts'
import { type Diagnostic, diagnosticOf, inOrder, isOk } from './core/diagnostic.ts'
import type { ScriptRun } from './core/resolution.ts'
import { type ConfiguredModule, configProblems, type ModuleRequest, select } from './core/select-modules.ts'
import { placesIn } from './core/source-text.ts'
import type { LocatedStaticConfig } from './core/static-config-reader.ts'
import { catalogMismatch, HermesError, type HermesErrorCode } from './errors.ts'
import { type Tell, tellStory } from './events.ts'
import { digestOf, readScriptFile, type ScriptFile } from './executor/script-file.ts'
import { requireNotAborted, requirePinnedBytes, requireTrusted, requireUnpinned } from './guard-script.ts'
import { type Answer, judgeRun, outputOf } from './judge-run.ts'
import { findStaticConfig } from './load-static-config.ts'
import type { ResolveSettings, ScriptSettings } from './options.ts'
import { runScript } from './run-script.ts'
import { answerMismatch, directivesInvalid, scriptAbsent, scriptUnreadable } from './script-errors.ts'

/** How modules were decided anew: `source` says who decided, `reason` why. */
export type FreshDecision =
  | { source: 'script'; reason: 'script-ran' | 'script-empty'; script: ScriptRun }
  | { source: 'script'; reason: 'script-masked' }
  | { source: 'static'; reason: 'script-absent' | 'script-disabled' }
  | { source: 'static'; reason: 'script-abstained'; script: ScriptRun }
  /** `failure` is what `script.onFailure: 'static'` went past. */
  | { source: 'static'; reason: 'script-failed'; failure: HermesError }

/** What was decided, and what a record keeps of it. */
export interface Decided<C extends Catalog> {
  resolution: { modules: readonly ResolvedModule<C>[]; diagnostics: readonly Diagnostic[] } & FreshDecision
  /** The same modules, before schemas saw their settings. */
  configured: readonly ConfiguredModule[]
  /** What the decision was made of. */
  used: UsedInputs
}

export interface UsedInputs {
  script: ScriptFile
  /** Of the static configuration's file, where there is one. */
  staticBytes: Uint8Array | undefined
}

/** What the static configuration says, and what scripts need of it. */
interface Fallback<C extends Catalog> {
  modules: readonly ResolvedModule<C>[]
  configured: readonly ConfiguredModule[]
  located: LocatedStaticConfig
}

/**
 * Decides anew: runs the script where there is one, else takes the static configuration.
 *
 * @throws HermesError with every code but those of options and records
 */
export async function decideModules<C extends Catalog>(settings: ResolveSettings<C>, tell: Tell): Promise<Decided<C>> {
  // First, whatever comes of the script: a mistake that waits for the day of the fallback is found today.
  const fallback = await selectStatic(settings)
  requireNotAborted(settings)
  const { script } = settings
  if (script.disabledBy) {
    requireUnpinned(script, 'HERMES_SCRIPT is empty, so none is run')
    return decidedWith(fallback, { state: 'absent' }, { source: 'static', reason: 'script-disabled' })
  }
  const file = readScriptFile(script.path, script.trust)
  tellStory('script %s (named by %s): %s', script.path, script.namedBy, file.state)
  if (file.state === 'absent') {
    requireUnpinned(script, 'there is no file')
    if (script.onAbsent === 'static')
      return decidedWith(fallback, file, { source: 'static', reason: 'script-absent' }, absenceNote(script))
  }
  try {
    return await decideByScript(settings, file, fallback, tell)
  } catch (failure) {
    if (script.onFailure !== 'static' || !isScriptFailure(failure)) throw failure
    return decidedWith(fallback, file, { source: 'static', reason: 'script-failed', failure }, [failureWarning(script, failure)])
  }
}

const scriptFailures: ReadonlySet<HermesErrorCode> = new Set([
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

/** Whether it is what `onFailure` covers: what the script and its output do, and never a doubt about who wrote it. */
export function isScriptFailure(failure: unknown): failure is HermesError {
  return failure instanceof HermesError && scriptFailures.has(failure.code)
}

/** A failure that was gone past, whole. */
export function failureWarning({ path }: ScriptSettings, failure: HermesError, more = ''): Diagnostic {
  return { code: 'script-failed', severity: 'warning', message: `${failure.message}${more}`, source: path }
}

function decidedWith<C extends Catalog>(
  { modules, configured, located }: Fallback<C>,
  script: ScriptFile,
  decision: FreshDecision,
  more: readonly Diagnostic[] = []
): Decided<C> {
  const resolution = { modules, diagnostics: [...located.diagnostics, ...more], ...decision }
  return { resolution, configured, used: { script, staticBytes: located.bytes } }
}

async function selectStatic<C extends Catalog>(settings: ResolveSettings<C>): Promise<Fallback<C>> {
  const { staticConfig, keys, env, cwd, catalog } = settings
  const located = await findStaticConfig(staticConfig, keys, { env, cwd })
  const unused = catalog ? await configProblems(located.configs, catalog, located.placeOfConfig) : []
  const { modules, configured, diagnostics } = await select<C>(located.requests, located.configs, catalog)
  const mismatches = inOrder([...unused, ...diagnostics])
  if (!isOk(mismatches)) throw catalogMismatch('the static configuration', mismatches)
  return { modules, configured, located }
}

async function decideByScript<C extends Catalog>(
  settings: ResolveSettings<C>,
  file: ScriptFile,
  fallback: Fallback<C>,
  tell: Tell
): Promise<Decided<C>> {
  const { script, catalog } = settings
  const { located } = fallback
  if (file.state === 'absent') throw scriptAbsent(script.path)
  if (file.state === 'unreadable') throw scriptUnreadable(script.path, file.why, file.remedy, file.cause)
  const none = { ...fallback, modules: [], configured: [] }
  if (file.state === 'masked') {
    requireUnpinned(script, 'it is /dev/null')
    return decidedWith(none, file, { source: 'script', reason: 'script-masked' })
  }
  await requireTrusted(script, file.writable)
  if (file.state === 'empty') {
    requireUnpinned(script, 'the file is empty')
    return decidedWith(none, file, { source: 'script', reason: 'script-masked' }, [emptyScript(script)])
  }
  await requirePinnedBytes(script, file.bytes)
  const { run, ...answer } = await askScript(settings, file, tell)
  if (answer.verdict === 'abstain')
    return decidedWith(fallback, file, { source: 'static', reason: 'script-abstained', script: run }, answer.diagnostics)
  const selected = await select<C>(requestsOf(answer, script.path), located.configs, catalog)
  if (!selected.ok)
    throw answerMismatch({
      path: script.path,
      stderr: run.stderr,
      exitCode: 0,
      diagnostics: [...answer.diagnostics, ...selected.diagnostics]
    })
  const reason = answer.verdict === 'modules' ? 'script-ran' : 'script-empty'
  const told = [...answer.diagnostics, ...selected.diagnostics]
  return decidedWith({ ...selected, located }, file, { source: 'script', reason, script: run }, told)
}

async function askScript<C extends Catalog>(
  settings: ResolveSettings<C>,
  file: Extract<ScriptFile, { state: 'present' }>,
  tell: Tell
): Promise<Answer & { run: ScriptRun }> {
  const { script, keys, signal } = settings
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
