import { type Command, commands, flagsOf } from './command-table.ts'
import { type Flag, type FlagGroup, helpFlag } from './flags.ts'
import { exitCodes, programFlags, variables } from './program-table.ts'

const width = 80
const indent = 26

/** What the program is, and its commands. */
export function programHelp(): string {
  return joined(
    ['Resolves which memory sidecar modules to load: from a loader script, else from', 'static configuration.'],
    ['Usage: hermes-modules COMMAND [FLAG…]'],
    ['Commands:', ...commands.map(({ name, summary }) => entry(name, summary))],
    ['Flags:', ...programFlags.map(flagEntry)],
    ['Environment:', ...variables.map(({ name, summary }) => entry(name, summary))],
    exitLines(),
    ['hermes-modules help COMMAND says more about one of them.']
  )
}

/** What one command does and takes. */
export function commandHelp(name: string): string {
  const command = commandNamed(name)
  return joined(
    wrapped(command.description, 0),
    [`Usage: ${usage(command)}`],
    command.operand ? [entry(command.operand.name, command.operand.summary)] : [],
    ...allGroups(command).map(({ title, flags }) => [`${title}:`, ...flags.map(flagEntry)]),
    ['Examples:', ...command.examples.flatMap(({ what, command: line }) => [`  # ${what}`, `  ${line}`])],
    exitLines()
  )
}

/** A command's flags under their headings, the ones that every command has included. */
export function allGroups(command: Command): FlagGroup[] {
  return [...command.groups, { title: 'Other', flags: [helpFlag] }]
}

/** How a command is called. */
export function usage(command: Command): string {
  const { name, operand, passesArguments } = command
  const operands = operand ? ` ${operand.required ? operand.name : `[${operand.name}]`}${operand.repeats ? '…' : ''}` : ''
  const flags = flagsOf(command).length > 1 ? ' [FLAG…]' : ''
  return `hermes-modules ${name}${flags}${operands}${passesArguments ? ' [-- ARG…]' : ''}`
}

/** A flag as it is written, with its value. */
export function signature({ name, short, value }: Flag): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

/** What a flag means, what it takes and what holds without it. */
export function meaning({ summary, choices, repeats, default: otherwise }: Flag): string {
  return [
    summary,
    ...(choices ? [`One of ${choices.join(', ')}.`] : []),
    ...(repeats ? ['Repeat it for several.'] : []),
    ...(otherwise === undefined ? [] : [`Default: ${otherwise}.`])
  ].join(' ')
}

function commandNamed(name: string): Command {
  const command = commands.find((known) => known.name === name)
  if (!command) throw new TypeError(`there is no command "${name}"`)
  return command
}

function flagEntry(flag: Flag): string {
  return entry(signature(flag), meaning(flag))
}

function exitLines(): string[] {
  return ['Exit codes:', ...exitCodes.map(({ code, meaning: what }) => entry(String(code), what))]
}

function entry(left: string, right: string): string {
  const lines = wrapped(right, indent)
  const head = `  ${left}`
  if (head.length >= indent - 1) return [head, ...lines].join('\n')
  return [`${head.padEnd(indent)}${lines[0]?.trimStart() ?? ''}`, ...lines.slice(1)].join('\n')
}

function wrapped(text: string, margin: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${' '.repeat(margin)}${word}`)
  }
  return lines
}

function joined(...sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
