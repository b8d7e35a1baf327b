import { isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Editing } from './edit.ts'
import { type Branch, type Child, NotAsText } from './plan.ts'
import { type ItemPlace, isFirstInLine, itemPlaces, lineStart, rangeOf } from './text-places.ts'
import { flowItem } from './written-value.ts'

/** Takes away, and adds, items of a flow collection: `{ }`, `[ ]`, and all of JSON. */
export function editFlow(editing: Editing, { node, children }: Branch, places: readonly ItemPlace[]): void {
  const { text, layout, edits } = editing
  const staying = children.flatMap(({ index }) => index ?? [])
  const [firstStaying] = staying
  if (firstStaying === undefined) {
    refill(editing, node, children)
    return
  }
  removeItems(editing, places, staying)
  const isInLines = places[0] !== undefined && isFirstInLine(text, places[0].start)
  const indent = isInLines && places[0] ? text.slice(lineStart(text, places[0].start), places[0].start) : ''
  const space = isInLines ? `${layout.eol}${indent}` : oneLineSpace(editing)
  let last: number | undefined
  for (const child of children) {
    if (child.index !== undefined) {
      last = child.index
      continue
    }
    const item = written(editing, child, indent)
    const at = placeAt(places, last ?? firstStaying)
    if (last === undefined) edits.push({ from: at.start, to: at.start, text: `${item},${space}` })
    else edits.push({ from: at.end, to: at.end, text: `,${space}${item}` })
  }
}

/** Nothing of what was in it stays. */
function refill(editing: Editing, node: YAMLMap | YAMLSeq, children: readonly Child[]): void {
  const { text, layout, edits } = editing
  const [from, to] = rangeOf(node)
  const outer = /^[ \t]*/.exec(text.slice(lineStart(text, from), from))?.[0] ?? ''
  const inner = layout.jsonStep === '' ? '' : `${layout.eol}${outer}${layout.jsonStep}`
  const items = children.map((child) => written(editing, child, `${outer}${layout.jsonStep}`))
  const joined = items.join(`,${inner === '' ? oneLineSpace(editing) : inner}`)
  const pad = inner === '' && layout.padsFlow && !layout.json ? ' ' : ''
  const filled = `${inner}${pad}${joined}${inner === '' ? pad : `${layout.eol}${outer}`}`
  edits.push({ from: from + 1, to: to - 1, text: items.length === 0 ? '' : filled })
}

function removeItems({ edits }: Editing, places: readonly ItemPlace[], staying: readonly number[]): void {
  const last = Math.max(...staying)
  for (const [index, { start }] of places.entries())
    if (index < last && !staying.includes(index)) edits.push({ from: start, to: placeAt(places, index + 1).start, text: '' })
  if (last < places.length - 1)
    edits.push({ from: placeAt(places, last).end, to: placeAt(places, places.length - 1).end, text: '' })
}

function placeAt(places: readonly ItemPlace[], index: number): ItemPlace {
  const place = places[index]
  if (!place) throw new NotAsText('an item without a place')
  return place
}

function oneLineSpace({ layout }: Editing): string {
  return layout.json && layout.jsonColon === ':' ? '' : ' '
}

function written({ layout }: Editing, { key, planned }: Child, indent: string): string {
  return flowItem(key, 'value' in planned ? planned.value : undefined, layout, indent)
}

/** Writes a value in the place of another in a flow collection. */
export function replaceInFlow(editing: Editing, parent: YAMLMap | YAMLSeq, place: ItemPlace, value: unknown): void {
  const { text, layout, edits } = editing
  const index = itemPlaces(parent, text).findIndex(({ start }) => start === place.start)
  const item = parent.items[index]
  const old = (isSeq(parent) ? item : (item as Pair).value) as Node | null
  const [from, to] = old === null ? [place.end, place.end] : rangeOf(old)
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, place.start), place.start))?.[0] ?? ''
  const written = flowItem(undefined, value, layout, indent)
  edits.push(
    from === to ? { from: place.indicatorEnd, to: place.indicatorEnd, text: ` ${written}` } : { from, to, text: written }
  )
}
