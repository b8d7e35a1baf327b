import path from 'node:path'
import { booleanRule } from '../../core/core-options.ts'
import { type OptionRule, optionProblems } from '../../core/option-rules.ts'
import { shellBuiltins, whyNoPlace } from '../world/tools.ts'

/** Matches any one argument in the list of a stub. */
export const any: unique symbol = Symbol('any')

/** What a command answers. */
export interface CommandReply {
  /** What it prints. @default '' */
  stdout?: string | undefined
  /** What it prints on stderr, after `stdout`. @default '' */
  stderr?: string | undefined
  /** From 0 to 255. @default 0 */
  exitCode?: number | undefined
}

/** A command that always answers the same. */
export interface CommandStub extends CommandReply {
  /** Whether it reads its stdin to the end. @default where that is a pipe or a file that its parent does not share */
  stdin?: boolean | undefined
  /** So many calls, no more and no less; looked at when the script has ended. */
  times?: number | undefined
  /** At least one call; looked at when the script has ended. @default false */
  required?: boolean | undefined
}

/** An answer for some arguments. */
export interface CommandStubEntry extends CommandStub {
  /** All arguments of the call; `any` stands for any one. */
  args: readonly (string | typeof any)[]
}

/** A call, as a function that stands for a command sees it. */
export interface StubCall {
  args: readonly string[]
  /** What it read of its stdin, as text. */
  stdin: string
  /** Its environment; the object has no prototype. */
  env: Readonly<Record<string, string>>
}

/** A function that stands for a command. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing in one branch, and a reply in another.
export type CommandFunction = (call: StubCall) => CommandReply | void | Promise<CommandReply | void>

/** What stands for a command: an answer, a function, or a list of answers of which the first that matches is taken. */
export type Stub = CommandStub | CommandFunction | readonly CommandStubEntry[]

const textRule: OptionRule = { takes: 'a string', accepts: (value) => typeof value === 'string' }

/** What a reply may hold. */
export const replyRules = {
  stdout: textRule,
  stderr: textRule,
  exitCode: {
    takes: 'an integer from 0 to 255',
    accepts: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
  }
} satisfies Readonly<Record<string, OptionRule>>

const stubRules = {
  ...replyRules,
  stdin: booleanRule,
  times: { takes: 'an integer from 0', accepts: (value) => Number.isInteger(value) && (value as number) >= 0 },
  required: booleanRule
} satisfies Readonly<Record<string, OptionRule>>

const entryRules = {
  ...stubRules,
  args: {
    takes: 'a list of strings and of `any`',
    accepts: (value) => Array.isArray(value) && value.every((word) => word === any || typeof word === 'string')
  }
} satisfies Readonly<Record<string, OptionRule>>

/** What is wrong with a stub and its name, which may be an absolute path where `takesPaths`. */
export function stubProblems(name: string, stub: unknown, takesPaths: boolean): string[] {
  const place = `commands.${name}`
  const problems = nameProblem(place, name, takesPaths)
  if (typeof stub === 'function') return problems
  if (Array.isArray(stub)) return [...problems, ...stub.flatMap((entry, index) => entryProblems(`${place}[${index}]`, entry))]
  if (typeof stub !== 'object' || stub === null)
    return [...problems, `${place} takes an object such as { stdout: 'text' }, a function, or a list of objects with "args"`]
  return [...problems, ...optionProblems(stub, stubRules, `${place}.`)]
}

function entryProblems(place: string, entry: unknown): string[] {
  const problems = optionProblems(entry ?? null, entryRules, `${place}.`)
  const hasArgs = typeof entry !== 'object' || entry === null || (entry as { args?: unknown }).args !== undefined
  return hasArgs ? problems : [...problems, `${place}.args is missing: it takes ${entryRules.args.takes}`]
}

/** Why no command of that name would ever be looked for on `PATH`. */
function nameProblem(place: string, name: string, takesPaths: boolean): string[] {
  if (takesPaths && name.includes('/')) return pathProblem(place, name)
  if (shellBuiltins.has(name)) return [`${place} has no effect: a shell answers "${name}" itself, and never looks for it on PATH`]
  if (name.includes('/'))
    return [
      `${place} has no effect: a command that is called by a path is not looked for on PATH (world: "namespace" takes absolute paths)`
    ]
  return isCommandName(name) ? [] : [`${place} is no name of a command`]
}

function pathProblem(place: string, name: string): string[] {
  const why = whyNoPlace(name)
  if (why !== undefined) return [`${place} ${why}`]
  const isPlain = path.isAbsolute(name) && path.normalize(name) === name && isCommandName(path.basename(name))
  return isPlain && !name.endsWith('/') ? [] : [`${place} is no absolute path of a command without "." and ".."`]
}

/** Whether a file on `PATH` can have that name. */
export function isCommandName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)
}
