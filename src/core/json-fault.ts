/** Where and why a text stops being strict JSON. */
export interface JsonFault {
  /** From 0. */
  at: number
  message: string
  hint: string
}

// One token at a time, as RFC 8259 writes them; white space first.
const space = /[ \t\n\r]*/y
const token = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y
const plainCharacters = /[^"\\\u0000-\u001f]*/y
const jsonEscape = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

/**
 * Where a text stops being strict JSON: the first token that can't stand there, or what breaks a string.
 *
 * `JSON.parse` decides whether a text is JSON; but each engine tells the place in other words, or not at all.
 */
export function jsonFault(text: string): JsonFault {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let afterComma = false
  for (let at = 0; ; ) {
    at += matchAt(space, text, at)?.length ?? 0
    if (at === text.length) return endOf(text)
    const found = text[at] === '"' ? stringAt(text, at) : matchAt(token, text, at)
    if (typeof found === 'object') return found
    if (found === undefined || !allows(expected, found, open.at(-1)))
      return misplaced(text, at, { expected, afterComma, isAfterAll: open.length === 0 })
    at += found.length
    afterComma = found === ','
    if (found === '{' || found === '[') {
      open.push(found)
      expected = found === '{' ? 'key-or-end' : 'value-or-end'
      continue
    }
    if (found === '}' || found === ']') open.pop()
    if (found === ',') expected = open.at(-1) === '{' ? 'key' : 'value'
    else if (found === ':') expected = 'value'
    else expected = expected.startsWith('key') && found.startsWith('"') ? 'colon' : 'comma-or-end'
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** A string with its quotes, or what breaks it: a control character, an escape that JSON does not know, or that it has no end. */
function stringAt(text: string, start: number): string | JsonFault {
  for (let at = start + 1; ; ) {
    at += matchAt(plainCharacters, text, at)?.length ?? 0
    if (text[at] === '"') return text.slice(start, at + 1)
    if (at === text.length || text[at] === '\n') return { at: start, message: 'the string is not closed', hint: 'end it with "' }
    const escaped = matchAt(jsonEscape, text, at)
    if (escaped !== undefined) at += escaped.length
    else if (text[at] === '\\')
      return { at, message: 'this is no escape', hint: 'use \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX' }
    else return { at, message: 'a control character in a string', hint: 'write it as an escape, such as \\t or \\u0000' }
  }
}

function allows(expected: Expected, found: string, container: '{' | '[' | undefined): boolean {
  const closes = found === (container === '{' ? '}' : ']') && container !== undefined
  switch (expected) {
    case 'value':
      return !/^[}\],:]/.test(found)
    case 'value-or-end':
      return closes || !/^[}\],:]/.test(found)
    case 'key':
      return found.startsWith('"')
    case 'key-or-end':
      return closes || found.startsWith('"')
    case 'colon':
      return found === ':'
    case 'comma-or-end':
      return closes || (found === ',' && container !== undefined)
  }
}

function endOf(text: string): JsonFault {
  const hint = /[^ \t\n\r]/.test(text) ? 'close every bracket' : 'an empty configuration is written {}'
  return { at: text.length, message: 'it ends too early', hint }
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/^(?:\/[/*]|#)/, 'JSON has no comments'],
  [/^['`]/, 'a string stands in double quotes'],
  [/^[-+]?(?:NaN|Infinity)/, 'JSON has no such number'],
  [/^[-+.]*\d/, 'a number is written like 12 or -1.5e3: decimal, without + and leading zeros'],
  [/^[\p{L}_$]/u, 'a string stands in double quotes; the only words are true, false and null']
]

const wanted: Readonly<Record<Expected, string>> = {
  value: 'a value comes here',
  'value-or-end': 'a value or ] comes here',
  key: 'a key in double quotes comes here',
  'key-or-end': 'a key in double quotes or } comes here',
  colon: 'a colon comes here',
  'comma-or-end': 'a comma comes here, or the bracket that closes the last open one'
}

interface Position {
  expected: Expected
  afterComma: boolean
  /** The one value of the text is complete. */
  isAfterAll: boolean
}

function misplaced(text: string, at: number, { expected, afterComma, isAfterAll }: Position): JsonFault {
  const rest = text.slice(at, at + 10)
  const mayBeHinted = expected.startsWith('value') || /^[/#'`]/.test(rest)
  const known = mayBeHinted ? hints.find(([pattern]) => pattern.test(rest))?.[1] : undefined
  const other = expected === 'comma-or-end' && isAfterAll ? 'nothing comes after the end' : wanted[expected]
  return {
    at,
    message: 'this can not stand here',
    hint: afterComma && /^[}\]]/.test(rest) ? 'take the comma before it away' : (known ?? other)
  }
}
