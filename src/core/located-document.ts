import type { Diagnostic, Place } from './diagnostic.ts'

export type Path = readonly PropertyKey[]

/** A configuration as plain values, and where each of them stands. */
export interface LocatedDocument {
  /** Objects in it have no prototype. */
  value: unknown
  /** Of a value, or of the key before it. */
  placeOf(path: Path, part?: 'value' | 'key'): Place
  /** A scalar as it is written, where YAML read it as something else than a string. */
  writtenAt(path: Path): string | undefined
  /** What of it can be no value. */
  diagnostics: Diagnostic[]
}

/** The value at a path, or nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? at[step as keyof typeof at] : undefined),
    value
  )
}
