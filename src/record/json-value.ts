import { isObject } from '../core/option-rules.ts'

// A cycle has no end; nobody writes settings so deep.
const maxDepth = 200

/**
 * The path of what a record would not give back as it was: a number that is not finite, a function, an object of a class …
 * A catalog's own configs may hold such things, and a later step must not get other settings than the step that decided.
 * A member that is `undefined` passes: it counts as absent.
 */
export function findNoJson(value: unknown, path: readonly PropertyKey[] = []): readonly PropertyKey[] | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : path
  if (path.length > maxDepth) return path
  if (Array.isArray(value)) return firstOf([...value.entries()], path)
  if (!isObject(value) || !isPlain(value)) return path
  return firstOf(
    Object.entries(value).filter(([, member]) => member !== undefined),
    path
  )
}

function firstOf(members: readonly (readonly [PropertyKey, unknown])[], path: readonly PropertyKey[]) {
  for (const [key, member] of members) {
    const found = findNoJson(member, [...path, key])
    if (found) return found
  }
  return undefined
}

/** Of no class, in whatever realm it was made. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A `JSON.parse` reviver: objects with keys from outside have no prototype. */
export function withoutPrototype(_: string, value: unknown): unknown {
  return isObject(value) ? Object.assign(Object.create(null), value) : value
}
