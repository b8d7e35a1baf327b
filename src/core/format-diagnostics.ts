import { cleanInPlace } from './clean-text.ts'
import { booleanRule } from './core-options.ts'
import type { Diagnostic, Severity } from './diagnostic.ts'
import { isObject, requireOptions } from './option-rules.ts'

/** Options of {@link formatDiagnostics}. */
export interface FormatDiagnosticsOptions {
  /** With ANSI colours. @default false */
  color?: boolean | undefined
}

// With the two ellipses that show the cuts: 400.
const windowSize = 398

/**
 * Prints diagnostics for a person: place, message, the line with a caret under the place, and the hint. A long line is cut to
 * a window of at most 400 characters round the place; control characters are replaced. No newline at the end.
 *
 *     output of /etc/hermes/load-sidecars.sh:1:21: error: unknown key "confg" [unknown-key]
 *       module=mem-profiler,confg=prod
 *                           ^^^^^
 *       hint: did you mean "config"?
 *
 * @throws TypeError for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FormatDiagnosticsOptions = {}): string {
  requireOptions('formatDiagnostics', options, { color: booleanRule })
  if (!Array.isArray(diagnostics) || !diagnostics.every(isDiagnostic))
    throw new TypeError('formatDiagnostics() takes a list of diagnostics')
  const paint = options.color === true ? colours : plain
  return diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, paint)).join('\n')
}

function isDiagnostic(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['message'] === 'string' &&
    typeof value['code'] === 'string' &&
    Object.hasOwn(colours, String(value['severity']))
  )
}

function formatDiagnostic(diagnostic: Diagnostic, paint: Paint): string {
  const { code, severity, hint } = diagnostic
  const [message = '', ...more] = diagnostic.message.split('\n').map(cleanInPlace)
  const lines = [
    `${paint.place(placeOf(diagnostic))}${paint[severity](`${severity}:`)} ${message} ${paint.code(`[${cleanInPlace(code)}]`)}`
  ]
  // A message may have lines of its own: a failure that is told as a warning.
  lines.push(...more.map((line) => `  ${line}`))
  if (diagnostic.text !== undefined && diagnostic.column !== undefined) lines.push(...excerpt(diagnostic, paint))
  if (hint !== undefined) lines.push(`  ${paint.hint('hint:')} ${cleanLines(hint)}`)
  return lines.join('\n')
}

/** `source:line:column: `, as far as it is known; a place in a document is its JSON pointer. */
function placeOf({ source, line, column, path }: Diagnostic): string {
  const parts = [source === undefined ? undefined : cleanInPlace(source), line, line === undefined ? undefined : column]
  if (line === undefined && path !== undefined) parts.push(cleanInPlace(path))
  const known = parts.filter((part) => part !== undefined && part !== '')
  return known.length === 0 ? '' : `${known.join(':')}: `
}

/** The line, or a window of it round the place, and the caret. */
function excerpt({ text = '', column = 1, length = 1 }: Diagnostic, paint: Paint): string[] {
  const at = Math.min(column - 1, text.length)
  const from = text.length <= windowSize ? 0 : Math.max(0, Math.min(at - 100, text.length - windowSize))
  const to = Math.min(text.length, from + windowSize)
  const start = cleanInPlace(text.slice(from, at))
  const marked = cleanInPlace(text.slice(at, Math.max(at, Math.min(at + length, to))))
  const rest = cleanInPlace(text.slice(at + marked.length, to))
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : '']
  const carets = '^'.repeat(Math.max(1, displayWidth(marked)))
  return [`  ${before}${start}${marked}${rest}${after}`, `  ${' '.repeat(displayWidth(before + start))}${paint.caret(carets)}`]
}

// East Asian Wide and Fullwidth (UAX #11) and emoji take two cells of a terminal; marks and joiners none.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const narrowest = /[\p{Mn}\p{Me}\p{Cf}]/u

function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += narrowest.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** Lines of a hint, indented. */
function cleanLines(text: string): string {
  return text.split('\n').map(cleanInPlace).join('\n  ')
}

type Paint = Readonly<Record<Severity | 'place' | 'code' | 'caret' | 'hint', (text: string) => string>>

const as = (text: string): string => text
const plain: Paint = { error: as, warning: as, note: as, place: as, code: as, caret: as, hint: as }

const ansi = (style: number) => (text: string) => `\u001b[${style}m${text}\u001b[0m`
const colours: Paint = {
  error: ansi(31),
  warning: ansi(33),
  note: ansi(36),
  place: ansi(1),
  code: ansi(2),
  caret: ansi(32),
  hint: ansi(36)
}
