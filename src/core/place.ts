import type { Diagnostic } from './diagnostic.ts'
import type { Problem } from './source-text.ts'

/** Where a diagnostic points to. */
export type Place = Pick<Diagnostic, 'source' | 'line' | 'column' | 'length' | 'text' | 'path'>

/** The diagnostic of a problem at a place. */
export function diagnosticOf({ code, severity = 'error', message, hint }: Problem, place: Place): Diagnostic {
  return { code, severity, message, ...(hint !== undefined && { hint }), ...place }
}
