import { quote } from './clean-text.ts'
import { foreignCharacter, isKey, isName } from './names.ts'
import type { Span } from './source-text.ts'
import { suggest } from './suggest.ts'

/** What one line says, by its first characters alone. */
export type LineKind = 'blank' | 'comment' | 'header' | 'message' | 'verdict' | 'pairs'

/** `key = value`, with places from 0 in the line. */
export interface Pair {
  key: string
  keyAt: number
  /** What it stands for: without quotes, escapes resolved. */
  value: string
  valueAt: number
  /** As written, quotes included. */
  valueLength: number
}

/** A place where a line stops being what the grammar allows. */
export interface Fault extends Span {
  message: string
  hint?: string | undefined
}

export type Verdict = 'none' | 'abstain'
const verdicts: readonly string[] = ['none', 'abstain'] satisfies Verdict[]

/** Words that have a meaning before `=`. */
export const labels: readonly string[] = ['protocol', 'note', 'warning', 'error']

// Sticky, and only tried where the first letter fits: most lines of a script are directives.
const labelled = /(protocol|note|warning|error)[ \t]*=/y

const TAB = 9
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const EQUALS = 61
const BACKSLASH = 92

/** A line without the white space around it, as offsets. */
export interface Extent {
  start: number
  end: number
}

export function extentOf(text: string): Extent {
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  return { start: skipSpace(text, 0, end), end }
}

/**
 *     # chosen by node type        comment
 *     none                         verdict
 *     error=no such zone           message
 *     protocol=1                   header
 *     module=mem-profiler          pairs, whatever else they are
 */
export function kindOf(text: string, { start, end }: Extent): LineKind {
  if (start === end) return 'blank'
  switch (text[start]) {
    case '#':
      return 'comment'
    case 'p':
    case 'n':
    case 'w':
    case 'e':
    case 'a': {
      labelled.lastIndex = start
      const label = labelled.exec(text)?.[1]
      if (label !== undefined) return label === 'protocol' ? 'header' : 'message'
      return end - start <= 'abstain'.length && verdicts.includes(text.slice(start, end)) ? 'verdict' : 'pairs'
    }
    default:
      return 'pairs'
  }
}

/** The value of a header or message, and its label. */
export function readLabelled(text: string, { start, end }: Extent): { label: string; value: string; valueAt: number } {
  const equals = text.indexOf('=', start)
  const valueAt = skipSpace(text, equals + 1, end)
  return { label: trimmed(text, start, equals), value: text.slice(valueAt, end), valueAt }
}

/**
 *     module = mem-profiler , config="a,b"
 *     ^key     ^value         ^key   ^value
 *
 * A fault ends the line; the pairs before it are given.
 */
export function readPairs(text: string, { start, end }: Extent): { pairs: Pair[]; fault?: Fault } {
  const pairs: Pair[] = []
  let at = start
  for (;;) {
    const keyAt = at
    while (at < end && text.charCodeAt(at) !== EQUALS && text.charCodeAt(at) !== COMMA) at++
    const key = trimmed(text, keyAt, at)
    if (at === end || text.charCodeAt(at) === COMMA) return { pairs, fault: notAPair(key, keyAt, { start, end }) }
    if (!isKey(key)) return { pairs, fault: notAKey(key, keyAt) }

    const valueAt = skipSpace(text, at + 1, end)
    if (valueAt === end || text.charCodeAt(valueAt) === COMMA) {
      return {
        pairs,
        fault: { at: at + 1, length: 0, message: `${quote(key)} has no value`, hint: 'give it a value, or leave the pair away' }
      }
    }
    const read = text.charCodeAt(valueAt) === QUOTE ? readQuoted(text, valueAt, end) : readBare(text, valueAt, end)
    if ('message' in read) return { pairs, fault: read }
    at = skipSpace(text, valueAt + read.length, end)
    if (at !== end && text.charCodeAt(at) !== COMMA) {
      const hint = 'quotes stand round the whole value; a comma comes before the next pair'
      return { pairs, fault: { at, length: nextComma(text, at, end) - at, message: 'text next to a quoted value', hint } }
    }
    pairs.push({ key, keyAt, value: read.value, valueAt, valueLength: read.length })
    if (at === end) return { pairs }
    at = skipSpace(text, at + 1, end)
  }
}

