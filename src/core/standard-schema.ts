/**
 * What schemas of zod, valibot, arktype and others have in common: Standard Schema, version 1 (standardschema.dev).
 */
export interface StandardSchema<Output = unknown> {
  /** What the specification asks of a schema; `validate` may be asynchronous. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    /** Gives the value as the schema makes it, or what is wrong with it. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

/** What a schema makes of a value, or what it finds wrong. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One thing that a schema finds wrong. */
export interface StandardIssue {
  /** In the schema's words. */
  readonly message: string
  /** Where in the value; absent for the value itself. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Schemas are objects, or functions (arktype). */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as Partial<StandardSchema>)['~standard']
  return standard?.version === 1 && typeof standard.validate === 'function'
}
