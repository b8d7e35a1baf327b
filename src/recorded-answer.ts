import type { Catalog } from './core/catalog.ts'
import { quote } from './core/clean-text.ts'
import type { DecidedReason, RecordedDecision } from './core/resolution.ts'
import type { Decided, UsedInputs } from './decide-modules.ts'
import type { Tell } from './events.ts'
import { readScriptFile, type ScriptFile } from './executor/script-file.ts'
import { peekStaticConfig } from './load-static-config.ts'
import type { ResolveSettings } from './options.ts'
import { createFolderRecordStore } from './record/folder-store.ts'
import { recordKey } from './record/record-chain.ts'
import type { RecordedAnswer, RecordedModule } from './record/record-format.ts'
import { digestInputs, type RecordInputs } from './record/record-inputs.ts'
import type { RecordStore } from './record/record-store.ts'
import type { RecordSettings } from './record-options.ts'

/** One step of a sequence: what it was asked, and the record that it shares. */
export interface Step<C extends Catalog> {
  settings: ResolveSettings<C>
  record: RecordSettings
  store: RecordStore
  key: string
  tell: Tell
}

/** The step that these settings ask for. */
export function stepOf<C extends Catalog>(settings: ResolveSettings<C>, record: RecordSettings, tell: Tell): Step<C> {
  const store = typeof record.store === 'string' ? createFolderRecordStore(record.store) : record.store
  return { settings, record, store, key: recordKey(record.name, settings.script.args), tell }
}

/** What a step records of what it decided. */
export function answerOf<C extends Catalog>(step: Step<C>, decided: Decided<C>): RecordedAnswer {
  const { resolution, used } = decided
  const { step: label, script } = step.settings
  return {
    name: step.record.name,
    args: script.args,
    reason: resolution.reason,
    // The first line only: the script's stderr is for this step's operator, and not for every reader of the folder.
    ...(resolution.reason === 'script-failed' && {
      failure: { code: resolution.failure.code, message: resolution.failure.message.split('\n', 1)[0] ?? '' }
    }),
    ...(label !== undefined && { step: label }),
    decidedAt: new Date().toISOString(),
    inputs: inputsOf(step, used),
    modules: recordable(decided)
  }
}

/** Modules as a record keeps them. */
export function recordable<C extends Catalog>({ configured }: Decided<C>): readonly RecordedModule[] {
  return configured.map(({ settings, options, ...module }) => ({ ...module, settings: { ...settings }, options: { ...options } }))
}

/** What this step would decide by, as it is now: nothing of it is judged. */
export function currentInputs<C extends Catalog>(step: Step<C>): RecordInputs {
  const { script, staticConfig } = step.settings
  const file: ScriptFile = script.disabledBy ? { state: 'absent' } : readScriptFile(script.path, 'off')
  return inputsOf(step, { script: file, staticBytes: peekStaticConfig(staticConfig, step.settings).bytes })
}

/** Inputs as digests. */
export function inputsOf<C extends Catalog>({ settings, record }: Step<C>, { script, staticBytes }: UsedInputs): RecordInputs {
  const { inline, variable } = peekStaticConfig(settings.staticConfig, settings)
  return digestInputs({
    script: script.state === 'present' ? script.bytes : script.state,
    interpreter: settings.script.interpreter,
    staticBytes,
    staticInline: inline,
    modulesVariable: variable,
    keys: settings.keys,
    variables: Object.fromEntries(record.inputs.map((name) => [name, settings.env[name]]))
  })
}

/** What a resolution tells of a recorded answer. */
export function decisionOf<C extends Catalog>(
  step: Step<C>,
  answer: RecordedAnswer,
  changed: readonly string[]
): RecordedDecision {
  const { location } = step.store
  const { step: label, decidedAt, reason } = answer
  return {
    location,
    ...(label !== undefined && { step: label }),
    decidedAt,
    reason: reason as DecidedReason,
    changedInputs: changed
  }
}

/** What a difference is told with. */
export function changedIn<C extends Catalog>({ store }: Step<C>, { step, decidedAt }: RecordedAnswer) {
  return { location: store.location, step, decidedAt }
}

/** Who decided, and when. */
export function deciderOf({ step, decidedAt }: RecordedAnswer): string {
  return `${step === undefined ? 'an earlier step' : `step ${quote(step)}`} at ${decidedAt}`
}

/** In words. */
export function ageOf({ decidedAt }: RecordedAnswer): string {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(decidedAt)) / 1000))
  if (seconds < 120) return `${seconds} seconds`
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`
}