/**
 *     config="say \"hi\""
 *            ^         a JSON string: RFC 8259, §7
 */
function readQuoted(text: string, start: number, end: number): { value: string; length: number } | Fault {
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const length = at + 1 - start
      return { value: JSON.parse(text.slice(start, at + 1)) as string, length }
    }
    if (isControl(code)) return controlCharacter(code, at)
    if (code !== BACKSLASH) continue
    escapePattern.lastIndex = at
    const escaped = escapePattern.exec(text)?.[0]
    if (escaped === undefined) {
      const hint = 'a JSON string knows \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX'
      return { at, length: Math.min(2, end - at), message: `${quote(text.slice(at, at + 2))} is no escape`, hint }
    }
    at += escaped.length - 1
  }
  return { at: start, length: end - start, message: 'the quote is not closed', hint: 'end the value with "' }
}
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

/**
 *     config=prod tunings=v2 , …
 *            ^             ^ up to the comma, white space around it aside
 */
function readBare(text: string, start: number, end: number): { value: string; length: number } | Fault {
  let at = start
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA) break
    if (code === QUOTE) {
      return {
        at,
        length: 1,
        message: 'a quote inside a value that does not start with one',
        hint: 'put the whole value in quotes'
      }
    }
    if (!isControl(code)) continue
    const next = skipSpace(text, at, end)
    if (code !== TAB || (next !== end && text.charCodeAt(next) !== COMMA)) return controlCharacter(code, at)
    at = next - 1
  }
  const value = trimmed(text, start, at)
  return { value, length: value.length }
}

function notAPair(segment: string, at: number, line: Extent): Fault {
  const length = segment.length
  if (length === 0) return { at, length, message: 'a pair is missing here', hint: 'take the comma away' }
  const isAlone = at === line.start && length === line.end - line.start
  const hint = isAlone ? noPairHint(segment) : 'a comma separates pairs: a value that holds one stands in quotes'
  return { at, length, message: `${quote(segment)} is no directive: a pair is written key=value`, hint }
}

/** What to do about a line that is one word, or a sentence. */
function noPairHint(line: string): string {
  const [, key, name = ''] = /^(module|config)\s*:\s*(\S+)$/.exec(line) ?? []
  if (isName(name)) return `write ${key}=${name}`
  const verdict = line.length < 64 && !labels.includes(line) ? suggest(line, verdicts) : undefined
  if (verdict !== undefined) return `did you mean "${verdict}"?`
  if (/^(?:none|abstain)\s*#/.test(line)) return 'a comment stands on a line of its own'
  if (labels.includes(line)) return `write ${line}=${line === 'protocol' ? '1' : 'TEXT'}`
  if (isName(line)) return `to load it, write module=${line}`
  return 'what is no directive goes to stderr (>&2), or is a message: note=TEXT'
}

function notAKey(segment: string, at: number): Fault {
  const control = segment.search(/[\u0000-\u001f\u007f-\u009f]/)
  if (control >= 0) return controlCharacter(segment.charCodeAt(control), at + control)
  const hint = foreignCharacter(segment) ?? 'a key has 1 to 64 letters, digits, "-" and "_", and starts with a letter'
  return { at, length: segment.length, message: `${quote(segment)} is no key`, hint }
}

function controlCharacter(code: number, at: number): Fault {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return {
    at,
    length: 1,
    message: `a control character (${name}) in a directive`,
    hint: 'take it away, or write it as an escape in quotes'
  }
}

function skipSpace(text: string, from: number, end: number): number {
  let at = from
  while (at < end && isSpace(text.charCodeAt(at))) at++
  return at
}

function trimmed(text: string, start: number, from: number): string {
  let end = from
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function nextComma(text: string, from: number, end: number): number {
  const comma = text.indexOf(',', from)
  return comma < 0 || comma > end ? end : comma
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB
}

/** U+0000–001F and U+007F–009F. */
function isControl(code: number): boolean {
  return code < SPACE || (code >= 0x7f && code <= 0x9f)
}
