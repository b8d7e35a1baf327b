/** A JSON object. */
type Members = Record<string, unknown>

/** An object with members, and no list. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The steps of a JSON pointer (RFC 6901). */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Whether two JSON values are the same, in whatever order their members stand. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((element, index) => isSame(element, other[index]))
  if (!isMembers(one) || !isMembers(other)) return Object.is(one, other)
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  )
}

/** What is done at a place: `write` adds or replaces. */
export type Change = { write: unknown; insert: boolean } | 'remove'

/** A copy of a value with one place changed. */
export function changed(value: unknown, [step, ...rest]: readonly string[], change: Change): unknown {
  if (step === undefined) return change === 'remove' ? null : change.write
  if (Array.isArray(value)) {
    const copy = [...value]
    const index = step === '-' ? copy.length : Number(step)
    if (rest.length > 0) copy[index] = changed(copy[index], rest, change)
    else if (change === 'remove') copy.splice(index, 1)
    else copy.splice(index, change.insert ? 0 : 1, change.write)
    return copy
  }
  const copy = { ...(value as Members) }
  if (rest.length === 0 && change === 'remove') delete copy[step]
  else
    Object.defineProperty(copy, step, {
      value: changed(copy[step], rest, change),
      configurable: true,
      enumerable: true,
      writable: true
    })
  return copy
}
