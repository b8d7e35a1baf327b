import type { ModuleOrigin, Resolution, ResolvedModule } from '../index.ts'
import { printable } from './printable.ts'

/** A resolution for a person: what, from where, and why. */
export function resolutionText(resolution: Resolution): string {
  const { modules } = resolution
  const width = Math.max(0, ...modules.map(({ name }) => name.length))
  const lines = modules.map((module) => moduleLine(module, width))
  const count = modules.length === 0 ? 'no module' : modules.length === 1 ? '1 module' : `${modules.length} modules`
  const summary = `${count}: ${why(resolution)} (${resolution.reason})`
  return `${[summary, ...lines, ...runLines(resolution)].map(printable).join('\n')}\n`
}

function moduleLine({ name, config, settings, options, origin }: ResolvedModule, width: number): string {
  const settled = Object.keys(settings).length > 0 ? ` ${JSON.stringify(settings)}` : ''
  const keys = Object.entries(options).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
  const configured = config === undefined ? '' : ` with ${config}`
  return `  ${name.padEnd(width)}${configured}${settled}${keys.join('')}  (${place(origin)})`
}

function place({ kind, source, line, column }: ModuleOrigin): string {
  const at = line === undefined ? source : `${source}:${line}:${column}`
  return kind === 'script' ? `output of ${at}` : at
}

function why(resolution: Resolution): string {
  switch (resolution.reason) {
    case 'script-ran':
      return `the script ${resolution.script.path} chose`
    case 'script-empty':
      return `the script ${resolution.script.path} chose none`
    case 'script-masked':
      return 'the script is /dev/null or empty, which means none'
    case 'script-absent':
      return 'there is no script, so the static configuration decides'
    case 'script-disabled':
      return 'the script is switched off, so the static configuration decides'
    case 'script-abstained':
      return `the script ${resolution.script.path} has no opinion, so the static configuration decides`
    case 'recorded':
      return `${whoDecided(resolution.record)} decided`
    case 'script-failed':
      return resolution.source === 'record'
        ? `the script failed, so the answer of ${whoDecided(resolution.record)} stands`
        : 'the script failed, so the static configuration decides'
  }
}

function whoDecided({ step, decidedAt, location }: Extract<Resolution, { source: 'record' }>['record']): string {
  return `${step === undefined ? 'an earlier step' : `step "${step}"`}, recorded in ${location} at ${decidedAt},`
}

function runLines(resolution: Resolution): string[] {
  if (!('script' in resolution)) return []
  const { interpreter, durationMs, sha256 } = resolution.script
  return [`run by ${interpreter.join(' ')} in ${Math.round(durationMs)} ms, sha256 ${sha256}`]
}
