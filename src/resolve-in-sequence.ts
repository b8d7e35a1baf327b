import type { Catalog, ResolvedModule } from './core/catalog.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import type { RecordedDecision } from './core/resolution.ts'
import { type ModuleRequest, select } from './core/select-modules.ts'
import { type Decided, decideModules, type FreshDecision, failureWarning, isScriptFailure } from './decide-modules.ts'
import { catalogMismatch, HermesError, recordChanged } from './errors.ts'
import { type Tell, tellStory } from './events.ts'
import type { ResolveSettings } from './options.ts'
import { type FoundRecord, findRecord, fullChain, newerRecord, publishRecord, replaceRecord } from './record/record-chain.ts'
import { moduleDifference } from './record/record-difference.ts'
import type { RecordedAnswer } from './record/record-format.ts'
import { changedInputs, type RecordInputs } from './record/record-inputs.ts'
import type { RecordSettings } from './record-options.ts'
import {
  ageOf,
  answerOf,
  changedIn,
  currentInputs,
  deciderOf,
  decisionOf,
  inputsOf,
  recordable,
  type Step,
  stepOf
} from './recorded-answer.ts'

/** How an answer came out of a record. */
export type RecordDecision =
  | { source: 'record'; reason: 'recorded'; record: RecordedDecision }
  /** The script failed, and `onFailure: 'last-good'` took the answer of before. */
  | { source: 'record'; reason: 'script-failed'; failure: HermesError; record: RecordedDecision }

/** What one step of a sequence answers. */
export type SequenceAnswer<C extends Catalog> = {
  modules: readonly ResolvedModule<C>[]
  diagnostics: readonly Diagnostic[]
} & (FreshDecision | RecordDecision)

/**
 * Resolves as one step of an init sequence, so that every step gets the same modules (docs/record.md).
 *
 * @throws HermesError RECORD_UNUSABLE, RECORD_CHANGED, CATALOG_MISMATCH, and what deciding anew throws
 */
export async function resolveInSequence<C extends Catalog>(
  settings: ResolveSettings<C>,
  record: RecordSettings,
  tell: Tell
): Promise<SequenceAnswer<C>> {
  const step = stepOf(record.mode === 'verify' ? withoutFallback(settings) : settings, record, tell)
  const { store, key } = step
  const found = await usable(step, () => findRecord(store, key))
  if (found instanceof HermesError) return withWarning(await decideModules(step.settings, tell), found)
  tellStory('record %s in %s: %s', found.at, store.location, found.found)
  if (record.mode === 'begin') return begin(step, found)
  if (found.found === 'newer') throw newerRecord(store, found.version ?? Number.NaN)
  if (found.found === 'full') {
    const full = await usable(step, () => Promise.reject(fullChain(store, key)))
    return withWarning(await decideModules(step.settings, tell), full)
  }
  if (found.answer === undefined) return decideFirst(step)
  return record.mode === 'verify'
    ? verify(step, found.answer, found.skipped)
    : reuse(step, found.answer, currentInputs(step), found.skipped)
}

/** In `verify` a failure is always thrown. */
function withoutFallback<C extends Catalog>(settings: ResolveSettings<C>): ResolveSettings<C> {
  return { ...settings, script: { ...settings.script, onFailure: 'fail' } }
}

/** No record yet: the first step that finishes decides. */
async function decideFirst<C extends Catalog>(step: Step<C>): Promise<SequenceAnswer<C>> {
  const decided = await decideModules(step.settings, step.tell)
  const published = await usable(step, () => publishRecord(step.store, step.key, answerOf(step, decided)))
  if (published instanceof HermesError) return withWarning(decided, published)
  if (!published.won) return reuse(step, published.answer, inputsOf(step, decided.used), published.skipped)
  step.tell({ type: 'record-written', location: step.store.location })
  return withDiagnostics(decided, published.skipped)
}

/** The answer that an earlier step recorded. Nothing is run, and nothing is parsed. */
async function reuse<C extends Catalog>(
  step: Step<C>,
  answer: RecordedAnswer,
  now: RecordInputs,
  diagnostics: readonly Diagnostic[]
): Promise<SequenceAnswer<C>> {
  const changed = changedInputs(answer.inputs, now)
  if (changed.length > 0 && step.record.onInputsChanged === 'fail')
    throw recordChanged({ ...changedIn(step, answer), changed: { inputs: changed } })
  const modules = await recordedModules(step, answer)
  const told = [...diagnostics, ...changedWarning(step, answer, changed)]
  return { modules, diagnostics: told, source: 'record', reason: 'recorded', record: decisionOf(step, answer, changed) }
}

