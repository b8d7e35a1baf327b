import { isCollection, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Editing } from './edit.ts'
import { type Branch, type Child, NotAsText } from './plan.ts'
import {
  beforeComments,
  columnOf,
  endOf,
  type ItemPlace,
  isFirstInLine,
  itemPlaces,
  lineEnd,
  lineStart,
  pastComments,
  rangeOf
} from './text-places.ts'
import { elementLines, pairLines, writtenValue } from './written-value.ts'

/** Takes away, and adds, items of a block collection; what is inside of those that stay is none of its business. */
export function editBlock(
  editing: Editing,
  { node, children }: Branch,
  places: readonly ItemPlace[],
  own: ItemPlace | undefined
): void {
  const staying = children.flatMap(({ index }) => index ?? [])
  removeItems(editing, places, (index) => !staying.includes(index))
  let last: number | undefined
  let added: Child[] = []
  for (const child of [...children, undefined]) {
    if (child !== undefined && child.index === undefined) {
      added.push(child)
      continue
    }
    if (added.length > 0) addItems(editing, node, linesOf(editing, added), { places, own, after: last })
    added = []
    last = child?.index
  }
}

function linesOf({ layout }: Editing, children: readonly Child[]): string[] {
  return children.flatMap(({ key, planned }) => {
    const value = 'value' in planned ? planned.value : undefined
    return key === undefined ? elementLines(value, layout) : pairLines(key, value, layout)
  })
}

interface Gap {
  places: readonly ItemPlace[]
  own: ItemPlace | undefined
  /** The item before the gap; nothing where it is before all that stay. */
  after: number | undefined
}

function addItems(editing: Editing, node: YAMLMap | YAMLSeq, lines: readonly string[], { places, own, after }: Gap): void {
  const { text, layout } = editing
  const [first] = places
  if (first === undefined) throw new NotAsText('a block collection without items')
  const column = columnOf(text, first.start)
  const previous = after === undefined ? undefined : places[after]
  if (previous) {
    // A comment in the column of a list that is not indented is one of the key that follows.
    const isIndented = !(isSeq(node) && own !== undefined && columnOf(text, own.start) === column) && column > 0
    const orAt = after === places.length - 1 && isIndented
    insertLines(editing, pastComments(text, lineEnd(text, previous.end), column, orAt), lines, column)
  } else if (isFirstInLine(text, first.start)) {
    const start = lineStart(text, first.start)
    insertLines(editing, own === undefined ? start : beforeComments(text, start, lineEnd(text, own.indicatorEnd)), lines, column)
  } else {
    const next = `${layout.eol}${' '.repeat(column)}`
    const { start } = first
    editing.edits.push({ from: start, to: start, text: lines.map((line) => `${line}${next}`).join('') })
  }
}

function insertLines({ layout: { eol }, edits }: Editing, at: number, lines: readonly string[], column: number): void {
  const indented = lines.map((line) => `${line === '' ? '' : ' '.repeat(column)}${line}${eol}`)
  edits.push({ from: at, to: at, text: indented.join('') })
}

/** Takes away items with their own lines, but not the comments round them. */
function removeItems({ text, edits }: Editing, places: readonly ItemPlace[], isGone: (index: number) => boolean): void {
  const [first] = places
  const nextStaying = places.findIndex((_, index) => !isGone(index))
  let from = 0
  if (first && isGone(0) && !isFirstInLine(text, first.start)) {
    const next = places[nextStaying]
    if (!next) throw new NotAsText('a collection beside its own dash that loses every item')
    edits.push({ from: first.start, to: next.start, text: '' })
    from = nextStaying
  }
  for (const [index, { start, end }] of places.entries())
    if (index >= from && isGone(index)) edits.push({ from: lineStart(text, start), to: lineEnd(text, end), text: '' })
}

/** Writes something in one line where a block collection was. */
export function emptyBlock(editing: Editing, node: YAMLMap | YAMLSeq, place: ItemPlace, head: string): void {
  const { text, edits } = editing
  const places = itemPlaces(node, text)
  const start = places[0]?.start ?? 0
  if (!isFirstInLine(text, start)) {
    edits.push({ from: start, to: endOf(node, text), text: head.trimStart() })
    return
  }
  edits.push({ from: place.indicatorEnd, to: place.indicatorEnd, text: head })
  removeItems(editing, places, () => true)
}

/** Writes a value in the place of another, which is a pair's or an element's of a block collection. */
export function replaceInBlock(editing: Editing, parent: YAMLMap | YAMLSeq, place: ItemPlace, value: unknown): void {
  const { text, layout, edits } = editing
  const old = oldValue(parent, place, editing)
  const { head, lines } = writtenValue(value, layout, isSeq(parent), old)
  const column = columnOf(text, place.start)
  const [from, to] = rangeIn(old, place)
  if (isCollection(old) && !old.flow && lines.length === 0) {
    emptyBlock(editing, old as YAMLMap | YAMLSeq, place, value === null ? '' : head)
    return
  }
  const isInLine = !/\n/.test(text.slice(place.indicatorEnd, to))
  if (!isInLine || (isCollection(old) && !old.flow)) {
    const whole = [head, ...lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line))].join(layout.eol)
    // The rest of the line would be taken for text of a block scalar: a comment there goes.
    const end = lines.length > 0 ? lineEnd(text, place.end) : place.end
    edits.push({ from: place.indicatorEnd, to: end, text: text[end - 1] === '\n' ? whole + layout.eol : whole })
    return
  }
  if (head === '') edits.push({ from: place.indicatorEnd, to, text: '' })
  else if (from === to) edits.push({ from: place.indicatorEnd, to: place.indicatorEnd, text: head })
  else edits.push({ from, to, text: head.trimStart() })
  if (lines.length > 0) insertLines(editing, lineEnd(text, to), lines, column)
}

function rangeIn(old: Node | null, { indicatorEnd }: ItemPlace): readonly [number, number] {
  const [from, to] = old === null ? [indicatorEnd, indicatorEnd] : rangeOf(old)
  return from === to ? [indicatorEnd, indicatorEnd] : [from, to]
}

function oldValue(parent: YAMLMap | YAMLSeq, place: ItemPlace, { text }: Editing): Node | null {
  const index = itemPlaces(parent, text).findIndex(({ start }) => start === place.start)
  const item = parent.items[index]
  return (isSeq(parent) ? item : (item as Pair).value) as Node | null
}
