import { CommandReader } from './shell-commands.ts'
import type { Command, ShellText } from './shell-types.ts'

/**
 * Reads text of a shell (POSIX sh and bash) into its commands. Never throws on any text, and takes linear time: what it
 * can't make sense of is passed over, and where a text nests too deeply it stops and says so.
 *
 * @param firstLine the number of the text's first line
 */
export function parseShell(text: string, firstLine = 1): ShellText {
  const result: ShellText = { commands: [] }
  new CommandReader(text, { from: 0, to: text.length, firstLine, depth: 0 }, result).readAll()
  return result
}

/** What a command is in, from the nearest outwards, and itself first. */
export function* enclosing(command: Command): Generator<Command> {
  for (let at: Command | undefined = command; at; at = at.inside) yield at
}

/** The shell that runs it goes on meanwhile: it, or what it is in, ends in `&`, is a coprocess or a process substitution. */
export function isAsync(command: Command): boolean {
  for (const each of enclosing(command)) {
    if (each.async || each.kind === 'coproc' || each.via === '>(') return true
    if (each.inside?.kind === 'function') return false
  }
  return false
}

/** It, or a compound command that it is in, is part of a pipeline. */
export function isPiped(command: Command): boolean {
  for (const each of enclosing(command)) {
    if (each.pipe) return true
    if (each.inside?.kind === 'function' || each.via !== 'list') return false
  }
  return false
}

/** The outermost command that it is in by `$( )`, backquotes, `<( )` or `>( )`: the one in the script's own text. */
export function substitutedIn(command: Command): Command | undefined {
  let outermost: Command | undefined
  for (const each of enclosing(command)) if (each.via !== 'list') outermost = each.inside
  return outermost
}
