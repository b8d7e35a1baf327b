import { commands } from '../../src/cli/command-table.ts'
import type { Flag } from '../../src/cli/flags.ts'
import { allGroups, meaning, signature, usage } from '../../src/cli/help-text.ts'
import { exitCodes, programFlags, variables } from '../../src/cli/program-table.ts'

/** The reference in docs/command.md, between its two marks. */
export function commandReference(): string {
  const sections = commands.map((command) => {
    const operand = command.operand ? [[`\`${command.operand.name}\``, command.operand.summary]] : []
    const rows = allGroups(command).flatMap(({ flags }) => flags.map(flagRow))
    return [
      `### hermes-modules ${command.name}`,
      command.description,
      `\`${usage(command)}\``,
      table('flag', 'what', [...operand, ...rows])
    ]
  })
  const others = [
    '### Without a command',
    table('flag', 'what', programFlags.map(flagRow)),
    '### Exit codes',
    table(
      'code',
      'what',
      exitCodes.map(({ code, meaning: what }) => [String(code), what])
    ),
    '### Environment variables',
    table(
      'variable',
      'what',
      variables.map(({ name, summary }) => [`\`${name}\``, summary])
    )
  ]
  return [...sections.flat(), ...others].join('\n\n')
}

function flagRow(flag: Flag): string[] {
  return [`\`${signature(flag)}\``, meaning(flag)]
}

function table(left: string, right: string, rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = [0, 1].map((column) => Math.max(...[[left, right], ...escaped].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[], fill = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  return [line([left, right]), line(['', ''], '-'), ...escaped.map((row) => line(row))].join('\n')
}
