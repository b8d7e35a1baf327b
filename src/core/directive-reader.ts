import { cleanMessage, quote } from './clean-text.ts'
import { type Diagnostic, isOk, type Problem } from './diagnostic.ts'
import { type Extent, extentOf, kindOf, readLabelled, type Verdict } from './directive-grammar.ts'
import { knownKeys, readDirectiveLine } from './directive-line.ts'
import { repetition } from './repetition.ts'
import { diagnosticAt, type LineProblem, readLines, type SourceLine, type Span } from './source-text.ts'

/** What {@link parseDirectives} gives. */
export interface ParsedDirectives {
  /** No diagnostic is an error. */
  ok: boolean
  /** In order, those of the lines without an error, each once. */
  directives: Directive[]
  /** `empty`: neither a directive nor a verdict. Means nothing where `ok` is false. */
  verdict: 'modules' | Verdict | 'empty'
  /** In the order of the text. */
  messages: ScriptMessage[]
  /** In the order of the text. */
  diagnostics: Diagnostic[]
}

/** A module to load, as one line asks for it. */
export interface Directive {
  /** Its name. */
  module: string
  /** The name of its configuration. */
  config?: string
  /** Values of declared keys; it has no prototype. */
  options: Readonly<Record<string, string>>
  /** From 1. */
  line: number
  /** Of the directive's first character, from 1, in UTF-16 code units. */
  column: number
}

/** What a script tells its operator. */
export interface ScriptMessage {
  /** The word before `=`. */
  severity: 'note' | 'warning' | 'error'
  /** Without control characters, trimmed. */
  text: string
  /** From 1. */
  line: number
}

/** The version of the syntax that this library reads. */
export const protocol = '1'

/** A text of directives, as far as it has been read: what one line means depends on those before it. */
export class DirectiveReader {
  readonly #source: string
  readonly #knownKeys: readonly string[]
  readonly #requireFinalNewline: boolean
  readonly #directives = new Map<string, Directive>()
  readonly #messages: ScriptMessage[] = []
  readonly #diagnostics: Diagnostic[] = []
  #verdict: Verdict | undefined
  #verdictDisputed = false
  #headerMayCome = true
  #afterError = false
  #carriageReturnTold = false
  #unsupported: Diagnostic | undefined

  constructor(source: string, knownKeys: readonly string[], requireFinalNewline: boolean) {
    this.#source = source
    this.#knownKeys = knownKeys
    this.#requireFinalNewline = requireFinalNewline
  }

  /** Reads the next line. False: there is no use in the rest. */
  take(line: SourceLine): boolean {
    const extent = extentOf(line.text)
    const kind = kindOf(line.text, extent)
    const unfinished = this.#requireFinalNewline && !line.ended
    if (line.invalidAt !== undefined) this.#report(line, { ...invalidEncoding, at: line.invalidAt, length: 1 })
    else if (kind === 'header') this.#takeHeader(line, extent)
    else if (kind === 'message') this.#takeMessage(line, extent)
    else if (kind === 'verdict') this.#takeVerdict(line, extent)
    else if (kind === 'pairs') this.#takeDirective(line, extent, unfinished)

    if (kind !== 'blank' && kind !== 'comment') this.#headerMayCome = false
    if (line.carriageReturn && !this.#carriageReturnTold) {
      this.#report(line, { ...carriageReturn, at: line.text.length, length: 0 })
      this.#carriageReturnTold = true
    }
    if (unfinished && line.invalidAt === undefined)
      this.#report(line, { ...missingFinalNewline, at: line.text.length, length: 0 })
    return this.#unsupported === undefined
  }

  result(): ParsedDirectives {
    if (this.#unsupported) return { ok: false, directives: [], verdict: 'empty', messages: [], diagnostics: [this.#unsupported] }
    const verdict = this.#directives.size > 0 ? 'modules' : (this.#verdict ?? 'empty')
    const directives = [...this.#directives.values()]
    return { ok: isOk(this.#diagnostics), directives, verdict, messages: this.#messages, diagnostics: this.#diagnostics }
  }

  #takeHeader(line: SourceLine, extent: Extent): void {
    const { value } = readLabelled(line.text, extent)
    const digits = /^\d+$/.test(value)
    if (digits && this.#headerMayCome && value.replace(/^0+(?=\d)/, '') !== protocol) {
      this.#unsupported = diagnosticAt(this.#source, line, { ...unsupported(value), ...spanOf(extent) })
    } else if (!digits) {
      this.#report(line, {
        code: 'syntax',
        message: 'a protocol is a number',
        hint: `write protocol=${protocol} on a line of its own`,
        ...spanOf(extent)
      })
    } else if (!this.#headerMayCome) {
      const hint = 'it is the first line that is neither blank nor a comment, and stands once'
      this.#report(line, { code: 'syntax', message: 'a header in the middle of the text', hint, ...spanOf(extent) })
    }
  }

  #takeMessage(line: SourceLine, extent: Extent): void {
    const message = readMessage(line, extent)
    this.#messages.push(message)
    this.#afterError = message.severity === 'error'
  }

