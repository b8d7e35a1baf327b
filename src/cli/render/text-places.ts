import { type CST, isAlias, isCollection, isMap, isPair, isScalar, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { NotAsText } from './plan.ts'

/** Where an item of a collection stands in the text. */
export interface ItemPlace {
  /** Its key, its dash, or what anchors it. */
  start: number
  /** Behind the colon or dash, an anchor and a tag included: where the value may begin. */
  indicatorEnd: number
  /** Behind its last character, comments not included. */
  end: number
}

const aside: ReadonlySet<string> = new Set(['space', 'newline', 'comment', 'comma'])
const props: ReadonlySet<string> = new Set(['map-value-ind', 'seq-item-ind', 'anchor', 'tag'])

/** Where the items of a collection stand. @throws NotAsText for `? key` and for pairs in a list that have no braces */
export function itemPlaces(node: YAMLMap | YAMLSeq, text: string): ItemPlace[] {
  const token = node.srcToken
  if (!token || !('items' in token)) throw new NotAsText('a collection that has no token')
  return node.items.map((item, index) => {
    const source = isPair(item) ? item.srcToken : (token.items[index] as CST.CollectionItem)
    if (!source || !isMap(node) === isPair(item)) throw new NotAsText('a pair in a list')
    return placeOf(source, isPair(item) ? item : { key: undefined, value: item }, text)
  })
}

function placeOf(source: CST.CollectionItem, item: Pick<Pair, 'key' | 'value'>, text: string): ItemPlace {
  if (source.start.some(({ type }) => type === 'explicit-key-ind')) throw new NotAsText('an explicit key')
  const first = source.start.find(({ type }) => !aside.has(type))
  const start = first?.offset ?? offsetOf(source.key) ?? source.sep?.[0]?.offset ?? offsetOf(source.value)
  if (start === undefined) throw new NotAsText('an item without a token')
  const before = [...source.start, ...(source.sep ?? [])].filter(({ type }) => props.has(type)).at(-1)
  const key = item.key as Node | undefined
  const indicatorEnd = Math.max(before ? before.offset + before.source.length : 0, key ? endOf(key, text) : 0, start)
  return { start, indicatorEnd, end: Math.max(indicatorEnd, item.value === null ? 0 : endOf(item.value as Node, text)) }
}

function offsetOf(token: CST.Token | null | undefined): number | undefined {
  return token?.offset
}

/** Behind a node's last character, without the comments and white space that follow it. */
export function endOf(node: Node, text: string): number {
  const [from, to] = rangeOf(node)
  if (isScalar(node)) return isBlockScalar(node) ? blockScalarEnd(text, from, to) : to
  if (isAlias(node) || (isCollection(node) && node.flow)) return to
  const last = itemPlaces(node as YAMLMap | YAMLSeq, text).at(-1)
  return last?.end ?? to
}

/** The offsets of a node; those of a block collection take in what follows it. */
export function rangeOf({ range }: Pick<Node, 'range'>): readonly [number, number] {
  if (!range) throw new NotAsText('a node without a place')
  return [range[0], range[1]]
}

/** Whether a scalar is a block: `|` or `>` (YAML 1.2, §8.1). */
function isBlockScalar(node: unknown): boolean {
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
}

/** Empty lines at its end count with `+` alone. */
function blockScalarEnd(text: string, from: number, to: number): number {
  const source = text.slice(from, to)
  const keeps = /^[|>]\d?\+/.test(source)
  return keeps ? to : from + source.replace(/(?:\r?\n)+$/, '').length
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** Behind the end of the line of an offset; that of a block scalar which keeps its empty lines is there already. */
export function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** Whether nothing but white space stands before it in its line. */
export function isFirstInLine(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset))
}

/** The column of an offset, from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset)
}

/** Past the comments that stand deeper than a column, or, where `orAt`, at it. */
export function pastComments(text: string, from: number, column: number, orAt: boolean): number {
  let past = from
  for (let at = from; at < text.length; ) {
    const end = lineEnd(text, at + 1)
    const line = text.slice(at, end)
    const indent = /^[ \t]*(?=#)/.exec(line)?.[0].length
    if (indent !== undefined && (indent > column || (orAt && indent === column))) past = end
    else if (indent !== undefined || line.trim() !== '') break
    at = end
  }
  return past
}

/** Back over lines of comments and empty lines, to the end of the line before them. */
export function beforeComments(text: string, from: number, atLeast: number): number {
  let at = from
  while (at > atLeast) {
    const start = lineStart(text, at - 1)
    if (start < atLeast || !/^[ \t]*(?:#.*)?\r?\n?$/.test(text.slice(start, at))) break
    at = start
  }
  return at
}
