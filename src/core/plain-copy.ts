/**
 * A copy of plain objects and lists without prototypes, so that nobody's settings change with somebody else's. What is neither
 * (a Date, which a catalog's own configs may hold) is kept as it is; what stands in itself stands in its copy.
 */
export function plainCopy<Value>(value: Value): Value {
  return copy(value, new Map()) as Value
}

function copy(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isPlainObject(value))) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const result: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : Object.create(null)
  copies.set(value, result)
  for (const [key, member] of Object.entries(value)) (result as Record<string, unknown>)[key] = copy(member, copies)
  return result
}

/** An object as `{}` makes it, of this realm or another, or without a prototype. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