  #takeVerdict(line: SourceLine, extent: Extent): void {
    this.#afterError = false
    const said = line.text.slice(extent.start, extent.end) as Verdict
    if (this.#directives.size > 0) this.#dispute(line, extent, quote(said), 'a directive')
    else if (this.#verdict !== undefined && this.#verdict !== said) this.#dispute(line, extent, quote(said), quote(this.#verdict))
    else this.#verdict = said
  }

  #takeDirective(line: SourceLine, extent: Extent, unfinished: boolean): void {
    const { module, config, options, problems } = readDirectiveLine(line.text, extent, this.#knownKeys)
    for (const problem of problems) {
      const isNoPair = problem.code === 'syntax' && problem.at === extent.start
      this.#report(line, this.#afterError && isNoPair ? { ...problem, hint: oneLineMessage } : problem)
      if (!isNoPair) this.#afterError = false
    }
    if (problems.length > 0 || module === undefined) return
    this.#afterError = false
    const directive = {
      module,
      ...(config !== undefined && { config }),
      options,
      line: line.number,
      column: line.offset + extent.start + 1
    }
    const first = this.#directives.get(module)
    if (first) this.#report(line, { ...repetition(first, directive, `in line ${first.line}`), ...spanOf(extent) })
    else if (this.#verdict !== undefined && !this.#verdictDisputed)
      this.#dispute(line, extent, 'a directive', quote(this.#verdict))
    else if (!unfinished) this.#directives.set(module, directive)
  }

  /** A verdict beside something else is told once: what comes after it is read as if it were alone. */
  #dispute(line: SourceLine, extent: Extent, later: string, earlier: string): void {
    if (this.#verdictDisputed) return
    this.#verdictDisputed = true
    const hint = 'a script names modules, or says "none", or says "abstain"'
    this.#report(line, { code: 'conflicting-directive', message: `${later} after ${earlier}`, hint, ...spanOf(extent) })
  }

  #report(line: SourceLine, problem: LineProblem): void {
    this.#diagnostics.push(diagnosticAt(this.#source, line, problem))
  }
}

/** How many lines are directives or messages, right or wrong: what `maxDirectives` counts. */
export function countStatements(bytes: Uint8Array): number {
  let count = 0
  for (const { text } of readLines(bytes)) {
    const kind = kindOf(text, extentOf(text))
    if (kind === 'pairs' || kind === 'message') count++
  }
  return count
}

/** The first well-formed directive of a text that need not be an answer. */
export function findDirective(
  bytes: Uint8Array,
  keys: readonly string[]
): { module: string; line: number; column: number } | undefined {
  const known = knownKeys(keys)
  for (const line of readLines(bytes)) {
    const extent = extentOf(line.text)
    if (line.invalidAt !== undefined || kindOf(line.text, extent) !== 'pairs') continue
    const { module, problems } = readDirectiveLine(line.text, extent, known)
    if (module !== undefined && problems.length === 0) return { module, line: line.number, column: extent.start + 1 }
  }
  return undefined
}

/** The messages of a text that need not be an answer: what a script said before it failed. */
export function readMessages(bytes: Uint8Array): ScriptMessage[] {
  const messages: ScriptMessage[] = []
  for (const line of readLines(bytes)) {
    const extent = extentOf(line.text)
    if (kindOf(line.text, extent) === 'message') messages.push(readMessage(line, extent))
  }
  return messages
}

function readMessage(line: SourceLine, extent: Extent): ScriptMessage {
  const { label, value } = readLabelled(line.text, extent)
  return { severity: label as ScriptMessage['severity'], text: cleanMessage(value), line: line.number }
}

function spanOf({ start, end }: Extent): Span {
  return { at: start, length: end - start }
}

function unsupported(version: string): Problem {
  const message = `protocol ${version.length > 20 ? `${version.slice(0, 20)}…` : version} is not known here: ${/^0+$/.test(version) ? 'there is no such protocol; this library' : 'the script is newer than this library, which'} reads protocol ${protocol}`
  return {
    code: 'unsupported-protocol',
    message,
    hint: 'update hermes-memory-installer, or use the script that belongs to this version'
  }
}

const invalidEncoding: Problem = {
  code: 'invalid-encoding',
  message: 'this is not valid UTF-8',
  hint: 'print UTF-8 (LC_ALL=C.UTF-8 helps)'
}

const carriageReturn: Problem = {
  code: 'carriage-return',
  severity: 'note',
  message: 'lines end in CR LF; the CR is dropped',
  hint: 'save the file with Unix line ends'
}

const missingFinalNewline: Problem = {
  code: 'missing-final-newline',
  message: 'the last line does not end: it may be half a line',
  hint: 'end it with a newline (echo does; printf needs \\n)'
}

const oneLineMessage = 'a message is one line: join the lines of what a command printed'
