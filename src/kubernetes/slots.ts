/** Something of ours in a list: found again by its key, changed where its digest is another one. */
export interface Item {
  key: string
  /** Of what we want, not of what is there. */
  digest: string
  value: unknown
}

interface Slots {
  /** The key of an element that is ours. */
  keyOf(element: unknown, index: number): string | undefined
  wanted: readonly Item[]
  /** Digests by key, of what we wanted when we were here before. */
  recorded: ReadonlyMap<string, string>
  /** What must hold of an element of ours that stays, whatever others did to it. */
  mend?(element: unknown): unknown
  /** Where ours go while none is there. @default the end */
  at?: number
}

/**
 * The list with ours as they are wanted: what is there and was wanted like this stays, whatever became of it. The slots that ours
 * have are filled anew, new ones follow our last. Theirs stay as they are, order included.
 */
export function fillSlots(
  list: readonly unknown[],
  { keyOf, wanted, recorded, mend = (one) => one, at }: Slots
): readonly unknown[] {
  const keys: (string | undefined)[] = []
  const there = new Map<string, unknown>()
  list.forEach((element, index) => {
    const key = keyOf(element, index)
    const isOurs = key !== undefined && !there.has(key)
    keys.push(isOurs ? key : undefined)
    if (isOurs) there.set(key, element)
  })
  const elementOf = ({ key, digest, value }: Item) =>
    there.has(key) && recorded.get(key) === digest ? mend(there.get(key)) : value
  const queue = inOrder(wanted, recorded, there).map(elementOf)
  const slots = keys.filter((key) => key !== undefined).length
  const result: unknown[] = []
  let filled = 0
  list.forEach((element, index) => {
    if (slots === 0 && index === at) result.push(...queue.splice(0))
    if (keys[index] === undefined) result.push(element)
    else {
      filled++
      result.push(...queue.splice(0, filled === slots ? queue.length : 1))
    }
  })
  result.push(...queue)
  return result.length === list.length && result.every((element, index) => Object.is(element, list[index])) ? list : result
}

/** Where all of ours are there for the same wish, others may have changed their order. */
function inOrder(
  wanted: readonly Item[],
  recorded: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, unknown>
): readonly Item[] {
  const isSame = recorded.size === wanted.length && [...recorded.keys()].every((key, index) => key === wanted[index]?.key)
  if (!isSame || there.size !== wanted.length) return wanted
  const byKey = new Map(wanted.map((item) => [item.key, item]))
  return [...there.keys()].flatMap((key) => byKey.get(key) ?? [])
}
