import { cleanInPlace } from './clean-text.ts'
import { type Diagnostic, diagnosticOf, type Place, type Problem } from './diagnostic.ts'

/** One line of a text, or one part of it, with its place. */
export interface SourceLine {
  /** Without its end. Where {@link SourceLine.invalidAt} is set, replacement characters stand for what is not UTF-8. */
  text: string
  /** From 1. */
  number: number
  /** How many UTF-16 code units of the line stand before `text`. */
  offset: number
  /** The whole line that `text` is a part of. */
  whole: string
  /** {@link SourceLine.whole} as diagnostics show it; made once, where there is one. */
  cleaned?: string
  /** Where the text stops being valid UTF-8, from 0. */
  invalidAt?: number
  /** A CR stood before the LF. */
  carriageReturn: boolean
  /** A LF ended it. */
  ended: boolean
}

const LF = 10
const loneSurrogate = /\p{Surrogate}/u

/** Text or bytes as lines, without a byte order mark. A LF ends a line; one CR before it belongs to the end. */
export function* readLines(text: string | Uint8Array): Generator<SourceLine> {
  const decoded = typeof text === 'string' ? text : decode(text)
  if (decoded !== undefined) yield* linesOf(decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded)
  else yield* linesOfBrokenBytes(text as Uint8Array)
}

/** Bytes, of this realm or another (a browser's frame, a test's environment). */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}

/** The text of bytes, or nothing where they are not valid UTF-8. A byte order mark is kept. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function* linesOf(text: string): Generator<SourceLine> {
  const wellFormed = !loneSurrogate.test(text)
  for (let start = 0, number = 1; start < text.length; number++) {
    const lf = text.indexOf('\n', start)
    const line = lineOf(text.slice(start, lf < 0 ? text.length : lf), number, lf >= 0)
    const invalidAt = wellFormed ? -1 : line.text.search(loneSurrogate)
    yield invalidAt < 0 ? line : { ...line, invalidAt }
    start = lf < 0 ? text.length : lf + 1
  }
}

// Bytes that are not UTF-8 are read line by line: a LF is never part of a multi-byte character, so one bad line spoils no other.
function* linesOfBrokenBytes(bytes: Uint8Array): Generator<SourceLine> {
  const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  for (let from = start, number = 1; from < bytes.length; number++) {
    const lf = bytes.indexOf(LF, from)
    const to = lf < 0 ? bytes.length : lf
    const slice = bytes.subarray(from, to)
    const text = decode(slice)
    if (text !== undefined) yield lineOf(text, number, lf >= 0)
    else
      yield {
        ...lineOf(lenient.decode(slice), number, lf >= 0),
        invalidAt: lenient.decode(slice.subarray(0, validPrefix(slice))).length
      }
    from = to + 1
  }
}

function lineOf(text: string, number: number, ended: boolean): SourceLine {
  const carriageReturn = ended && text.endsWith('\r')
  const content = carriageReturn ? text.slice(0, -1) : text
  return { text: content, number, offset: 0, whole: content, carriageReturn, ended }
}

/** How many bytes come before the first that is not part of a well-formed sequence (Unicode 15, table 3-7). */
function validPrefix(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at] as number
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    if (length === 0) return at
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next] ?? 0
      const low = next > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
      const high = next > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
      if (byte < low || byte > high) return at
    }
    at += length
  }
  return at
}

/** Where something stands in a line: `at` from 0, in UTF-16 code units of {@link SourceLine.text}. */
export interface Span {
  at: number
  length: number
}

export type LineProblem = Problem & Span

/** The diagnostic of a problem in a line. */
export function diagnosticAt(source: string, line: SourceLine, { at, length, ...problem }: LineProblem): Diagnostic {
  line.cleaned ??= cleanInPlace(line.whole)
  return diagnosticOf(problem, { source, line: line.number, column: line.offset + at + 1, length, text: line.cleaned })
}

/** Where in a text something stands that is known by line and column. The text is cut into lines when the first place is asked for. */
export function placesIn(text: string | Uint8Array, source: string): (at: { line: number; column: number }) => Place {
  let lines: string[] | undefined
  return ({ line, column }) => {
    lines ??= Array.from(readLines(text), ({ whole }) => cleanInPlace(whole))
    return { source, line, column, text: lines[line - 1] ?? '' }
  }
}
