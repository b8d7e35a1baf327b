import { quote } from '../core/clean-text.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { isName, nameHint } from '../core/names.ts'
import { isObject } from '../core/option-rules.ts'
import type { ModuleLike } from '../core/resolution.ts'
import { areTooLong, type ToldModule } from './container.ts'
import { jsonDigest } from './digest.ts'
import { found } from './finding.ts'
import { isRecord, textOf } from './json.ts'
import type { Decision } from './ownership.ts'

/** A resolution, or anything with its modules. */
export interface Injectable {
  /** In the order of their sidecars. */
  readonly modules: readonly ModuleLike[]
  /** The script that decided. */
  readonly script?: { readonly sha256: string } | undefined
  /** The record that holds the decision: its step and time. */
  readonly record?: { readonly step?: string | undefined; readonly decidedAt: string } | undefined
}

/** A module, and what its container is told of it. */
export interface ReadModule extends ToldModule {
  given: ModuleLike
  options: Readonly<Record<string, string>>
  /** Of its settings, whatever the order of their members. */
  settingsDigest: string
}

/** @throws TypeError for what holds no modules */
export function requireInjectable(resolution: unknown): asserts resolution is Injectable {
  const modules = isObject(resolution) ? resolution['modules'] : undefined
  const isOptionalObject = (value: unknown) => value === undefined || isObject(value)
  const isModule = (module: unknown) =>
    isObject(module) &&
    typeof module['name'] === 'string' &&
    (module['config'] === undefined || typeof module['config'] === 'string') &&
    isOptionalObject(module['settings']) &&
    isOptionalObject(module['options'])
  if (!Array.isArray(modules)) throw new TypeError('injectSidecars() takes a resolution, or an object with its modules')
  if (!modules.every(isModule))
    throw new TypeError('injectSidecars() takes modules as a resolution has them: name, config, settings, options')
}

/** The modules as their containers are told of them. */
export function readModules(modules: readonly ModuleLike[]): { modules: ReadModule[]; problems: Diagnostic[] } {
  const problems: Diagnostic[] = []
  const report = (message: string, hint?: string) => problems.push(found('error', 'invalid-resolution', message, undefined, hint))
  const names = new Set<string>()
  const read: ReadModule[] = []
  for (const given of modules) {
    const { name, config } = given
    const settings = jsonText(given.settings ?? {})
    if (!isName(name)) report(`${quote(name)} is no module name`, nameHint(name))
    else if (names.has(name)) report(`module ${quote(name)} is there twice`)
    // The kubelet would expand a `$(…)` in it.
    else if (config !== undefined && config !== '' && !isName(config))
      report(`the config ${quote(config)} of module ${quote(name)} is no config name`, nameHint(config))
    else if (settings === undefined) report(`the settings of module ${quote(name)} are no JSON`)
    else if (areTooLong(settings))
      report(
        `the settings of module ${quote(name)} are longer than the 128 KiB that one environment variable can hold`,
        'mount them as a ConfigMap'
      )
    else
      read.push({
        given,
        name,
        config: config === '' ? undefined : config,
        settings,
        settingsDigest: jsonDigest(JSON.parse(settings)),
        options: textsOf(given.options)
      })
    names.add(name)
  }
  return { modules: read, problems }
}

function jsonText(settings: object): string | undefined {
  try {
    const text: unknown = JSON.stringify(settings)
    return typeof text === 'string' && isRecord(JSON.parse(text)) ? text : undefined
  } catch {
    return undefined // a cycle, a BigInt
  }
}

function textsOf(options: unknown): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null)
  for (const name of isRecord(options) ? Object.keys(options) : []) texts[name] = textOf(options, name) ?? ''
  return texts
}

/** The digest of modules, configs and settings in their order: what makes two resolutions the same. */
export function resolutionDigest(modules: readonly ReadModule[]): string {
  return jsonDigest(modules.map(({ name, config, settingsDigest }) => [name, config ?? '', settingsDigest]))
}

/** Step and time come from the record: nothing here reads a clock. */
export function decisionOf({ script, record }: Injectable): Decision {
  const sha256 = textOf(script, 'sha256')
  const [step, decidedAt] = ['step', 'decidedAt'].map((name) => textOf(record, name))
  return {
    ...(sha256 !== undefined && { script: { sha256 } }),
    ...(step !== undefined && { step }),
    ...(decidedAt !== undefined && { decidedAt })
  }
}
