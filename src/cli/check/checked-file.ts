import type { Diagnostic } from '../../index.ts'
import type { FileKind } from './kind.ts'

/** A file and what was found in it. */
export interface CheckedFile {
  /** As the user named it. */
  file: string
  /** Nothing where it could not be told. */
  kind: FileKind | undefined
  diagnostics: readonly Diagnostic[]
}
