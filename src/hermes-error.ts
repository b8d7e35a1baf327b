import type { Diagnostic } from './core/diagnostic.ts'

/** Every way in which this package fails; `docs/errors.md` has a heading for each. */
export type HermesErrorCode = `ERR_HERMES_${
  | 'OPTIONS_INVALID'
  | 'SCRIPT_UNREADABLE'
  | 'SCRIPT_UNTRUSTED'
  | 'SCRIPT_HASH_MISMATCH'
  | 'INTERPRETER_NOT_FOUND'
  | 'SCRIPT_START'
  | 'SCRIPT_EXIT'
  | 'SCRIPT_SIGNAL'
  | 'SCRIPT_TIMEOUT'
  | 'SCRIPT_REPORTED'
  | 'OUTPUT_LIMIT'
  | 'DIRECTIVES_INVALID'
  | 'CATALOG_MISMATCH'
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_INVALID'
  | 'RECORD_UNUSABLE'
  | 'RECORD_CHANGED'
  | 'MODULE_LOAD'
  | 'PLATFORM_UNSUPPORTED'
  | 'WORLD_OPEN'
  | 'COMMAND_REFUSED'
  | 'ABORTED'}`

/** What a failure is made of. */
export interface ErrorInit {
  code: HermesErrorCode
  message: string
  diagnostics?: readonly Diagnostic[]
  cause?: unknown
  exitCode?: number | undefined
  signalCode?: string | undefined
  stderr?: string | undefined
}

const brand = Symbol.for('hermes-memory-installer.HermesError')
/** Makes an error: for `errors.ts` alone, where all wording is. */
export let create: (init: ErrorInit) => HermesError

/** A failure whose message alone lets an operator act. Tell failures apart by `code`. */
export class HermesError extends Error {
  static {
    // `this`: a class that names itself in its body is renamed when it is bundled.
    create = (init) => new this(init)
  }

  /** Holds for errors of either module format and of any copy of the package. */
  static override [Symbol.hasInstance](value: unknown): value is HermesError {
    return typeof value === 'object' && value !== null && brand in value
  }

  /** Always `HermesError`. */
  override readonly name = 'HermesError'
  /** What happened: `docs/errors.md` has a heading for each. */
  readonly code: HermesErrorCode
  /** All of them; the message lists at most 20. */
  readonly diagnostics: readonly Diagnostic[]
  /** Of a script that ended by itself. */
  declare readonly exitCode?: number
  /** Of a script that a signal ended, such as `SIGKILL`. */
  declare readonly signalCode?: string
  /** The last 64 KiB of the script's stderr. */
  declare readonly stderr?: string

  private constructor({ code, message, diagnostics = [], cause, exitCode, signalCode, stderr }: ErrorInit) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.diagnostics = diagnostics
    if (exitCode !== undefined) this.exitCode = exitCode
    if (signalCode !== undefined) this.signalCode = signalCode
    if (stderr !== undefined) this.stderr = stderr
    Object.defineProperty(this, brand, { value: true })
  }

  /** For logs: everything but the insides of the cause, of which nobody knows what they hold, and the text of very long lines. */
  toJSON(): { code: HermesErrorCode; message: string; [member: string]: unknown } {
    const { name, code, message, exitCode, signalCode, stderr } = this
    const cause = this.cause === undefined ? {} : { cause: nameOf(this.cause) }
    const diagnostics = this.diagnostics.map(withoutLongLine)
    return { name, code, message, diagnostics, exitCode, signalCode, stderr, ...cause }
  }
}

const longestLine = 4_096

// One line of a megabyte may have 100,000 diagnostics, which share it; in JSON each would have its own.
function withoutLongLine({ text, ...diagnostic }: Diagnostic): Diagnostic {
  return text === undefined || text.length > longestLine ? diagnostic : { ...diagnostic, text }
}

function nameOf(cause: unknown): { name: string; code?: unknown } {
  if (!(cause instanceof Error)) return { name: typeof cause }
  return { name: cause.name, ...('code' in cause && { code: cause.code }) }
}

/** `ENOENT` and the like, of an error of the system. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
