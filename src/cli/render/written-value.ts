import { Document, isMap, isScalar, isSeq, Scalar, visit } from 'yaml'
import type { Layout } from './layout.ts'
import { escapeOdd, escapeOddInJson, quoteOdd } from './yaml-escapes.ts'

/** A new value as it stands in a block: the rest of the line of its key or dash, and the lines that follow. */
export interface WrittenValue {
  /** With the space before it; nothing where the value begins in the next line. */
  head: string
  /** Indented as if key or dash stood at column 0. */
  lines: readonly string[]
}

const toText = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER, minContentWidth: 0 }
// Quotes what YAML 1.1 would take for a boolean, a number or a date.
const toNodes = { compat: 'yaml-1.1', aliasDuplicateObjects: false } as const

/** A pair of a block mapping, in lines. */
export function pairLines(key: string, value: unknown, layout: Layout, like?: unknown): string[] {
  return blockLines({ [key]: value }, layout, like)
}

/** An element of a block sequence, in lines. */
export function elementLines(value: unknown, layout: Layout, like?: unknown): string[] {
  return blockLines([value], layout, like)
}

function blockLines(value: unknown, { step, indentsLists }: Layout, like: unknown): string[] {
  const document = new Document(value, toNodes)
  const inner = isMap(document.contents)
    ? document.contents.items[0]?.value
    : isSeq(document.contents) && document.contents.items[0]
  if (isScalar(inner) && isScalar(like) && typeof inner.value === 'string' && typeof like.value === 'string')
    inner.type = styleOf(like)
  // As a block it would have an indicator of its indentation, which yaml gets wrong where that is not 2.
  quote(document, /^\s/)
  quoteOdd(document)
  return escapeOdd(document.toString({ ...toText, indent: step, indentSeq: indentsLists }))
    .replace(/\n$/, '')
    .split('\n')
}

/** Double quotes for texts like these, which then stand in one line. */
function quote(document: Document, texts: RegExp): void {
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && texts.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
    }
  })
}

/** As the text that it takes the place of; one that was plain may have to be quoted. */
function styleOf({ type }: Scalar): Scalar.Type {
  return (type as Scalar.Type | undefined) ?? Scalar.PLAIN
}

/** The value in the place of another, behind its key or dash. */
export function writtenValue(value: unknown, layout: Layout, isElement: boolean, like?: unknown): WrittenValue {
  const [first = '', ...lines] = isElement ? elementLines(value, layout, like) : pairLines('k', value, layout, like)
  return { head: first.slice(isElement ? 1 : 2), lines }
}

/** A pair or an element of a flow collection; `indent` is that of its line. */
export function flowItem(key: string | undefined, value: unknown, layout: Layout, indent: string): string {
  if (layout.json) {
    const written = jsonText(value, layout, indent)
    return escapeOddInJson(key === undefined ? written : `${JSON.stringify(key)}${layout.jsonColon}${written}`)
  }
  const document = new Document(key === undefined ? [value] : { [key]: value }, toNodes)
  quote(document, /\n/)
  quoteOdd(document)
  return escapeOdd(document.toString({ ...toText, collectionStyle: 'flow', flowCollectionPadding: layout.padsFlow }))
    .trim()
    .slice(1, -1)
    .trim()
}

function jsonText(value: unknown, { jsonStep, jsonColon, eol }: Layout, indent: string): string {
  if (jsonStep !== '') return JSON.stringify(value, null, jsonStep).replaceAll('\n', `${eol}${indent}`)
  if (jsonColon === ':' || typeof value !== 'object' || value === null) return JSON.stringify(value)
  const items = Array.isArray(value)
    ? value.map((element) => jsonText(element, { jsonStep, jsonColon, eol } as Layout, indent))
    : Object.entries(value).map(
        ([key, one]) => `${JSON.stringify(key)}: ${jsonText(one, { jsonStep, jsonColon, eol } as Layout, indent)}`
      )
  return Array.isArray(value) ? `[${items.join(', ')}]` : `{${items.join(', ')}}`
}
