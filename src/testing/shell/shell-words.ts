import { type Range, ShellCursor } from './shell-cursor.ts'
import type { Command, Word } from './shell-types.ts'

const plain = /[^\s;&|<>()\\'"`$]+/y
const inDouble = /[^\\"`$]+/y
const inBraces = /[^\\'"`$()<>}#]+/y
const parameter = /[A-Za-z_]\w*|[0-9@*#?$!-]/y
const assignmentStart = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/

/** What of a word has been read. */
interface Draft {
  parts: string[]
  literal: boolean
  quoted: boolean
}

/** Reads words; what a substitution holds is read by whoever extends it. */
export abstract class WordReader extends ShellCursor {
  /** Reads commands up to the `)` that closes them, and past it. */
  protected abstract readSubstitution(via: Command['via']): void
  /** Reads commands of another text, or of a part of this one. */
  protected abstract readNested(text: string, range: Range, via: Command['via'], lineStarts?: number[]): void

  /** A word, or nothing where none begins here. */
  protected readWord(): Word | undefined {
    const start = this.at
    const draft: Draft = { parts: [], literal: true, quoted: false }
    while (this.at < this.end && this.readPart(draft, start)) {}
    if (this.at === start) return undefined
    const text = this.text.slice(start, this.at).replace(/\\\r?\n/g, '')
    return { text, value: draft.literal ? draft.parts.join('') : undefined, line: this.lineAt(start), quoted: draft.quoted }
  }

  private readPart(draft: Draft, start: number): boolean {
    const run = this.match(plain)
    if (run !== undefined) {
      draft.parts.push(run)
      this.at += run.length
      return true
    }
    switch (this.text[this.at]) {
      case '\\':
        this.readEscape(draft)
        return true
      case "'":
        this.readSingle(draft)
        return true
      case '"':
        this.at++
        this.readDouble(draft)
        return true
      case '$':
        this.readDollar(draft, false)
        return true
      case '`':
        draft.literal = false
        this.readBackquotes(false)
        return true
      case '<':
      case '>':
        return this.at === start && this.readProcessSubstitution(draft)
      case '(':
        return this.readParenthesis(draft, start)
      default:
        return false
    }
  }

  private readEscape(draft: Draft): void {
    const next = this.text[this.at + 1]
    if (next !== '\n' && next !== undefined && this.at + 1 < this.end) {
      draft.parts.push(next)
      draft.quoted = true
    }
    this.at = Math.min(this.at + 2, this.end)
  }

  private readSingle(draft: Draft): void {
    const close = this.find("'", this.at + 1)
    draft.parts.push(this.text.slice(this.at + 1, close))
    draft.quoted = true
    this.at = Math.min(close + 1, this.end)
  }

  /** Up to the closing `"` and past it. */
  private readDouble(draft: Draft): void {
    draft.quoted = true
    while (this.at < this.end) {
      const run = this.match(inDouble)
      const next = this.text[this.at]
      if (run !== undefined) {
        draft.parts.push(run)
        this.at += run.length
      } else if (next === '"') {
        this.at++
        return
      } else if (next === '\\') {
        const escaped = this.text[this.at + 1] ?? ''
        if (escaped !== '\n') draft.parts.push(/["\\$`]/.test(escaped) ? escaped : `\\${escaped}`)
        this.at = Math.min(this.at + 2, this.end)
      } else if (next === '`') {
        draft.literal = false
        this.readBackquotes(true)
      } else {
        this.readDollar(draft, true)
      }
    }
  }

  private readDollar(draft: Draft, quoted: boolean): void {
    if (!quoted && this.looksAt("$'")) {
      this.readAnsi(draft)
    } else if (!quoted && this.looksAt('$"')) {
      this.at += 2
      this.readDouble(draft)
    } else if (this.looksAt('$(') || this.looksAt('${')) {
      draft.literal = false
      this.nested(() => this.readExpansion(quoted))
    } else {
      this.at++
      const name = this.match(parameter)
      if (name === undefined) draft.parts.push('$')
      else draft.literal = false
      this.at += name?.length ?? 0
    }
  }

  private readExpansion(quoted: boolean): void {
    if (this.looksAt('${')) {
      this.at += 2
      this.readUntil('}', quoted)
    } else if (this.looksAt('$((') && this.closesArithmetic(this.at + 3)) {
      this.at += 3
      this.readArithmetic()
    } else {
      this.at += 2
      this.readSubstitution('$(')
    }
  }

  private readAnsi(draft: Draft): void {
    let close = this.at + 2
    while (close < this.end && this.text[close] !== "'") close += this.text[close] === '\\' ? 2 : 1
    close = Math.min(close, this.end)
    draft.parts.push(ansiValue(this.text.slice(this.at + 2, close)))
    draft.quoted = true
    this.at = Math.min(close + 1, this.end)
  }

  protected readBackquotes(quoted: boolean): void {
    const from = this.at + 1
    let close = from
    while (close < this.end && this.text[close] !== '`') close += this.text[close] === '\\' ? 2 : 1
    close = Math.min(close, this.end)
    const raw = this.text.slice(from, close)
    this.nested(() => {
      const { depth } = this
      if (raw.includes('\\')) {
        const inner = raw.replace(quoted ? /\\([\\`$"])/g : /\\([\\`$])/g, '$1')
        this.readNested(inner, { from: 0, to: inner.length, firstLine: this.lineAt(from), depth }, '`')
      } else {
        this.readNested(this.text, { from, to: close, firstLine: this.lineAt(0), depth }, '`', this.lines)
      }
      this.at = Math.min(close + 1, this.end)
    })
  }

  private readProcessSubstitution(draft: Draft): boolean {
    if (this.text[this.at + 1] !== '(') return false
    const via = this.text[this.at] === '<' ? '<(' : '>('
    draft.literal = false
    if (via === '>(' && this.current) this.current.feedsProcess = true
    this.at += 2
    this.nested(() => this.readSubstitution(via))
    return true
  }

  /** `name=( … )` and `@( … )`; any other `(` ends a word. */
  private readParenthesis(draft: Draft, start: number): boolean {
    const before = this.text[this.at - 1] ?? ''
    if (before === '=' && assignmentStart.test(this.text.slice(start, this.at))) {
      draft.literal = false
      this.at++
      this.readUntil(')', false)
      return true
    }
    if (this.at === start || !/[?*+@!]/.test(before)) return false
    const from = this.at++
    this.readUntil(')', false)
    draft.parts.push(this.text.slice(from, this.at))
    return true
  }

  /** Up to a closing sign and past it, over quotes, expansions and parentheses. */
  protected readUntil(close: ')' | '}', quoted: boolean): void {
    const ignored: Draft = { parts: [], literal: true, quoted: false }
    while (this.at < this.end) {
      const next = this.text[this.at]
      ignored.parts.length = 0
      if (next === close) {
        this.at++
        return
      }
      const run = this.match(inBraces)
      if (run !== undefined) {
        this.at += run.length
      } else if (next === '(' && close === ')') {
        this.at++
        this.nested(() => this.readUntil(')', false))
      } else if (next === '#' && close === '}') {
        this.at++
      } else if (next === '#' && /\s/.test(this.text[this.at - 1] ?? '')) {
        this.at = this.find('\n', this.at)
      } else if (next === "'" && quoted) {
        this.at++
      } else if (next === '<' || next === '>') {
        if (!this.readProcessSubstitution(ignored)) this.at++
      } else if (!this.readPart(ignored, -1)) {
        this.at++
      }
    }
  }

  /** Up to `))` and past it. */
  protected readArithmetic(): void {
    this.readUntil(')', false)
    if (this.text[this.at] === ')' && this.at < this.end) this.at++
  }

  /** Whether the `((` before is closed by `))`: else these are two subshells. */
  protected closesArithmetic(from: number): boolean {
    let open = 2
    for (let at = from; at < this.end; at++) {
      const sign = this.text[at]
      if (sign === '\\') at++
      else if (sign === "'") at = this.find("'", at + 1)
      else if (sign === '(') open++
      else if (sign === ')' && --open === 1) return this.text[at + 1] === ')'
    }
    return false
  }

  /** The substitutions in a text that is otherwise data: a here-document. */
  protected readData(): void {
    const ignored: Draft = { parts: [], literal: true, quoted: false }
    while (this.at < this.end) {
      ignored.parts.length = 0
      const sign = this.text[this.at]
      if (sign === '\\') this.at += 2
      else if (sign === '`') this.readBackquotes(false)
      else if (sign === '$') this.readDollar(ignored, true)
      else this.at += this.match(/[^\\`$]+/y)?.length ?? 1
    }
  }
}

const ansiLetters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v'
}

/** What `$'…'` stands for. */
export function ansiValue(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255)
    return Object.hasOwn(ansiLetters, code) ? (ansiLetters[code] ?? code) : code
  })
}
