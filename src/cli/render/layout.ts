import { type Document, isCollection, isMap, isSeq, visit, type YAMLMap, type YAMLSeq } from 'yaml'
import { columnOf, isFirstInLine, itemPlaces, lineStart } from './text-places.ts'

/** How a document is written, so that what is added looks alike. */
export interface Layout {
  eol: '\n' | '\r\n'
  /** How many spaces a mapping in a mapping is indented. */
  step: number
  /** A list in a mapping is indented too. */
  indentsLists: boolean
  /** `{ a: 1 }` and not `{a: 1}`. */
  padsFlow: boolean
  /** The document is JSON, where text is quoted and nothing else is. */
  json: boolean
  /** Of JSON: one step of indentation, and nothing where it is written in one line. */
  jsonStep: string
  /** Of JSON: what stands between key and value. */
  jsonColon: string
}

/** Looks at how a document is written. */
export function layoutOf(document: Document.Parsed, text: string, part: string): Layout {
  const steps: number[] = []
  const lists: boolean[] = []
  visit(document, {
    Pair(_, { value }, ancestors) {
      const map = ancestors.at(-1)
      if (!isMap(map) || map.flow || !isCollection(value) || value.flow || value.items.length === 0) return
      const distance = columnOfItems(value as YAMLMap | YAMLSeq, text) - columnOfItems(map, text)
      if (isSeq(value)) lists.push(distance > 0)
      else if (distance > 0) steps.push(distance)
    }
  })
  const indented = lists.filter(Boolean).length
  const root = document.contents
  const json = isJson(part)
  const [first] = json && isCollection(root) ? itemPlaces(root as YAMLMap | YAMLSeq, text) : []
  return {
    eol: /\r\n/.test(part) ? '\r\n' : '\n',
    step: mostOften(steps) ?? 2,
    indentsLists: lists.length === 0 || indented * 2 >= lists.length,
    padsFlow: /[{[] [^\s}\]]/.test(part),
    json,
    jsonStep: first && isFirstInLine(text, first.start) ? text.slice(lineStart(text, first.start), first.start) : '',
    jsonColon: /"[ ]*:[ ]/.test(part) ? ': ' : ':'
  }
}

function columnOfItems(node: YAMLMap | YAMLSeq, text: string): number {
  const token = node.srcToken
  const offset = token?.offset ?? 0
  return columnOf(text, offset)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function mostOften(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0]
}
