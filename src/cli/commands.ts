// Every command but `resolve`, which alone is in the way of a container's start: built as a file of its own, so that a start
// does not read it (docs/decisions.md).
import { explain } from './explain.ts'
import { help } from './help.ts'
import { commandHelp, programHelp } from './help-text.ts'
import type { CommandIo } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { version } from './version.ts'

/** Runs a command. @throws HermesError; UsageError */
export async function runCommand(invocation: Invocation, io: CommandIo): Promise<number> {
  switch (invocation.command.name) {
    case 'explain':
      return explain(invocation, io)
    default:
      return help(invocation, io)
  }
}

/** Help of a command, or of the program; or its version. */
export function printAbout(about: { help: string | undefined } | 'version', io: CommandIo): number {
  const text = about === 'version' ? `${version}\n` : about.help === undefined ? programHelp() : commandHelp(about.help)
  io.stdout.write(text)
  return 0
}
