import type { Catalog } from './core/catalog.ts'
import { type Diagnostic, isOk } from './core/diagnostic.ts'
import type { RecordedDecision } from './core/resolution.ts'
import { configProblems, select } from './core/select-modules.ts'
import { catalogMismatch, HermesError } from './errors.ts'
import { findInterpreter } from './executor/find-program.ts'
import { chooseInterpreter } from './executor/interpreter.ts'
import { scriptEnvironment } from './executor/script-environment.ts'
import { digestOf, readScriptFile, type ScriptFile } from './executor/script-file.ts'
import type { TrustLevel } from './executor/trust.ts'
import { requirePinnable, requirePinnedBytes, requireTrusted, requireUnpinned } from './guard-script.ts'
import { findStaticConfig, isInline, peekStaticConfig, staticConfigPaths } from './load-static-config.ts'
import type { ResolveSettings, ScriptSettings } from './options.ts'
import { findRecord, newerRecord } from './record/record-chain.ts'
import { changedInputs } from './record/record-inputs.ts'
import { currentInputs, decisionOf, stepOf } from './recorded-answer.ts'
import { interpreterNotFound, scriptAbsent, scriptUnreadable } from './script-errors.ts'

/** The way of a decision as data: what `resolveModules()` would look at, and what it would find. */
export interface ResolutionExplanation {
  script: {
    /** Absolute. */
    path?: string
    /** What named it, or switched it off: 'option', 'default' or 'HERMES_SCRIPT'. */
    namedBy: string
    state: 'present' | 'absent' | 'masked' | 'empty' | 'unreadable' | 'disabled'
    /** Of the script's bytes, in hex. */
    sha256?: string
    /** What would run it, what named that ('option', '#!' or 'default'), and whether it is there. */
    interpreter?: { argv: readonly string[]; namedBy: string; found: boolean }
    trust?: { level: TrustLevel; ok: boolean }
  }
  staticConfig: {
    /** Files, in the order in which they are looked for. */
    lookedAt: readonly string[]
    /** The file that is there, or '<inline>'. */
    found?: string
    /** Names of the modules that are loaded where no script decides. */
    modules: readonly string[]
    /** `CONFIG` and `MODULE/CONFIG`. */
    configs: readonly string[]
  }
  record?: {
    location: string
    /** 'whole', 'none', 'newer' (of a newer version), 'full' (nothing but damage) or 'unusable'. */
    state: string
    decision?: RecordedDecision
    modules?: readonly { name: string; config?: string }[]
  }
  /** Names of the variables that the script would get. */
  env: readonly string[]
  /** What `resolveModules()` would find wrong, as far as it shows without running the script. */
  diagnostics: readonly Diagnostic[]
}

/** Explains what these settings lead to. */
export async function explain(settings: ResolveSettings<Catalog>): Promise<ResolutionExplanation> {
  const diagnostics: Diagnostic[] = []
  const staticConfig = await explainStaticConfig(settings, diagnostics)
  const script = await explainScript(settings, diagnostics)
  const record = await explainRecord(settings, diagnostics)
  const env = Object.keys(scriptEnvironment(settings.env, { id: '', step: settings.step, protocol: '' })).sort()
  return { script, staticConfig, ...(record && { record }), env, diagnostics }
}

async function explainScript(
  settings: ResolveSettings<Catalog>,
  diagnostics: Diagnostic[]
): Promise<ResolutionExplanation['script']> {
  const { script } = settings
  if (script.disabledBy) {
    await noting(diagnostics, () => requireUnpinned(script, 'HERMES_SCRIPT is empty, so none is run'))
    return { namedBy: script.disabledBy, state: 'disabled' }
  }
  const { path, namedBy } = script
  const file = readScriptFile(path, script.trust)
  if (file.state === 'unreadable') note(diagnostics, scriptUnreadable(path, file.why, file.remedy))
  if (file.state === 'absent' && script.onAbsent === 'fail') note(diagnostics, scriptAbsent(path))
  if (file.state === 'absent' || file.state === 'masked' || file.state === 'empty')
    await noting(diagnostics, () => requireUnpinned(script, `it is ${file.state}`))
  const trust = 'writable' in file ? await explainTrust(script, file.writable, diagnostics) : {}
  if (file.state !== 'present') return { path, namedBy, state: file.state, ...trust }
  await noting(diagnostics, () => requirePinnedBytes(script, file.bytes))
  return {
    path,
    namedBy,
    state: 'present',
    sha256: await digestOf(file.bytes),
    ...(await explainInterpreter(settings, file, diagnostics)),
    ...trust
  }
}

