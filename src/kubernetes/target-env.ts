import { type Content, contentOf, cutAll, holdsAll, isSameText, type JoinedText, join } from './joined-text.ts'
import { type Json, member, textOf, withMember } from './json.ts'
import type { Ownership } from './ownership.ts'
import { variableDigest } from './server-defaults.ts'
import { fillSlots, type Item } from './slots.ts'

/** A text that is to be joined to a variable. */
export interface Joining {
  name: string
  sep: string
  text: string
}

type NamedText = JoinedText & { name: string }

/** Of several variables of one name the last counts. */
export function lastNamed(env: readonly unknown[], name: string): number {
  for (let index = env.length - 1; index >= 0; index--) if (textOf(env[index], 'name') === name) return index
  return -1
}

/** Where our plain variables stand: as we wanted them, or changed by others. */
function ownVariables(
  env: readonly unknown[],
  recorded: ReadonlyMap<string, string>
): Map<number, { name: string; isChanged: boolean }> {
  const places = new Map<number, { name: string; isChanged: boolean }>()
  for (const [name, digest] of recorded) {
    const asWanted = env.findIndex((one) => textOf(one, 'name') === name && variableDigest(one as Json) === digest)
    const place = asWanted >= 0 ? asWanted : lastNamed(env, name)
    if (place >= 0) places.set(place, { name, isChanged: asWanted < 0 })
  }
  return places
}

/** The target's variables with ours: those that we set, and texts joined to others. */
export function placeEnv(
  env: readonly unknown[],
  old: Pick<Ownership, 'env' | 'joined'>,
  wanted: { env: readonly Item[]; joined: readonly Joining[] }
): { env: readonly unknown[]; joined: NamedText[]; stays: string[]; stuck: string[] } {
  const own = ownVariables(env, old.env)
  const stays: string[] = []
  const keyOf = (_: unknown, index: number) => {
    const found = own.get(index)
    if (found === undefined || !found.isChanged) return found?.name
    const isSame = wanted.env.some(({ key, digest }) => key === found.name && digest === old.env.get(key))
    if (!isSame) stays.push(found.name)
    return isSame ? found.name : undefined
  }
  const filled = fillSlots(env, { keyOf, wanted: wanted.env, recorded: old.env })

  const names = new Set([...old.joined, ...wanted.joined].map(({ name }) => name))
  const of = <One extends { name: string }>(all: readonly One[], name: string) => all.filter((one) => one.name === name)
  const changes = Array.from(names, (name) => rejoin(filled, of(old.joined, name), of(wanted.joined, name)))
  const result: unknown[] = []
  for (const variable of filled) {
    const change = changes.find(({ place }) => place === variable)
    const joinedTo = change ? change.variable : variable
    if (joinedTo !== undefined) result.push(joinedTo)
  }
  for (const { place, variable } of changes) if (place === undefined && variable !== undefined) result.push(variable)
  const isSame = result.length === env.length && result.every((one, index) => Object.is(one, env[index]))
  return {
    env: isSame ? env : result,
    joined: changes.flatMap(({ joined }) => joined),
    stays,
    stuck: changes.flatMap(({ stuck }) => stuck)
  }
}

/** One variable with the texts that are wanted in it, in the place of those that we joined before. */
function rejoin(
  env: readonly unknown[],
  before: readonly NamedText[],
  wanted: readonly Joining[]
): { place: unknown; variable: unknown; joined: NamedText[]; stuck: string[] } {
  const name = (before[0] ?? wanted[0])?.name ?? ''
  const place = env[placeOfJoined(env, name, before)]
  const now = variableContent(place)
  if (now === undefined) return { place, variable: place, joined: [], stuck: [] } // no text: told as a conflict where one is wanted
  const { content: base, missing, stuck } = cutAll(now, before)
  const isSame = before.length === wanted.length && before.every((one, at) => isSameText(one, wanted[at]))
  if (isSame && missing.length === stuck.length) return { place, variable: place, joined: [...before], stuck: [] }
  let content = base
  const joined: NamedText[] = []
  for (const wish of wanted) {
    // One that can't be cut out is there all the same: joined again it would stand twice.
    const there = stuck.find((one) => isSameText(one, wish))
    const one = there ? { content, joined: there } : join(content, wish.sep, wish.text)
    content = one.content
    joined.push({ name, ...one.joined })
  }
  const stays = stuck.some((one) => !wanted.some((wish) => isSameText(one, wish)))
  return { place, variable: withContent(place, name, content), joined, stuck: stays ? [name] : [] }
}

function placeOfJoined(env: readonly unknown[], name: string, before: readonly JoinedText[]): number {
  const holds = (one: unknown) => textOf(one, 'name') === name && holdsAll(variableContent(one) ?? { was: 'none' }, before)
  const found = before.length === 0 ? -1 : env.findIndex(holds)
  return found >= 0 ? found : lastNamed(env, name)
}

/** What a variable holds; `undefined` where that is no text. */
export function variableContent(variable: unknown): Content | undefined {
  if (member(variable, 'valueFrom') !== undefined) return undefined
  return contentOf(variable !== undefined, (variable as { value?: unknown } | undefined)?.value)
}

function withContent(variable: unknown, name: string, content: Content): unknown {
  if (content.was === 'none') return undefined
  const value = { absent: undefined, null: null, empty: '', text: content.value }[content.was]
  return withMember((variable ?? { name }) as Json, 'value', value)
}
