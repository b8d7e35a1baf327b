import { isDeepStrictEqual } from 'node:util'
import { Document, isMap, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Expectation } from './test-file.ts'

/** A part of a text, and what is to stand there. */
interface Edit {
  from: number
  to: number
  text: string
}

/**
 * Rewrites what some cases expect, and nothing else: comments, order and every other character stay. `undefined` where a part
 * is shared by an anchor so that another case would change with it.
 */
export function updatedText(text: string, changes: ReadonlyMap<number, Expectation>): string | undefined {
  const document = parseDocument(text, { prettyErrors: false })
  const cases = document.get('cases', true)
  if (!isSeq(cases)) return undefined
  const edits: Edit[] = []
  for (const [index, expected] of changes) {
    const edit = editOf(text, cases.items[index], expected)
    if (edit === undefined) return undefined
    edits.push(edit)
  }
  const changed = edits
    .sort((a, b) => b.from - a.from)
    .reduce((all, { from, to, text: inserted }) => all.slice(0, from) + inserted + all.slice(to), text)
  return expectsAll(text, changed, changes) ? changed : undefined
}

function editOf(text: string, item: unknown, expected: Expectation): Edit | undefined {
  if (!isMap(item)) return undefined
  const pair = item.items.find(({ key }) => (key as { value?: unknown }).value === 'expect') as Pair<Node, Node> | undefined
  const [from, end] = pair?.value?.range ?? []
  if (!pair || from === undefined || end === undefined) return undefined
  const node = pair.value
  const whole = from + text.slice(from, end).trimEnd().length
  if (isSeq(node) && !node.flow && Array.isArray(expected) && expected.length > 0)
    return { from, to: whole, text: blockText(node, expected, columnOf(text, from)) }
  const to = endOf(node) ?? whole
  const keyEnd = pair.key.range?.[1] ?? from
  // What stood in lines of its own goes behind its key, unless a comment stands there.
  const between = /^\s*:\s*$/.exec(text.slice(keyEnd, from))
  return between ? { from: keyEnd, to, text: `: ${flowText(expected)}` } : { from, to, text: flowText(expected) }
}

/** Where the last text of a block ends: a comment behind it stays. */
function endOf(node: unknown): number | undefined {
  if (isMap(node) && !node.flow) return endOf(node.items.at(-1)?.value)
  if (isSeq(node) && !node.flow) return endOf(node.items.at(-1))
  return (node as Node | null)?.range?.[1]
}

/** The list with the items that stay as they are written, with their comments. */
function blockText(list: YAMLSeq, expected: readonly unknown[], column: number): string {
  const document = new Document()
  const old = [...list.items]
  const items = expected.map((one) => {
    const at = old.findIndex((item) => isDeepStrictEqual(plain((item as YAMLMap).toJSON()), plain(one)))
    return at < 0 ? document.createNode(one) : (old.splice(at, 1)[0] as Node)
  })
  list.items = items
  list.commentBefore = null
  list.comment = null
  document.contents = list as never
  return document
    .toString({ lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .join(`\n${' '.repeat(column)}`)
}

function flowText(expected: Expectation): string {
  if (Array.isArray(expected) && expected.length === 0) return 'none'
  const document = new Document(expected)
  const isPadded = !Array.isArray(expected) || expected.some((one) => typeof one !== 'string')
  return document.toString({ collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: isPadded }).trimEnd()
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

/** Whether every case expects what it did, or what it is to. */
function expectsAll(before: string, after: string, changes: ReadonlyMap<number, Expectation>): boolean {
  const wanted = expectationsOf(before).map((old, index) => (changes.has(index) ? changes.get(index) : old))
  return isDeepStrictEqual(expectationsOf(after).map(plain), wanted.map(plain))
}

function expectationsOf(text: string): unknown[] {
  const { cases } = parseDocument(text, { prettyErrors: false }).toJS() as { cases: { expect: unknown }[] }
  return cases.map(({ expect }) => (expect === 'none' ? [] : expect))
}

/** Without prototypes of its own. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
