import path from 'node:path'
import { parseShell } from './shell-syntax.ts'
import type { Command, Word } from './shell-types.ts'

/** A program that a command runs: itself, or one that it is told to run. */
export interface Invocation {
  program: Word
  args: readonly Word[]
  /** `NAME=value` words of `env` and `sudo` before it. */
  variables: readonly Word[]
}

/** A program that runs another one. */
interface Wrapper {
  /** Letters of options that take the next word. */
  valued?: string
  /** How many words of its own stand before the program. */
  operands?: number
  /** `NAME=value` words may stand before the program. */
  variables?: boolean
}

const wrappers: Readonly<Record<string, Wrapper>> = {
  exec: { valued: 'a' },
  command: {},
  builtin: {},
  env: { valued: 'uCS', variables: true },
  timeout: { valued: 'ks', operands: 1 },
  nice: { valued: 'n' },
  ionice: { valued: 'cn' },
  chrt: { operands: 1 },
  taskset: { operands: 1 },
  nohup: {},
  setsid: {},
  stdbuf: { valued: 'ioe' },
  sudo: { valued: 'ughpCrtD', variables: true },
  doas: { valued: 'uC' },
  xargs: { valued: 'InPLsdEa' },
  flock: { valued: 'wE', operands: 1 },
  watch: { valued: 'n' },
  time: { valued: 'fo' },
  unshare: {},
  chroot: { operands: 1 },
  setpriv: {},
  busybox: {},
  toybox: {}
}

/** The last part of a program's path: `kubectl` of `/usr/bin/kubectl`. */
export function nameOf(word: Word | undefined): string {
  return path.posix.basename(word?.value ?? '')
}

/** All programs that a simple command runs, as far as its words say so. */
export function invocationsOf({ words }: Pick<Command, 'words'>): Invocation[] {
  const found: Invocation[] = []
  const variables: Word[] = []
  let [program, ...args] = words
  // Each step leaves fewer words.
  while (program) {
    if (nameOf(program) === 'env') args = withoutSplit(args)
    found.push({ program, args, variables: [...variables] })
    if (nameOf(program) === 'find') return [...found, ...ofFind(args)]
    const wrapper = Object.hasOwn(wrappers, nameOf(program)) ? wrappers[nameOf(program)] : undefined
    if (wrapper === undefined || (nameOf(program) === 'command' && optionLetters(args, '').match(/[vV]/))) return found
    const rest = afterOptions(args, wrapper.valued ?? '')
    if (wrapper.variables && rest[0]?.value === '-') rest.shift()
    while (wrapper.variables && isVariable(rest[0])) variables.push(...rest.splice(0, 1))
    ;[program, ...args] = rest.slice(wrapper.operands ?? 0)
  }
  return found
}

function ofFind(args: readonly Word[]): Invocation[] {
  return args.flatMap(({ value }, index) => {
    if (value === undefined || !/^-(?:exec|execdir|ok|okdir)$/.test(value)) return []
    const rest = args.slice(index + 1)
    const end = rest.findIndex((word) => word.value === ';' || word.value === '+')
    return invocationsOf({ words: end < 0 ? rest : rest.slice(0, end) })
  })
}

/** The words of `env` with those that `-S` makes of one word. */
function withoutSplit(args: readonly Word[]): Word[] {
  const split = /^(?:-([iv0]*)S|--split-string(?:=|$))/
  const at = args.findIndex((word) => split.test(unquoted(word)))
  if (at < 0 || optionCount(args.slice(0, at), 'uC') < at) return [...args]
  const [option, next, ...rest] = args.slice(at)
  if (option === undefined) return [...args]
  const [start = '', letters = ''] = split.exec(unquoted(option)) ?? []
  const attached = innerText(option).slice(start.length)
  const text = attached === '' && next ? innerText(next) : attached
  const [command] = parseShell(text, option.line).commands
  return [
    ...args.slice(0, at),
    ...(letters === '' ? [] : [{ ...option, text: `-${letters}`, value: `-${letters}` }]),
    ...(command ? [...command.assignments, ...command.words] : []),
    ...(attached === '' || next === undefined ? rest : [next, ...rest])
  ]
}

/** Its literal value, or its text without quotes where an expansion is in it. */
export function unquoted({ value, text }: Word): string {
  return value ?? text.replace(/["'\\]/g, '')
}

/** `NAME=value`, also in quotes. */
export function isVariable(word: Word | undefined): boolean {
  return word !== undefined && /^[A-Za-z_]\w*\+?=/.test(unquoted(word))
}

/** The words of a command behind its options. */
export function afterOptions(args: readonly Word[], valued: string): Word[] {
  const at = optionCount(args, valued)
  return args.slice(args[at]?.value === '--' ? at + 1 : at)
}

/** Long options of programs above whose value is the next word. */
const longValued = /^--(?:unset|chdir|split-string|user|group|signal|kill-after|adjustment|interval)$/

function optionCount(args: readonly Word[], valued: string): number {
  let at = 0
  for (let option = args[at]?.value; option !== undefined && /^[-+]./.test(option) && option !== '--'; option = args[at]?.value) {
    const letters = option.slice(1)
    const first = [...letters].findIndex((letter) => valued.includes(letter))
    const takesNext = option.startsWith('--') ? longValued.test(option) : first >= 0 && first === letters.length - 1
    at += takesNext ? 2 : 1
  }
  return Math.min(at, args.length)
}

/** The letters of all short options, without their values. */
export function optionLetters(args: readonly Word[], valued: string): string {
  let letters = ''
  for (const { value = '' } of args.slice(0, optionCount(args, valued))) {
    if (!/^-[^-]/.test(value)) continue
    for (const letter of value.slice(1)) {
      letters += letter
      if (valued.includes(letter)) break
    }
  }
  return letters
}

/** The text that a word gives to a shell which reads it again. */
export function innerText({ value, text }: Word): string {
  if (value !== undefined) return value
  const inner = /^"([\s\S]*)"$/.exec(text)?.[1]
  return inner === undefined ? text : inner.replace(/\\(["\\$`])/g, '$1')
}

const shells = /^-?(?:sh|bash|rbash|dash|ash|ksh|mksh|zsh|yash)$/

export function isShell(word: Word | undefined): boolean {
  return isShellName(nameOf(word))
}

/** Whether a program of this name reads the language of shells. */
export function isShellName(name: string): boolean {
  return shells.test(name)
}

/** Where a shell takes its commands from: its words, its stdin, or a file. */
export function shellInput({ args }: Invocation): { text?: Word; stdin: boolean } {
  const letters = optionLetters(args, 'oO')
  const [first] = afterOptions(args, 'oO')
  if (letters.includes('c')) return first === undefined ? { stdin: false } : { text: first, stdin: false }
  return { stdin: letters.includes('s') || first === undefined || first.value === '-' }
}
