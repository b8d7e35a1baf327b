import { HermesError } from '../index.ts'
import { inFlags } from './flag-words.ts'
import type { CommandIo } from './io.ts'
import { parseArguments } from './parse-arguments.ts'
import { resolve } from './resolve.ts'
import { one } from './resolve-options.ts'
import { isUsageError } from './usage-error.ts'

/**
 * Runs the command `hermes-modules` (docs/command.md): results to `io.stdout`, all else to `io.stderr`.
 *
 * @returns the exit code: 0 done, 1 refused or failed, 2 wrong usage, 130 interrupted
 */
export async function cli(argv: readonly string[], io: CommandIo): Promise<number> {
  let format: string | undefined
  try {
    const call = parseArguments(argv)
    if (typeof call === 'object') format = one(call.values, 'format')
    const asksForHelp = typeof call === 'object' && call.values.has('help')
    if (typeof call === 'object' && call.command.name === 'resolve' && !asksForHelp) return await resolve(call, io)
    const { printAbout, runCommand } = await import('./commands.ts')
    if (call === 'version') return printAbout(call, io)
    if (call === 'help') return printAbout({ help: undefined }, io)
    if (asksForHelp) return printAbout({ help: call.command.name }, io)
    return await runCommand(call, io)
  } catch (error) {
    return report(error, format, io)
  }
}

function report(error: unknown, format: string | undefined, io: CommandIo): number {
  if (isUsageError(error)) {
    const more = error.command === undefined ? 'hermes-modules help' : `hermes-modules help ${error.command}`
    io.stderr.write(`${error.message}\n${more} says more\n`)
    return 2
  }
  const wrongOption = isWrongOption(error)
  if (!(error instanceof HermesError || wrongOption || io.signal.aborted)) throw error
  io.stderr.write(`${format === 'json' ? JSON.stringify(error, null, 2) : printed(error)}\n`)
  return io.signal.aborted ? 130 : wrongOption ? 2 : 1
}

/** An option that only the library can judge; its pure functions throw a `TypeError`. */
function isWrongOption(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_HERMES_OPTIONS_INVALID'
}

function printed(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return code === undefined ? `interrupted: ${message}` : `${code}: ${inFlags(message ?? '')}`
}
