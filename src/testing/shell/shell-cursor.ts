import type { Command, ShellText } from './shell-types.ts'

/** A part of a text that is read. */
export interface Range {
  from: number
  to: number
  /** The number of the whole text's first line. */
  firstLine: number
  /** How deep it nests already. */
  depth: number
}

const blanks = /(?:[ \t\r]|\\\r?\n)+/y
const mostNested = 100

/** A place in a text that goes on. */
export abstract class ShellCursor {
  protected at: number
  protected readonly end: number
  protected depth: number
  /** The command that is being read. */
  protected current: Command | undefined
  /** Where each line of the text begins. */
  protected readonly lines: number[]
  private readonly firstLine: number

  constructor(
    protected readonly text: string,
    range: Range,
    protected readonly result: ShellText,
    lines?: number[]
  ) {
    this.at = range.from
    this.end = range.to
    this.depth = range.depth
    this.firstLine = range.firstLine
    this.lines = lines ?? lineStartsOf(text)
  }

  protected lineAt(offset: number): number {
    let low = 0
    let high = this.lines.length
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if ((this.lines[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return this.firstLine + low
  }

  protected looksAt(what: string): boolean {
    return this.at + what.length <= this.end && this.text.startsWith(what, this.at)
  }

  protected match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    return found && this.at + found.length > this.end ? found.slice(0, this.end - this.at) : found
  }

  protected skipBlanks(): void {
    this.at += this.match(blanks)?.length ?? 0
  }

  /** Goes one level deeper, or gives up on the whole rest. */
  protected nested(read: () => void): void {
    if (this.depth >= mostNested) {
      this.result.gaveUp ??= this.lineAt(this.at)
      this.at = this.end
      return
    }
    this.depth++
    read()
    this.depth--
  }

  protected find(what: string, from: number): number {
    const found = this.text.indexOf(what, from)
    return found < 0 || found > this.end ? this.end : found
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
