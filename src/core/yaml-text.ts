import type { Document } from 'yaml'
import { cleanInPlace } from './clean-text.ts'
import { type Diagnostic, diagnosticOf, inOrder, type Place } from './diagnostic.ts'
import { decode, diagnosticAt, readLines } from './source-text.ts'

/** A YAML text as documents whose nodes know their offsets. */
export interface YamlText {
  /** At least one, unless nothing could be composed. */
  documents: Document.Parsed[]
  /** The place of a range of offsets, as far as its first line goes. */
  placeAt(from: number, to: number): Place
  /** The text itself, without a byte order mark. */
  text: string
  /** Where it is no YAML, or no text at all. */
  diagnostics: Diagnostic[]
}

// yaml's composer recurses, and V8 aborts the whole process (not an exception) when a regular expression is compiled near the
// end of the stack: at some 20,000 open brackets. So nesting is counted before anything is composed.
export const maxDepth = 100

/** Reads YAML 1.2, or JSON, which is a part of it. */
export async function parseYaml(input: string | Uint8Array, source: string): Promise<YamlText> {
  const broken = [...brokenLines(input, source)]
  const decoded = typeof input === 'string' ? input : (decode(input) ?? '')
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded
  const { Composer, Lexer, LineCounter, Parser } = await import('yaml')
  const lines = new LineCounter()
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) lines.addNewLine(start)
  const cleaned = new Map<number, string>() // a line is cut out once, however many places it has
  const placeAt = (from: number, to: number): Place => {
    const { line, col } = lines.linePos(from)
    const start = from - col + 1
    if (!cleaned.has(line)) {
      const end = text.indexOf('\n', start)
      cleaned.set(line, cleanInPlace(text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '')))
    }
    const whole = cleaned.get(line) as string
    const length = Math.max(0, Math.min(to, start + whole.length) - from)
    return { source, line, column: col, length, text: whole }
  }
  if (broken.length > 0) return { documents: [], placeAt, text, diagnostics: broken }

  const parser = new Parser()
  const tokens = []
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length <= maxDepth) continue
    const message = `nested more than ${maxDepth} levels deep`
    const place = placeAt(parser.offset, parser.offset + 1)
    return {
      documents: [],
      placeAt,
      text,
      diagnostics: [diagnosticOf({ code: 'invalid-config', message, hint: 'keep it flat' }, place)]
    }
  }
  tokens.push(...parser.end())
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  // A document in any case: without one, what is wrong in a text of directives (%YAML) alone would be lost.
  const documents = [...composer.compose(tokens, true, text.length)] as Document.Parsed[]
  const diagnostics = documents
    .flatMap(({ errors, warnings }) => [...errors, ...warnings])
    .map(({ code, message, pos: [from, to] }) =>
      diagnosticOf({ code: 'invalid-config', message: messageOf(message), hint: hints[code] }, placeAt(from, to))
    )
  return { documents, placeAt, text, diagnostics: inOrder(diagnostics) }
}

const quoteIt = 'quote a text that holds : # , [ ] { } or starts with & * ! | > % @ - ?'

/** What to do about the most common of yaml's errors. */
const hints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'take the tag away: values are JSON',
  BAD_INDENT: 'indent the members of one object alike, and close every bracket',
  UNEXPECTED_TOKEN: quoteIt,
  BAD_ALIAS: quoteIt,
  BAD_SCALAR_START: quoteIt,
  BLOCK_IN_FLOW: quoteIt,
  BAD_DIRECTIVE: 'a line that starts with % is for YAML itself: quote it'
}

/** yaml's wording, begun like ours. */
function messageOf(message: string): string {
  return `not valid YAML: ${cleanInPlace(message)}`
}

// YAML has none but tab, LF and CR (YAML 1.2, §5.1), and yaml takes U+0000 for the end of the text.
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

function* brokenLines(input: string | Uint8Array, source: string): Generator<Diagnostic> {
  for (const line of readLines(input)) {
    const control = controlCharacter.exec(line.text)
    if (line.invalidAt !== undefined) {
      const problem = { code: 'invalid-encoding', message: 'this is not valid UTF-8', hint: 'save the file as UTF-8' } as const
      yield diagnosticAt(source, line, { ...problem, at: line.invalidAt, length: 1 })
    } else if (control) {
      const message = `not valid YAML: a control character (U+${control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`
      const hint = 'take it away, or write it as an escape in double quotes'
      yield diagnosticAt(source, line, { code: 'invalid-config', message, hint, at: control.index, length: 1 })
    }
  }
}