async function verify<C extends Catalog>(
  step: Step<C>,
  answer: RecordedAnswer,
  skipped: readonly Diagnostic[]
): Promise<SequenceAnswer<C>> {
  const decided = await decideModules(step.settings, step.tell)
  const difference = moduleDifference(answer.modules, recordable(decided))
  if (difference !== '') throw recordChanged({ ...changedIn(step, answer), changed: { difference } })
  const changed = changedInputs(answer.inputs, inputsOf(step, decided.used))
  const modules = await recordedModules(step, answer)
  const diagnostics = [...skipped, ...decided.resolution.diagnostics, ...changedWarning(step, answer, changed)]
  return { modules, diagnostics, source: 'record', reason: 'recorded', record: decisionOf(step, answer, changed) }
}

/** The first step of a new sequence: decides anew, and replaces the record of before. */
async function begin<C extends Catalog>(step: Step<C>, found: FoundRecord): Promise<SequenceAnswer<C>> {
  let decided: Decided<C>
  try {
    decided = await decideModules(step.settings, step.tell)
  } catch (failure) {
    const before = found.answer
    if (!before || !isScriptFailure(failure) || !isLastGood(step, before)) throw failure
    return useLastGood(step, before, failure)
  }
  const answer = answerOf(step, decided)
  const replaced = await usable(step, () => replaceRecord(step.store, step.key, answer))
  if (replaced instanceof HermesError) return withWarning(decided, replaced)
  step.tell({ type: 'record-written', location: step.store.location })
  return withDiagnostics(decided, [...found.skipped, ...replacedNote(step, found.answer, answer)])
}

/** Whether an answer of before stands in for a failure: one that no failure made, of the same variables. */
function isLastGood<C extends Catalog>(step: Step<C>, before: RecordedAnswer): boolean {
  if (step.settings.script.onFailure !== 'last-good' || before.reason === 'script-failed') return false
  const now = currentInputs(step)
  return changedInputs({ ...now, variables: before.inputs.variables }, now).length === 0
}

async function useLastGood<C extends Catalog>(
  step: Step<C>,
  before: RecordedAnswer,
  failure: HermesError
): Promise<SequenceAnswer<C>> {
  const modules = await recordedModules(step, before)
  const changed = changedInputs(before.inputs, currentInputs(step))
  const instead = `\nThe answer of ${deciderOf(before)} is used instead: it is ${ageOf(before)} old`
  const diagnostics = [failureWarning(step.settings.script, failure, instead)]
  return { modules, diagnostics, source: 'record', reason: 'script-failed', failure, record: decisionOf(step, before, changed) }
}

/** The recorded modules, their settings validated by this step's own catalog. */
async function recordedModules<C extends Catalog>(step: Step<C>, answer: RecordedAnswer): Promise<readonly ResolvedModule<C>[]> {
  const { location } = step.store
  step.tell({ type: 'record-read', location })
  const requests = answer.modules.map(
    ({ name, ...module }): ModuleRequest => ({ module: name, ...module, place: { source: `record in ${location}` } })
  )
  const { ok, modules, diagnostics } = await select<C>(requests, {}, step.settings.catalog)
  if (!ok) throw catalogMismatch(`the answer that ${deciderOf(answer)} recorded in ${location}`, diagnostics)
  return modules
}

/** Runs what needs the store. With `onUnusable: 'warn'` the failure is given and not thrown. */
async function usable<C extends Catalog, Result>({ record }: Step<C>, use: () => Promise<Result>): Promise<Result | HermesError> {
  try {
    return await use()
  } catch (error) {
    if (record.onUnusable === 'warn' && error instanceof HermesError && error.code === 'ERR_HERMES_RECORD_UNUSABLE') return error
    throw error
  }
}

function withWarning<C extends Catalog>(decided: Decided<C>, unusable: HermesError): SequenceAnswer<C> {
  const hint = 'later steps may get other modules: mend it, or leave record.onUnusable at "fail"'
  return withDiagnostics(decided, [{ code: 'record-unusable', severity: 'warning', message: unusable.message, hint }])
}

function withDiagnostics<C extends Catalog>({ resolution }: Decided<C>, more: readonly Diagnostic[]): SequenceAnswer<C> {
  return { ...resolution, diagnostics: [...more, ...resolution.diagnostics] }
}

function changedWarning<C extends Catalog>(step: Step<C>, answer: RecordedAnswer, changed: readonly string[]): Diagnostic[] {
  if (changed.length === 0) return []
  const message = `the answer of ${deciderOf(answer)} stands, though what it depends on has changed since: ${changed.join(', ')}`
  return [
    {
      code: 'inputs-changed',
      severity: 'warning',
      message,
      hint: 'a step with record.mode "begin" decides anew',
      source: step.store.location
    }
  ]
}

function replacedNote<C extends Catalog>(
  step: Step<C>,
  before: RecordedAnswer | undefined,
  answer: RecordedAnswer
): Diagnostic[] {
  const difference = before && moduleDifference(before.modules, answer.modules)
  if (!before || !difference) return []
  const message = `a new sequence: the answer of ${deciderOf(before)} is replaced\n${difference}`
  return [{ code: 'record-replaced', severity: 'note', message, source: step.store.location }]
}
