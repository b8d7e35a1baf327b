import { commands } from './command-table.ts'
import { commandHelp, programHelp } from './help-text.ts'
import type { CommandIo } from './io.ts'
import { manualPage } from './manual-page.ts'
import { type Invocation, unknownCommand } from './parse-arguments.ts'
import { one } from './resolve-options.ts'
import { bashCompletions, fishCompletions, zshCompletions } from './shell-completions.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

const pages: Readonly<Record<string, () => string>> = {
  man: () => manualPage(version),
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions
}

/** `hermes-modules help`. @throws UsageError for a command that there isn't */
export async function help({ values, operands }: Invocation, io: CommandIo): Promise<number> {
  const [name] = operands
  const page = pages[one(values, 'format') ?? 'text']
  if (name !== undefined && page)
    throw new UsageError([`the manual and completions are for all commands: leave "${name}" out`], 'help')
  if (name !== undefined && !commands.some((command) => command.name === name)) throw new UsageError([unknownCommand(name)])
  io.stdout.write(page ? page() : name === undefined ? programHelp() : commandHelp(name))
  return 0
}
