import type { Diagnostic } from '../../index.ts'

/** What is wrong, without its place. */
export type Finding = Pick<Diagnostic, 'code' | 'severity' | 'message' | 'hint'>

/** A place in a text; the whole line where there is no column. */
export interface Spot {
  line: number
  column?: number | undefined
  length?: number | undefined
}

/** The text of a file, in lines. */
export interface SourceFile {
  /** As the user named it. */
  source: string
  /** Without a byte order mark. */
  text: string
  bytes: Uint8Array
  /** Without their ends. */
  lines: readonly string[]
  /** Absolute; nothing for stdin. */
  file: string | undefined
}

/** A file that was read. What is not UTF-8 in it is shown as replacement characters. */
export function sourceFile(source: string, bytes: Uint8Array, file: string | undefined): SourceFile {
  const text = new TextDecoder().decode(bytes)
  return { source, text, bytes, lines: linesOf(text), file }
}

/** Lines of a text, without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** The diagnostic of a finding in a file. */
export function diagnosticAt({ source, lines }: Pick<SourceFile, 'source' | 'lines'>, finding: Finding, spot?: Spot): Diagnostic {
  const { hint, ...rest } = finding
  const diagnostic = { ...rest, message: printableInPlace(rest.message), ...(hint !== undefined && { hint }), source }
  if (spot === undefined) return diagnostic
  const whole = lines[spot.line - 1] ?? ''
  const first = Math.max(0, whole.search(/\S/))
  const column = spot.column ?? first + 1
  const length = spot.length ?? (spot.column === undefined ? Math.max(1, whole.trim().length) : 1)
  return { ...diagnostic, line: spot.line, column, length, text: printableInPlace(whole) }
}

// Controls, what reorders or hides text in a terminal (CVE-2021-42574), and halves of characters.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu

/** Without what a terminal would obey, one character for one so that columns stay true. */
export function printableInPlace(text: string): string {
  return text.replace(unprintable, (character) => (character === '\t' ? ' ' : '\ufffd'))
}
