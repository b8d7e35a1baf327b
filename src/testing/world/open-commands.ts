import {
  afterOptions,
  type Invocation,
  innerText,
  invocationsOf,
  isShell,
  isVariable,
  nameOf,
  optionLetters,
  unquoted
} from '../shell/shell-invocations.ts'
import { enclosing } from '../shell/shell-syntax.ts'
import type { Command, Word } from '../shell/shell-types.ts'

/** A place in a script that would leave a world closed by `PATH` alone. */
export interface Opening {
  line: number
  /** Said so that it can follow the place: "sets PATH". */
  what: string
  /** A sentence without its full stop. */
  remedy: string
}

/** What is known of the text around a command. */
export interface Surroundings {
  /** Commands that a test answers for or refuses. */
  guarded: ReadonlySet<string>
  /** Literal values of variables. */
  constants: Map<string, Set<string>>
}

const setsPath = ['sets PATH', 'Leave PATH as the test gives it; commands and tools go into the options of the run'] as const
const keptPath = /^PATH=\$(?:PATH|\{PATH\})$/

/** What in one command leaves a world that is closed by `PATH` alone. */
export function commandOpenings(command: Command, surroundings: Surroundings): Opening[] {
  const { kind, words, assignments, redirections, firstLine } = command
  const found: Opening[] = []
  const tell = (line: number, [what, remedy]: readonly [string, string]) => found.push({ line, what, remedy })
  for (const word of assignments) if (changesPath(word)) tell(word.line, setsPath)
  if ((kind === 'for' || kind === 'select') && words[0]?.value === 'PATH') tell(firstLine, setsPath)
  for (const { target, operator } of redirections) {
    if (/^\/dev\/(?:tcp|udp)\//.test(unquoted(target)) && !operator.startsWith('<<'))
      tell(target.line, ['opens a network connection by /dev/tcp or /dev/udp', 'Use a command that can be stubbed'])
  }
  if (kind !== 'simple') return found
  const isLocal = [...enclosing(command)].some((each) => each.kind === 'function')
  let isFed = false
  for (const invocation of invocationsOf(command)) {
    const { program } = invocation
    const own = [...pathOpenings(invocation, isLocal), ...byPath(program, surroundings), ...outOfPath(invocation, isFed)]
    for (const opening of own) tell(program.line, opening)
    isFed = nameOf(program) === 'xargs'
  }
  return [...found, ...busyboxOpenings(command, surroundings)]
}

function changesPath(word: Word): boolean {
  return /^PATH\+?=/.test(unquoted(word)) && !keptPath.test(unquoted(word))
}

type Finding = readonly [what: string, remedy: string]

/** Builtins that give a variable a value, and `env`. */
function pathOpenings({ program, args, variables }: Invocation, isLocal: boolean): Finding[] {
  return variables.some(changesPath) || assignsPath(program, args, isLocal) ? [setsPath] : []
}

/** @param isLocal a function declares its own variables, and those without a value are unset */
function assignsPath(program: Word, args: readonly Word[], isLocal: boolean): boolean {
  const isPath = ({ value }: Word) => value === 'PATH'
  switch (nameOf(program)) {
    case 'export':
    case 'readonly':
      return args.some(changesPath)
    case 'declare':
    case 'typeset':
    case 'local':
      return declaresPath(args, isLocal)
    case 'unset':
      return !optionLetters(args, '').includes('f') && args.some(isPath)
    case 'read':
      return (
        afterOptions(args, 'adinNptu').some(isPath) ||
        args.some(
          (word, index) =>
            /^-[ers]*aPATH$/.test(word.value ?? '') || (isPath(word) && /^-[ers]*a$/.test(args[index - 1]?.value ?? ''))
        )
      )
    case 'mapfile':
    case 'readarray':
      return afterOptions(args, 'dnOsuCc').some(isPath)
    case 'printf':
      return args[0]?.value === '-vPATH' || (args[0]?.value === '-v' && args[1]?.value === 'PATH')
    case 'getopts':
      return args[1]?.value === 'PATH'
    default:
      return false
  }
}

function declaresPath(args: readonly Word[], isLocal: boolean): boolean {
  const letters = optionLetters(args, '')
  if (/[pfF]/.test(letters)) return false
  const keepsValue = /^[rxg]*$/.test(letters) && (!isLocal || letters.includes('g'))
  return args.some((word) => (!keepsValue && word.value === 'PATH') || changesPath(word) || refersToPath(word))
}

/** `declare -n ref=PATH`. */
function refersToPath({ value }: Word): boolean {
  return /^\w+=PATH$/.test(value ?? '')
}

/** A command of the test that is called past its stub. */
function byPath(program: Word, { guarded, constants }: Surroundings): Finding[] {
  const found = valuesOf(program, constants).find(
    (value) => /^[/~]|(?:^|\/)\.\.\//.test(value) && guarded.has(value.slice(value.lastIndexOf('/') + 1))
  )
  if (found === undefined) return []
  const name = found.slice(found.lastIndexOf('/') + 1)
  return [[`calls ${found} by its path`, `Call it by its name, ${name}, and answer for it in commands`]]
}

/** What a word may mean: itself, or the literal values of the one variable that it is. */
function valuesOf({ value, text }: Word, constants: Surroundings['constants']): string[] {
  if (value !== undefined) return [value]
  const [, name = '', fallback] = /^"?\$(?:\{)?([A-Za-z_]\w*)(?::?[-=]([^}"'$`]*))?\}?"?$/.exec(text) ?? []
  return [...(constants.get(name) ?? []), ...(fallback === undefined ? [] : [fallback])]
}

function busyboxOpenings({ words }: Command, { guarded }: Surroundings): Opening[] {
  return invocationsOf({ words }).flatMap(({ program, args: [applet] }) => {
    if (!/^(?:busybox|toybox)$/.test(nameOf(program)) || applet?.value === undefined || !guarded.has(applet.value)) return []
    const what = `calls ${applet.value} as a part of ${nameOf(program)}`
    return [{ line: program.line, what, remedy: `Call it by its name, ${applet.value}, and answer for it in commands` }]
  })
}

/** Programs and builtins that look for commands elsewhere than along the given `PATH`. */
function outOfPath({ program, args }: Invocation, isFed: boolean): Finding[] {
  const letters = optionLetters(args, '')
  const values = args.map(({ value }) => value ?? '')
  switch (nameOf(program)) {
    case 'command':
      return letters.includes('p') ? [["uses command -p, which looks along the system's PATH", 'Leave -p out']] : []
    case 'exec':
      return execOpenings(args)
    case 'env':
      return envOpenings(args, isFed)
    case 'hash':
      return letters.includes('p') ? [['gives a command a path by hash -p', 'Call it by its name']] : []
    case 'enable':
      return letters.includes('f') ? [['loads a builtin from a file by enable -f', 'Use a command that can be stubbed']] : []
    case 'getconf':
      return /^(?:CS_)?PATH$/.test(values.at(-1) ?? '') ? [["asks for the system's PATH by getconf", setsPath[1]]] : []
    case 'su':
      return values.some((value) => /^(?:-|-l|--login)$/.test(value)) ? [loginShell] : []
    case 'sudo':
      return letters.includes('i') || values.includes('--login') ? [loginShell] : []
    default:
      return isShell(program) ? shellOpenings(args) : []
  }
}

const loginShell = ["starts a login shell, which takes its PATH from the system's start files", 'Start a plain shell'] as const

function shellOpenings(args: readonly Word[]): Finding[] {
  const options = args.slice(0, args.length - afterOptions(args, 'oO').length)
  const letters = optionLetters(args, 'oO')
  if (letters.includes('l') || options.some(({ value }) => value === '--login')) return [loginShell]
  const interactive = "starts an interactive shell, which takes its PATH from the user's start files"
  return letters.includes('i') ? [[interactive, 'Start a plain shell']] : []
}

function execOpenings(args: readonly Word[]): Finding[] {
  const letters = optionLetters(args, 'a')
  const [program] = afterOptions(args, 'a')
  const name = args.find((_, index) => args[index - 1]?.value === '-a')
  if (letters.includes('c')) return [['uses exec -c, which leaves the command without PATH', 'Leave -c out']]
  const isLogin = letters.includes('l') || (name !== undefined && innerText(name).startsWith('-'))
  return isLogin && isShell(program) ? [loginShell] : []
}

/**
 * `env` that takes `PATH` away from a command that it runs.
 *
 * @param isFed `xargs` adds words to it, such as the command
 */
function envOpenings(args: readonly Word[], isFed: boolean): Finding[] {
  const rest = afterOptions(args, 'uCS')
  const options = args.slice(0, args.length - rest.length).map(({ value }) => value ?? '')
  const isUnset = (option: string, index: number) =>
    option === '-uPATH' ||
    option === '--unset=PATH' ||
    (option === 'PATH' && /^(?:-\w*u|--unset)$/.test(options[index - 1] ?? ''))
  if (options.some(isUnset)) return [['takes PATH away by env -u', 'Leave PATH to the command']]
  const isEmpty = rest[0]?.value === '-' || optionLetters(args, 'uCS').includes('i') || options.includes('--ignore-environment')
  const words = rest.slice(rest[0]?.value === '-' ? 1 : 0)
  const program = words.findIndex((word) => !isVariable(word))
  if (program < 0 && !isFed) return []
  const variables = program < 0 ? words : words.slice(0, program)
  if (program < 0 && variables.some(changesPath)) return [setsPath]
  if (!isEmpty || variables.some((word) => /^PATH=/.test(unquoted(word)))) return []
  return [['takes PATH away by env -i', 'Hand it on: env -i PATH="$PATH" …']]
}