async function explainTrust(
  script: ScriptSettings,
  writable: string | undefined,
  diagnostics: Diagnostic[]
): Promise<Pick<ResolutionExplanation['script'], 'trust'>> {
  await noting(diagnostics, () => requireTrusted(script, writable))
  return { trust: { level: script.trust, ok: writable === undefined } }
}

async function explainInterpreter(
  { script, env, cwd }: ResolveSettings<Catalog>,
  { bytes }: Extract<ScriptFile, { state: 'present' }>,
  diagnostics: Diagnostic[]
): Promise<Pick<ResolutionExplanation['script'], 'interpreter'>> {
  const choice = await chooseInterpreter(script.interpreter, bytes)
  if ('why' in choice) {
    note(diagnostics, interpreterNotFound(script.path, choice.why, choice.remedy))
    return {}
  }
  const { argv, namedBy } = choice
  await noting(diagnostics, () => requirePinnable(script, argv, bytes))
  const found = await noting(diagnostics, () => {
    try {
      return findInterpreter(argv, { env, cwd })
    } catch (error) {
      throw interpreterNotFound(
        script.path,
        (error as Error).message,
        'Install it, correct the #! line, or set script.interpreter',
        error
      )
    }
  })
  return { interpreter: { argv, namedBy, found: found !== undefined } }
}

async function explainStaticConfig(
  settings: ResolveSettings<Catalog>,
  diagnostics: Diagnostic[]
): Promise<ResolutionExplanation['staticConfig']> {
  const { staticConfig, keys, catalog } = settings
  const { file } = peekStaticConfig(staticConfig, settings)
  const found = isInline(staticConfig) ? '<inline>' : file
  const located = await noting(diagnostics, () => findStaticConfig(staticConfig, keys, settings))
  if (located && catalog) {
    const unused = await configProblems(located.configs, catalog, located.placeOfConfig)
    const mismatches = [...unused, ...(await select(located.requests, located.configs, catalog)).diagnostics]
    if (!isOk(mismatches)) note(diagnostics, catalogMismatch('the static configuration', mismatches))
  }
  diagnostics.push(...(located?.diagnostics ?? []))
  return {
    lookedAt: staticConfigPaths(staticConfig, settings),
    ...(found !== undefined && { found }),
    modules: located?.requests.map(({ module }) => module) ?? [],
    configs: Object.keys(located?.configs ?? {})
  }
}

async function explainRecord(
  settings: ResolveSettings<Catalog>,
  diagnostics: Diagnostic[]
): Promise<ResolutionExplanation['record']> {
  if (!settings.record) return undefined
  const step = stepOf(settings, settings.record, () => {})
  const { location } = step.store
  const found = await noting(diagnostics, () => findRecord(step.store, step.key))
  if (!found) return { location, state: 'unusable' }
  diagnostics.push(...found.skipped)
  if (found.found === 'newer' && settings.record.mode !== 'begin')
    note(diagnostics, newerRecord(step.store, found.version ?? Number.NaN))
  const { answer } = found
  if (!answer) return { location, state: found.found }
  const decision = decisionOf(step, answer, changedInputs(answer.inputs, currentInputs(step)))
  const modules = answer.modules.map(({ name, config }) => ({ name, ...(config !== undefined && { config }) }))
  return { location, state: 'whole', decision, modules }
}

/** Runs a check; the failure that it throws is noted. */
async function noting<Result>(diagnostics: Diagnostic[], check: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof HermesError)) throw error
    note(diagnostics, error)
    return undefined
  }
}

function note(diagnostics: Diagnostic[], { code, message, diagnostics: found }: HermesError): void {
  diagnostics.push(...(found.length > 0 ? found : [{ code, severity: 'error' as const, message }]))
}
