import type { Range } from './shell-cursor.ts'
import type { Command, HereDocument, Redirection } from './shell-types.ts'
import { WordReader } from './shell-words.ts'

/** Words that are part of the grammar where a command can begin. */
export const reserved =
  /(?:if|then|elif|else|fi|while|until|do|done|for|select|case|esac|function|coproc|time|\{|\}|!|\[\[)(?=[\s;&|()<>`]|$)/y
const assignment = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/
const redirection = /(\d+|\{[A-Za-z_]\w*\})?(&>>|&>|<<<|<<-|<<|<>|<&|>&|>>|>\||<(?!\()|>(?!\())/y
const separators = /(?:[\s;]|\\\r?\n)+/y
const whiteSpace = /(?:\s|\\\r?\n)+/y

/** Reads lists of commands, and simple ones. */
export abstract class ShellLists extends WordReader {
  private via: Command['via'] = 'list'
  private readonly waiting: { command: Command; redirection: Redirection }[] = []

  /** One that reads another text, or a part of this one, into the same commands. */
  protected abstract another(text: string, range: Range, lines?: number[]): ShellLists
  /** Reads the command that begins here. */
  protected abstract readKind(command: Command): void

  /** All of it, also where a word stands that closes nothing. */
  readAll(): void {
    while (this.at < this.end) {
      const before = this.at
      this.readList([])
      if (this.at === before) this.at++
    }
  }

  protected override readSubstitution(via: Command['via']): void {
    const outer = this.via
    const { current } = this
    this.via = via
    this.readList([')'])
    this.via = outer
    this.current = current
    if (this.looksAt(')')) this.at++
  }

  protected override readNested(text: string, range: Range, via: Command['via'], lineStarts?: number[]): void {
    const reader = this.another(text, range, lineStarts)
    reader.current = this.current
    reader.via = via
    reader.readAll()
  }

  /** Commands up to a word or sign that closes them, which is left. */
  protected readList(closing: readonly string[]): void {
    while (this.at < this.end) {
      this.skipSeparators()
      if (this.at >= this.end || this.looksAt(')') || this.closes(closing)) return
      const before = this.at
      if (!this.looksAt(';')) this.readAndOr()
      if (this.at === before) this.at++
    }
  }

  private closes(closing: readonly string[]): boolean {
    if (closing.includes(';;') && /^;(?:;&|;|&)/.test(this.text.slice(this.at, this.at + 3))) return true
    const word = this.match(reserved)
    return word !== undefined && closing.includes(word)
  }

  protected skipSeparators(): void {
    while (this.at < this.end) {
      if (this.looksAt(';;') || this.looksAt(';&')) return
      if (this.text[this.at] === '\n') this.readNewline()
      else if (this.text[this.at] === '#') this.skipComment()
      else if (this.text[this.at] === ';') this.at++
      else if (this.match(separators) !== undefined) this.skipOne()
      else return
    }
  }

  private skipOne(): void {
    if (this.text[this.at] === '\\') this.skipBlanks()
    else this.at++
  }

  protected skipNewlines(): void {
    while (this.at < this.end) {
      if (this.text[this.at] === '\n') this.readNewline()
      else if (this.text[this.at] === '#') this.skipComment()
      else if (this.match(whiteSpace) !== undefined) this.skipOne()
      else return
    }
  }

  private skipComment(): void {
    const newline = this.text.indexOf('\n', this.at)
    this.at = newline < 0 || newline > this.end ? this.end : newline
  }

  /** The end of a line, and the here-documents that begin after it. */
  private readNewline(): void {
    this.at++
    for (const { command, redirection } of this.waiting.splice(0)) {
      redirection.body = this.readHereDocument(command, redirection)
    }
  }

  private readHereDocument(command: Command, { operator, target }: Redirection): HereDocument {
    const { quoted } = target
    const wanted = target.value ?? target.text
    const tabs = operator === '<<-'
    const from = this.at
    let to = this.end
    while (this.at < this.end) {
      const newline = this.text.indexOf('\n', this.at)
      const lineEnd = newline < 0 || newline > this.end ? this.end : newline
      const line = this.text.slice(this.at, lineEnd)
      const isLast = (tabs ? line.replace(/^\t+/, '') : line) === wanted
      if (isLast) to = this.at
      this.at = Math.min(lineEnd + 1, this.end)
      if (isLast) break
    }
    const after = this.at
    if (!quoted) this.readSubstitutionsOf(command, from, to)
    const text = this.text.slice(from, to)
    return { text, quoted, firstLine: this.lineAt(from), lastLine: this.lineAt(Math.max(from, after - 1)) }
  }

  private readSubstitutionsOf(command: Command, from: number, to: number): void {
    const range = { from, to, firstLine: this.lineAt(0), depth: this.depth }
    const reader = this.another(this.text, range, this.lines)
    reader.current = command
    reader.readData()
  }

  private readAndOr(): void {
    const first = this.result.commands.length
    const outer = this.current
    this.readPipeline()
    for (;;) {
      this.skipBlanks()
      if (!this.looksAt('&&') && !this.looksAt('||')) break
      this.at += 2
      this.skipNewlines()
      this.readPipeline()
    }
    if (!this.looksAt('&') || this.looksAt('&>')) return
    this.at++
    this.own(first, outer).forEach((command) => {
      command.async = true
    })
  }

  /** Of the commands from `first` on those that are part of no later one. */
  private own(first: number, outer: Command | undefined): Command[] {
    return this.result.commands.slice(first).filter(({ inside, via }) => inside === outer && via === this.via)
  }

  private readPipeline(): void {
    const stages: Command[] = []
    for (;;) {
      this.skipPrefixes()
      const command = this.readCommand()
      if (command) stages.push(command)
      this.skipBlanks()
      if (!this.looksAt('|') || this.looksAt('||')) break
      this.at += this.looksAt('|&') ? 2 : 1
      this.skipNewlines()
    }
    if (stages.length < 2) return
    stages.forEach((command, stage) => {
      command.pipe = { stage, of: stages.length }
    })
  }

  private skipPrefixes(): void {
    for (;;) {
      this.skipBlanks()
      const word = this.match(reserved)
      if (word !== '!' && word !== 'time') return
      this.at += word.length
      this.skipBlanks()
      if (word === 'time') this.at += this.match(/-p(?=\s)/y)?.length ?? 0
    }
  }

  protected readCommand(): Command | undefined {
    if (this.at >= this.end || /[\n;&|)]/.test(this.text[this.at] ?? '')) return undefined
    const command: Command = {
      kind: 'simple',
      firstLine: this.lineAt(this.at),
      lastLine: 0,
      assignments: [],
      words: [],
      redirections: [],
      pipe: undefined,
      async: false,
      feedsProcess: false,
      inside: this.current,
      via: this.via
    }
    this.result.commands.push(command)
    const outer = this.via
    this.current = command
    this.via = 'list'
    this.nested(() => this.readKind(command))
    this.current = command.inside
    this.via = outer
    command.lastLine = this.lineAt(Math.max(this.at - 1, 0))
    return command
  }

  protected readBody(): void {
    this.skipBlanks()
    this.at += this.match(/\(\s*\)/y)?.length ?? 0
    this.skipNewlines()
    this.readCommand()
  }

  protected readSimple(command: Command): void {
    while (this.at < this.end) {
      this.skipBlanks()
      if (this.looksAt('#')) this.skipComment()
      if (this.readRedirection(command)) continue
      if (this.looksAt('(')) {
        if (command.words.length !== 1 || this.match(/\(\s*\)/y) === undefined) return
        command.kind = 'function'
        this.readBody()
        return
      }
      const word = this.readWord()
      if (word === undefined) return
      if (command.words.length === 0 && assignment.test(word.text)) command.assignments.push(word)
      else command.words.push(word)
    }
  }

  protected readRedirections(command: Command): void {
    this.skipBlanks()
    while (this.readRedirection(command)) this.skipBlanks()
  }

  private readRedirection(command: Command): boolean {
    const found = this.match(redirection)
    if (found === undefined) return false
    const [, descriptor, operator = ''] = /^(\d+|\{\w+\})?(.*)$/.exec(found) ?? []
    this.at += found.length
    this.skipBlanks()
    const target = this.readWord()
    if (target === undefined) return true
    const redirected: Redirection = { descriptor, operator, target }
    command.redirections.push(redirected)
    if (operator === '<<' || operator === '<<-') this.waiting.push({ command, redirection: redirected })
    return true
  }
}
