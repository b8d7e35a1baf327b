import { parseArgs } from 'node:util'
import { suggest } from '../core/index.ts'
import { type Command, commands, flagsOf } from './command-table.ts'
import type { Flag } from './flags.ts'
import { programFlags } from './program-table.ts'
import { UsageError } from './usage-error.ts'

/** What a command was called with. */
export interface Invocation {
  command: Command
  /** By the name of the flag; of a flag without a value `true`. */
  values: ReadonlyMap<string, true | readonly string[]>
  operands: readonly string[]
  /** What follows `--`. */
  passed: readonly string[]
}

/** A call of the program: a command, or a question about the program itself. */
export type Call = Invocation | 'help' | 'version'

/** Reads the arguments of the program. @throws UsageError with every problem */
export function parseArguments(argv: readonly string[]): Call {
  const [first] = argv
  if (first === undefined) throw new UsageError([`which command? There is ${names().join(', ')}`])
  if (first === '--help' || first === '-h') return 'help'
  if (first === '--version') return 'version'
  const command = commands.find(({ name }) => name === first)
  if (command) return parseCommand(command, argv.slice(1))
  throw new UsageError([first.startsWith('-') ? unknownFlag(first, programFlags) : unknownCommand(first)])
}

/** Why there is no such command. */
export function unknownCommand(given: string): string {
  const meant = suggest(given, names())
  return `there is no command "${given}": ${meant === undefined ? `there is ${names().join(', ')}` : `did you mean "${meant}"?`}`
}

function names(): string[] {
  return commands.map(({ name }) => name)
}

function parseCommand(command: Command, args: readonly string[]): Invocation {
  const flags = flagsOf(command)
  const values = new Map<string, true | string[]>()
  const operands: string[] = []
  const passed: string[] = []
  const problems: string[] = []
  let terminated = false
  let joined = -1
  for (const token of tokensOf(args, flags)) {
    if (token.kind === 'option-terminator') terminated = true
    else if (token.kind === 'option' && isJoined(args[token.index] ?? '', token)) {
      if (joined !== token.index) problems.push(unknownFlag(args[token.index] ?? '', flags))
      joined = token.index
    } else if (token.kind === 'positional') (terminated && command.passesArguments ? passed : operands).push(token.value)
    else problems.push(...readFlag(token, flags, values))
  }
  problems.push(...operandProblems(command, operands))
  if (problems.length > 0 && !values.has('help')) throw new UsageError(problems, command.name)
  return { command, values, operands, passed }
}

function tokensOf(args: readonly string[], flags: readonly Flag[]) {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short !== undefined && { short }) }
    ])
  )
  // Not strict: it would stop at the first problem, and suggest nothing.
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

/** `-path` is no `-p -a -t -h`: flags of one letter stand alone, as `-h`, or before their value, as `-fFILE`. */
function isJoined(word: string, { inlineValue }: { inlineValue?: boolean | undefined }): boolean {
  return /^-[^-]./.test(word) && !inlineValue
}

function readFlag(
  {
    name,
    rawName,
    value,
    inlineValue
  }: { name: string; rawName: string; value?: string | undefined; inlineValue?: boolean | undefined },
  flags: readonly Flag[],
  values: Map<string, true | string[]>
): string[] {
  const flag = flags.find((known) => known.name === name)
  if (!flag) return [unknownFlag(rawName, flags)]
  const shown = `--${name}`
  const given = values.get(name)
  if (flag.value === undefined) {
    if (inlineValue) return [`${shown} takes no value, and was given "${value}"`]
    values.set(name, true)
    return []
  }
  if (value === undefined || (!inlineValue && isFlag(value, flags)))
    return [
      `${shown} takes ${whatItTakes(flag)}, and was given none${value === undefined ? '' : ` ("${value}" is a flag; ${shown}=${value} gives it as a value)`}`
    ]
  values.set(name, [...(Array.isArray(given) ? given : []), value])
  if (given !== undefined && !flag.repeats) return [`${shown} was given twice`]
  return valueProblems(flag, value)
}

function valueProblems(flag: Flag, value: string): string[] {
  const { name, choices, takes } = flag
  if (choices ? choices.includes(value) : (takes?.accepts(value) ?? true)) return []
  const meant = choices && suggest(value, choices)
  return [
    `--${name} takes ${whatItTakes(flag)}, and was given "${value}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`
  ]
}

/** What a flag's value must be, in words. */
function whatItTakes({ choices, takes }: Flag): string {
  return choices ? `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}` : (takes?.what ?? 'a value')
}

/** A value that was forgotten: what stands in its place is the next flag. */
function isFlag(value: string, flags: readonly Flag[]): boolean {
  return value.startsWith('--') || flags.some(({ short }) => short !== undefined && value === `-${short}`)
}

function unknownFlag(given: string, flags: readonly Flag[]): string {
  const meant = suggest(
    given.replace(/^-+/, ''),
    flags.map(({ name }) => name)
  )
  return `there is no flag ${given}${meant === undefined ? '' : `: did you mean --${meant}?`}`
}

function operandProblems({ operand, name }: Command, operands: readonly string[]): string[] {
  if (operand && operands.includes('')) return [`${name} takes ${operand.name}, and was given an empty text`]
  if (operands.length === 0) return operand?.required ? [`${name} takes ${operand.name}: ${operand.summary}`] : []
  const [, second] = operands
  if (!operand) return [`${name} takes no argument, and was given "${operands[0]}"`]
  return second === undefined || operand.repeats ? [] : [`${name} takes one ${operand.name}, and was given "${second}" beside it`]
}
