import { type Diagnostic, diagnosticOf } from './diagnostic.ts'
import { jsonPointer } from './json-pointer.ts'
import type { LocatedDocument, Path } from './located-document.ts'
import { isPlainObject } from './plain-copy.ts'

// Nobody writes settings so deep.
const maxDepth = 100

/** A configuration that is an object already: its places are JSON pointers. What JSON can't say is a diagnostic. */
export function inlineDocument(given: unknown, source: string): LocatedDocument {
  const diagnostics: Diagnostic[] = []
  const open = new Set<object>()
  const copies = new Map<object, unknown>()
  const placeOf = (path: Path) => ({ source, path: jsonPointer(path) })
  const copy = (value: unknown, path: Path): unknown => {
    const refuse = (message: string): null => {
      diagnostics.push(diagnosticOf({ code: 'invalid-config', message, hint: 'settings are JSON: use a string' }, placeOf(path)))
      return null
    }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(`${value} is no JSON value`)
    if (typeof value !== 'object') return refuse(`a ${typeof value} is no JSON value`)
    if (open.has(value)) return refuse('it stands inside of itself')
    if (path.length > maxDepth) return refuse(`nested more than ${maxDepth} levels deep`)
    // An object that stands in several places is copied once: in each again, they could be 2 ** maxDepth.
    if (!copies.has(value)) {
      open.add(value)
      copies.set(value, copyObject(value, path, refuse))
      open.delete(value)
    }
    return copies.get(value)
  }
  const copyObject = (value: object, path: Path, refuse: (message: string) => null): unknown => {
    if (Array.isArray(value)) return Array.from(value, (item, index) => copy(item ?? null, [...path, index]))
    if (!isPlainObject(value)) return refuse('an object of a class is no JSON value')
    const object: Record<string, unknown> = Object.create(null)
    for (const [key, member] of Object.entries(value)) if (member !== undefined) object[key] = copy(member, [...path, key])
    return object
  }
  return { value: copy(given, []), placeOf, writtenAt: () => undefined, diagnostics }
}
