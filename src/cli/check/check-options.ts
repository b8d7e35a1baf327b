import type { FileKind } from './kind.ts'

/** Options of `hermes-modules check`. */
export interface CheckOptions {
  /** Paths; `-` is stdin. */
  files: readonly string[]
  /** What they hold; without it their content tells. */
  as: FileKind | undefined
  format: 'text' | 'json' | 'sarif' | 'github'
  /** Keys of directives and entries beside `module` and `config`. */
  keys: readonly string[]
  /** Of scripts, as a command line; without it their `#!` line decides. */
  interpreter: string | undefined
  /** Whose writing of a script file is asked about. */
  trust: 'off' | 'file' | 'path'
  /** Ask ShellCheck too, where it is installed. */
  shellcheck: boolean
}
