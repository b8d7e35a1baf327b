import { jsonPointer } from '../core/json-pointer.ts'
import { isRecord, type Json, textOf } from './json.ts'

/** One operation of RFC 6902; never `test`, which makes a Pod's creation fail where it fails. */
export type PatchOperation =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; from: string; path: string }

/** The operations that make one document of another. What both share, by identity, is not looked at. */
export function patchOf(from: unknown, to: unknown, path = ''): PatchOperation[] {
  if (Object.is(from, to)) return []
  if (Array.isArray(from) && Array.isArray(to)) return listPatch(from, to, path)
  if (isRecord(from) && isRecord(to)) return memberPatch(from, to, path)
  return [{ op: 'replace', path, value: to }]
}

function memberPatch(from: Json, to: Json, path: string): PatchOperation[] {
  const patch: PatchOperation[] = []
  const has = (object: Json, name: string) => Object.hasOwn(object, name) && object[name] !== undefined
  for (const name of Object.keys(from))
    if (has(from, name) && !has(to, name)) patch.push({ op: 'remove', path: path + jsonPointer([name]) })
  for (const name of Object.keys(to)) {
    const place = path + jsonPointer([name])
    if (!has(to, name)) continue
    if (has(from, name)) patch.push(...patchOf(from[name], to[name], place))
    else patch.push({ op: 'add', path: place, value: to[name] })
  }
  return patch
}

/** Removes from the end, adds from the beginning, then changes what stayed: each index is true when its turn comes. */
function listPatch(from: readonly unknown[], to: readonly unknown[], path: string): PatchOperation[] {
  const origins = originsOf(from, to)
  const kept = new Set(origins)
  const patch: PatchOperation[] = []
  for (let index = from.length - 1; index >= 0; index--)
    if (!kept.has(index)) patch.push({ op: 'remove', path: `${path}/${index}` })
  origins.forEach((origin, index) => {
    if (origin === undefined) patch.push({ op: 'add', path: `${path}/${index}`, value: to[index] })
  })
  origins.forEach((origin, index) => {
    if (origin !== undefined) patch.push(...elementPatch(from[origin], to[index], `${path}/${index}`))
  })
  return patch
}

/** Field by field where it is the same thing by name, else whole. */
function elementPatch(from: unknown, to: unknown, path: string): PatchOperation[] {
  const isSame = Object.is(from, to) || textOf(from, 'name') === textOf(to, 'name')
  return isSame ? patchOf(from, to, path) : [{ op: 'replace', path, value: to }]
}

/** For each element of the new list the index in the old one that it comes from or takes the place of; ascending. */
function originsOf(from: readonly unknown[], to: readonly unknown[]): (number | undefined)[] {
  const origins = ascending(matches(from, to))
  // What neither list shares, between two elements that both have: one takes the other's place.
  const ends: number[] = []
  for (let index = to.length - 1, end = from.length; index >= 0; index--) ends[index] = end = origins[index] ?? end
  let next = 0
  to.forEach((_, index) => {
    const free = next < (ends[index] as number) ? next : undefined
    origins[index] ??= free
    next = (origins[index] ?? next - 1) + 1
  })
  return origins
}

/** Which old element each new one is: the very same, else one of its name. Each old one is taken once. */
function matches(from: readonly unknown[], to: readonly unknown[]): (number | undefined)[] {
  const places = new Map<unknown, number[]>()
  const note = (key: unknown, index: number) => {
    const known = places.get(key)
    if (known) known.push(index)
    else places.set(key, [index])
  }
  const nameKey = (element: unknown) => {
    const name = textOf(element, 'name')
    return name === undefined ? undefined : `name ${name}`
  }
  from.forEach((element, index) => {
    note(element, index)
    const name = nameKey(element)
    if (name !== undefined) note(name, index)
  })
  const taken = new Set<number>()
  const take = (key: unknown): number | undefined => {
    const free = places.get(key) ?? []
    while (taken.has(free[0] as number)) free.shift()
    const first = free.shift()
    if (first !== undefined) taken.add(first)
    return first
  }
  const found = to.map(take)
  return to.map((element, index) => found[index] ?? (nameKey(element) === undefined ? undefined : take(nameKey(element))))
}

/** Drops indices until the rest ascends, as few as can be: the longest increasing subsequence. */
function ascending(indices: readonly (number | undefined)[]): (number | undefined)[] {
  const ends: number[] = [] // by length: the place of the smallest end
  const before: (number | undefined)[] = []
  const at = (place: number) => indices[place] as number
  indices.forEach((index, place) => {
    if (index === undefined) return
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (at(ends[middle] as number) < index) low = middle + 1
      else high = middle
    }
    before[place] = ends[low - 1]
    ends[low] = place
  })
  const kept = new Set<number>()
  for (let place = ends.at(-1); place !== undefined; place = before[place]) kept.add(place)
  return indices.map((index, place) => (kept.has(place) ? index : undefined))
}
