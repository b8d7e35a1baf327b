/** A JSON object. */
export type Json = { readonly [member: string]: unknown }

/** An object with members, of whatever prototype, and no list. */
export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own member; `null` counts as absent. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined
}

/** A member that is reached over others. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce(member, value)
}

/** An own member that is text, such as a name. */
export function textOf(value: unknown, name: string): string | undefined {
  const text = member(value, name)
  return typeof text === 'string' ? text : undefined
}

/** The elements of a member that is a list; none where it is not. */
export function listOf(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name)
  return Array.isArray(list) ? list : []
}

/** A copy with one member set, in its place where it is there; `undefined` takes it away. */
export function withMember<Value extends Json>(object: Value, name: string, value: unknown): Value {
  const copy: Record<string, unknown> = { ...object }
  if (value === undefined) delete copy[name]
  else copy[name] = value
  return copy as Value
}

// The server takes 10,000; nobody's Pod has 20.
const deepest = 200

/** What makes a value no JSON that a template may give. */
export class NoJson extends Error {}

/**
 * A copy of what a template gave: members without a value, `null` too, are left out.
 *
 * @throws NoJson for what is no JSON; its message completes "gives …"
 */
export function jsonCopy(value: unknown, where = '', depth = 0): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value
  if (depth > deepest) throw new NoJson('an object that is nested too deeply')
  if (Array.isArray(value)) return Array.from(value, (element, index) => jsonCopy(element, `${where}/${index}`, depth + 1))
  if (!isRecord(value) || Object.prototype.toString.call(value) !== '[object Object]')
    throw new NoJson(`no JSON at ${where === '' ? 'its root' : where}`)
  const copy: Record<string, unknown> = {}
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined || one === null) continue
    Object.defineProperty(copy, name, {
      value: jsonCopy(one, `${where}/${name}`, depth + 1),
      configurable: true,
      enumerable: true,
      writable: true
    })
  }
  return copy
}

/** Whether it ends: no list or object stands in itself, and none is nested too deeply for what follows it. */
export function endsSomewhere(value: unknown, above = new Set<object>(), seen = new Set<object>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return true
  if (above.has(value) || above.size > deepest) return false
  above.add(value)
  const ends = Object.values(value).every((one) => endsSomewhere(one, above, seen))
  above.delete(value)
  seen.add(value)
  return ends
}

/** A frozen copy, so that a template can change nothing of the caller's. */
export function frozenCopy<Value>(value: Value): Value {
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return value
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {}
  for (const [name, one] of Object.entries(value as object))
    Object.defineProperty(copy, name, { value: frozenCopy(one), enumerable: true })
  return Object.freeze(copy) as Value
}
