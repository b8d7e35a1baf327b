import { formatDiagnostics, formatDirectives, type Resolution, type ResolveModulesOptions, resolveModules } from '../index.ts'
import { inFlags } from './flag-words.ts'
import { type CommandIo, wantsColor } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { printable } from './printable.ts'
import { showProgress } from './progress.ts'
import { one, resolveOptions } from './resolve-options.ts'
import { shellWord } from './shell-word.ts'

/** `hermes-modules resolve`. @throws HermesError as `resolveModules()`; UsageError */
export async function resolve(invocation: Invocation, io: CommandIo): Promise<number> {
  const format = one(invocation.values, 'format') ?? 'text'
  const resolution = await resolveWithProgress(invocation, resolveOptions(invocation, io), io)
  if (format !== 'json') tellMore(resolution, io)
  io.stdout.write(await printed(resolution, format))
  return 0
}

/** Resolves, and shows on a terminal how long the script takes. @throws HermesError as `resolveModules()` */
export async function resolveWithProgress(
  { values }: Invocation,
  options: ResolveModulesOptions,
  { stderr }: CommandIo
): Promise<Resolution> {
  const timeoutMs = Number(one(values, 'timeout-ms') ?? 30_000)
  const progress = stderr.isTTY ? showProgress(stderr, timeoutMs) : undefined
  return resolveModules({ ...options, onEvent: progress?.onEvent }).finally(() => progress?.end())
}

/** What the script said to its operator, and what is to be known of the answer: beside it, so that it stays clean. */
export function tellMore(resolution: Resolution, io: CommandIo): void {
  const { diagnostics } = resolution
  const stderr = 'script' in resolution ? resolution.script.stderr : ''
  if (stderr.trim() !== '') io.stderr.write(`${printable(stderr).trimEnd()}\n`)
  if (diagnostics.length > 0)
    io.stderr.write(`${inFlags(formatDiagnostics(diagnostics, { color: wantsColor(io.stderr, io.env) }))}\n`)
}

async function printed(resolution: Resolution, format: string): Promise<string> {
  switch (format) {
    case 'json':
      return `${JSON.stringify(resolution, null, 2)}\n`
    case 'directives':
      return directives(resolution)
    case 'env':
      return `HERMES_MODULES=${shellWord(directives(resolution).trimEnd().replaceAll('\n', ';'))}\n`
    default:
      return (await import('./resolution-text.ts')).resolutionText(resolution)
  }
}

function directives({ modules }: Resolution): string {
  return formatDirectives(modules.map(({ name, config, options }) => ({ module: name, config, options })))
}
