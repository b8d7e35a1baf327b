import { type Command, commands } from './command-table.ts'
import type { Flag } from './flags.ts'
import { allGroups, meaning, signature, usage } from './help-text.ts'
import { exitCodes, programFlags, variables } from './program-table.ts'

/** The manual page, section 1, in roff for man(7). */
export function manualPage(version: string): string {
  const lines = [
    `.TH HERMES\\-MODULES 1 "" "hermes\\-memory\\-installer ${roff(version)}"`,
    '.SH NAME',
    'hermes\\-modules \\- resolve which memory sidecar modules to load',
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => [`.B ${roff(usage(command))}`, '.br']),
    '.B hermes\\-modules \\-\\-version',
    '.SH DESCRIPTION',
    roff(
      'A loader script decides at start-up which memory sidecar modules run beside a container. This command runs it, checks it, and explains what it would lead to.'
    ),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH OPTIONS',
    ...programFlags.flatMap(flagEntry),
    '.SH ENVIRONMENT',
    ...variables.flatMap(({ name, summary }) => tagged(name, summary)),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(({ code, meaning: what }) => tagged(String(code), what))
  ]
  return `${lines.join('\n')}\n`
}

function commandSection(command: Command): string[] {
  const { name, description, operand, examples } = command
  return [
    `.SS ${roff(name)}`,
    roff(description),
    ...(operand ? tagged(operand.name, operand.summary) : []),
    ...allGroups(command).flatMap(({ title, flags }) => ['.PP', `${roff(title)}:`, ...flags.flatMap(flagEntry)]),
    '.PP',
    'Examples:',
    ...examples.flatMap(({ what, command: line }) => ['.PP', `${roff(what)}:`, '.RS 4', '.EX', roff(line), '.EE', '.RE'])
  ]
}

function flagEntry(flag: Flag): string[] {
  return tagged(signature(flag), meaning(flag))
}

function tagged(tag: string, text: string): string[] {
  return ['.TP', `.B ${roff(tag)}`, roff(text)]
}

/** Text as text: a backslash, a hyphen, and a control character at the start of a line mean something to roff. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replace(/^(?=[.'])/, '\\&')
}
