import type { Range } from './shell-cursor.ts'
import { reserved, ShellLists } from './shell-lists.ts'
import type { Command, CommandKind, Word } from './shell-types.ts'

/** Reads commands: which of them begins here, and the compound ones. */
export class CommandReader extends ShellLists {
  protected override another(text: string, range: Range, lines?: number[]): CommandReader {
    return new CommandReader(text, range, this.result, lines)
  }

  protected override readKind(command: Command): void {
    const word = this.match(reserved)
    if (this.looksAt('((') && this.closesArithmetic(this.at + 2)) this.readArithmeticCommand(command, '((')
    else if (this.looksAt('(')) this.readGroup(command, '(', ')')
    else if (word !== undefined) this.readReserved(command, word)
    else this.readSimple(command)
    this.readRedirections(command)
  }

  private readReserved(command: Command, word: string): void {
    this.at += word.length
    switch (word) {
      case '{':
        this.at -= word.length
        this.readGroup(command, '{', '}')
        break
      case 'if':
        command.kind = 'if'
        this.readClauses(['then', 'elif', 'else', 'fi'], 'fi')
        break
      case 'while':
      case 'until':
        command.kind = word
        this.readClauses(['do', 'done'], 'done')
        break
      case 'for':
      case 'select':
        this.readFor(command, word)
        break
      case 'case':
        this.readCase(command)
        break
      case '[[':
        this.readCondition(command)
        break
      case 'function':
      case 'coproc':
        this.readNamed(command, word)
        break
    }
  }

  private readGroup(command: Command, kind: '(' | '{', close: string): void {
    command.kind = kind
    this.at++
    this.readList([close])
    if (this.looksAt(close)) this.at++
  }

  /** Lists between words, up to the last word. */
  private readClauses(words: readonly string[], last: string): void {
    while (this.at < this.end) {
      this.readList(words)
      const word = this.match(reserved)
      if (word === undefined || !words.includes(word)) return
      this.at += word.length
      if (word === last) return
    }
  }

  private readArithmeticCommand(command: Command, kind: CommandKind): void {
    const from = this.at
    command.kind = kind
    this.at += 2
    this.readArithmetic()
    const text = this.text.slice(from + 2, Math.max(from + 2, this.at - 2))
    command.words.push({ text, value: undefined, line: this.lineAt(from), quoted: false })
  }

  private readFor(command: Command, word: 'for' | 'select'): void {
    command.kind = word
    this.skipBlanks()
    if (this.looksAt('((')) {
      this.readArithmeticCommand(command, 'for((')
    } else {
      this.takeWord(command)
      this.skipNewlines()
      if (this.match(/in(?=[\s;]|$)/y) !== undefined) {
        this.at += 2
        this.skipBlanks()
        while (this.takeWord(command)) this.skipBlanks()
      }
    }
    this.skipSeparators()
    const opening = this.match(reserved)
    if (opening !== '{' && opening !== 'do') return
    const last = opening === '{' ? '}' : 'done'
    this.at += opening.length
    this.readClauses([last], last)
  }

  private takeWord(command: Command): boolean {
    const word = this.readWord()
    if (word) command.words.push(word)
    return word !== undefined
  }

  private readCase(command: Command): void {
    command.kind = 'case'
    this.skipBlanks()
    this.takeWord(command)
    this.skipNewlines()
    if (this.match(/in(?=\s|$)/y) === undefined) return
    this.at += 2
    const patterns: Word[] = []
    command.patterns = patterns
    while (this.at < this.end) {
      this.skipNewlines()
      if (this.match(reserved) === 'esac') {
        this.at += 4
        return
      }
      const before = this.at
      this.readPatterns(patterns)
      this.readList(['esac', ';;'])
      this.at += this.match(/;;&|;;|;&/y)?.length ?? 0
      if (this.at === before) return
    }
  }

  private readPatterns(patterns: Word[]): void {
    if (this.looksAt('(')) this.at++
    while (this.at < this.end) {
      this.skipBlanks()
      if (this.looksAt(')')) {
        this.at++
        return
      }
      if (this.looksAt('|')) {
        this.at++
        continue
      }
      const word = this.readWord()
      if (word === undefined) return
      patterns.push(word)
    }
  }

  private readCondition(command: Command): void {
    command.kind = '[['
    while (this.at < this.end) {
      this.skipNewlines()
      if (this.match(/\]\](?=[\s;&|()<>]|$)/y) !== undefined) {
        this.at += 2
        return
      }
      const from = this.at
      if (this.takeWord(command)) continue
      this.at++
      command.words.push({ text: this.text.slice(from, this.at), value: undefined, line: this.lineAt(from), quoted: false })
    }
  }

  /** `function NAME { … }` and `coproc [NAME] COMMAND`. */
  private readNamed(command: Command, kind: 'function' | 'coproc'): void {
    command.kind = kind
    this.skipBlanks()
    const name = kind === 'function' ? /[^\s;&|()<>]+/y : /[A-Za-z_]\w*(?=\s+[({])/y
    const found = this.match(name)
    if (found !== undefined) {
      command.words.push({ text: found, value: found, line: this.lineAt(this.at), quoted: false })
      this.at += found.length
    }
    if (kind === 'function') {
      this.readBody()
    } else {
      this.skipBlanks()
      this.readCommand()
    }
  }
}
