import { nameOf } from '../shell/shell-invocations.ts'
import { parseShell } from '../shell/shell-syntax.ts'
import type { Command, Word } from '../shell/shell-types.ts'

/** A variable of the environment, and a text that a script compares it with. */
export interface ComparedValue {
  variable: string
  value: string
}

/** A word that is a variable: its name, and the literal text before and behind it. */
interface Subject {
  variable: string
  before: string
  behind: string
}

/**
 * The literal values that a script compares variables of its environment with, in the order of its text: by `[`, `test`, `[[`
 * and `case`. Of a pattern it is the shortest text that matches. A variable that the script sets from another is that other.
 */
export function comparedValues(text: string): ComparedValue[] {
  const { commands } = parseShell(text)
  const origins = originsOf(commands)
  const found = new Map<string, ComparedValue>()
  for (const command of commands) {
    for (const { subject, literal } of comparisonsOf(command)) {
      const variable = originOf(subject.variable, origins)
      const value = valueBetween(literal, subject)
      if (variable === undefined || value === undefined) continue
      found.set(`${variable}=${value}`, { variable, value })
    }
  }
  return [...found.values()]
}

function comparisonsOf(command: Command): { subject: Subject; literal: string }[] {
  const { kind, words, patterns = [] } = command
  if (kind === 'case') return pairs(words[0], patterns.map(patternText))
  if (kind === '[[') return operands(words, patternText)
  const isTest = kind === 'simple' && (nameOf(words[0]) === '[' || nameOf(words[0]) === 'test')
  return isTest ? operands(words, ({ value }) => value) : []
}

/** What stands on both sides of `=`, `==` and `!=`. */
function operands(words: readonly Word[], textOf: (word: Word) => string | undefined): { subject: Subject; literal: string }[] {
  return words.flatMap(({ text }, index) => {
    const [left, right] = [words[index - 1], words[index + 1]]
    if (!/^(?:==?|!=)$/.test(text) || left === undefined || right === undefined) return []
    return [...pairs(left, [textOf(right)]), ...pairs(right, [left.value])]
  })
}

function pairs(word: Word | undefined, literals: readonly (string | undefined)[]): { subject: Subject; literal: string }[] {
  const subject = word && subjectOf(word)
  if (subject === undefined) return []
  return literals.flatMap((literal) => (literal === undefined ? [] : [{ subject, literal }]))
}

const reference = /^([\w.-]*)\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?[-=][^{}$`]*|,,?|\^\^?)?\})([\w.-]*)$/

function subjectOf({ text, value }: Word): Subject | undefined {
  if (value !== undefined) return undefined
  const [, before = '', plain, braced, behind = ''] = reference.exec(text.replaceAll('"', '')) ?? []
  const variable = plain ?? braced
  return variable === undefined ? undefined : { variable, before, behind }
}

/** `x$A` = `xyes`: `yes`. */
function valueBetween(literal: string, { before, behind }: Subject): string | undefined {
  if (!literal.startsWith(before) || !literal.endsWith(behind) || literal.length < before.length + behind.length) return undefined
  return literal.slice(before.length, literal.length - behind.length)
}

/** The shortest text that a pattern matches; nothing for `*`, which everything does, and for what is more than `*` and `?`. */
function patternText({ value, text, quoted }: Word): string | undefined {
  if (value === undefined || quoted) return value
  if (/^\*+$/.test(text) || /[[\]\\(]/.test(text)) return undefined
  return value.replaceAll('*', '').replaceAll('?', 'x')
}

/** By variable: the one that it is set from; `undefined` where it is set from something else. */
function originsOf(commands: readonly Command[]): Map<string, string | undefined> {
  const origins = new Map<string, string | undefined>()
  for (const { kind, assignments, words } of commands) {
    const declared = /^(?:export|readonly|declare|typeset|local)$/.test(nameOf(words[0])) ? words.slice(1) : []
    if (kind === 'for' && words[0]?.value !== undefined) origins.set(words[0].value, undefined)
    if (kind === 'simple' && nameOf(words[0]) === 'read')
      for (const { value } of words.slice(1)) if (value !== undefined) origins.set(value, undefined)
    for (const { text } of [...assignments, ...declared]) {
      const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text) ?? []
      if (name === undefined) continue
      const from = reference.exec(value.replaceAll('"', ''))
      const origin = from && from[1] === '' && from[4] === '' ? (from[2] ?? from[3]) : undefined
      // ENV=${ENV:-dev} leaves it what it is; of several origins none is known.
      if (origin === name) continue
      origins.set(name, origins.has(name) && origins.get(name) !== origin ? undefined : origin)
    }
  }
  return origins
}

function originOf(variable: string, origins: ReadonlyMap<string, string | undefined>): string | undefined {
  let at: string | undefined = variable
  for (let steps = 0; at !== undefined && origins.has(at); steps++) at = steps > origins.size ? undefined : origins.get(at)
  return at
}
