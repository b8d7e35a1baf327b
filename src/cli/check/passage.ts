import type { LineCounter, Node } from 'yaml'
import type { Diagnostic } from '../../index.ts'
import { diagnosticAt, type Finding, linesOf, type SourceFile, type Spot } from './source.ts'
import { isBlock, rangeOf, type TextNode } from './yaml-nodes.ts'

/** A text to be checked, which is a whole file or a value in one, and where it stands. */
export interface Passage {
  source: string
  /** What messages call it. */
  name: string
  text: string
  bytes: Uint8Array
  lines: readonly string[]
  /** Absolute, where it is a whole file. */
  file: string | undefined
  /** How many lines of the file stand before it, where its lines are the file's; nothing where they are not. */
  linesBefore: number | undefined
  /** The passage as it is indented in the file: its columns are the file's. Nothing where that can't be had. */
  inPlace: string | undefined
  /** It is a YAML text of which each line end is a space: `>`. */
  isFolded: boolean
  /** The diagnostic of a finding in the passage, at its place in the file. */
  diagnose(finding: Finding, spot?: Spot): Diagnostic
}

/** A file as one passage. */
export function wholeFile(file: SourceFile): Passage {
  return {
    ...file,
    name: file.source,
    isFolded: false,
    linesBefore: 0,
    inPlace: file.text,
    diagnose: (finding, spot) => diagnosticAt(file, finding, spot)
  }
}

/** A value in a YAML file: how its places come to be the file's depends on how it is written. */
export function valuePassage(file: SourceFile, counter: LineCounter, { scalar, key }: TextNode, name: string): Passage {
  const text = scalar.value
  const base = { ...baseOf(file, name, text), isFolded: scalar.type === 'BLOCK_FOLDED' }
  const [from, to] = rangeOf(scalar)
  const { line, col } = counter.linePos(from)
  if (scalar.type === 'BLOCK_LITERAL' && text.trim() !== '') return literal(file, base, line)
  const written = file.text.slice(from, to)
  const quotes = /^(["'])/.test(written) ? 1 : 0
  if (!isBlock(scalar) && text !== '' && written.slice(quotes, quotes ? -1 : undefined) === text)
    return oneLine(file, base, line, col - 1 + quotes)
  return rewritten(file, base, spotOf(counter, key === undefined ? [from, from + 1] : rangeOf(key)))
}

/** A text that stands in a YAML file in other words, at its key. */
export function decodedPassage(file: SourceFile, counter: LineCounter, key: Node, name: string, text: string): Passage {
  return rewritten(file, baseOf(file, name, text), spotOf(counter, rangeOf(key)))
}

function spotOf(counter: LineCounter, [from, to]: readonly [number, number]): Spot {
  const { line, col: column } = counter.linePos(from)
  return { line, column, length: to - from }
}

function baseOf({ source }: SourceFile, name: string, text: string): Base {
  const bytes = new TextEncoder().encode(text)
  return { source, name, text, bytes, lines: linesOf(text), file: undefined, isFolded: false }
}

type Base = Omit<Passage, 'linesBefore' | 'inPlace' | 'diagnose'>

/** A literal block: its lines are the file's, indented. */
function literal(file: SourceFile, base: Base, header: number): Passage {
  const rows = file.lines.slice(header, header + base.lines.length)
  // A document marker stands at the start of a line, and can't be moved.
  const movable = !base.lines.some((line) => /^(?:---|\.\.\.|%)/.test(line))
  const inPlace = movable ? `${rows.join('\n')}${base.text.endsWith('\n') ? '\n' : ''}` : undefined
  return {
    ...base,
    linesBefore: header,
    inPlace,
    diagnose(finding, spot = { line: 1 }) {
      const indentation = Math.max(0, (rows[spot.line - 1] ?? '').length - (base.lines[spot.line - 1] ?? '').length)
      const column = spot.column === undefined ? undefined : spot.column + indentation
      return diagnosticAt(file, finding, { line: Math.max(1, spot.line + header), column, length: spot.length })
    }
  }
}

/** A plain or quoted text of one line, without escapes. */
function oneLine(file: SourceFile, base: Base, line: number, before: number): Passage {
  return {
    ...base,
    linesBefore: line - 1,
    inPlace: `${' '.repeat(before)}${base.text}`,
    diagnose(finding, { column = 1, length = Math.max(1, base.text.length - column + 1) } = { line: 1 }) {
      return diagnosticAt(file, finding, { line, column: before + column, length })
    }
  }
}

/** A folded or escaped text, whose lines are none of the file's. */
function rewritten(file: SourceFile, base: Base, key: Spot): Passage {
  return {
    ...base,
    linesBefore: undefined,
    inPlace: undefined,
    diagnose(finding, spot) {
      const where = spot === undefined ? '' : ` (line ${spot.line} of the value)`
      return diagnosticAt(file, { ...finding, message: finding.message + where }, key)
    }
  }
}
