import { cleanInPlace } from './core/clean-text.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { formatDiagnostics } from './core/format-diagnostics.ts'
import { problemList } from './core/option-rules.ts'
import type { ModuleLike, ModuleOrigin } from './core/resolution.ts'

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
/** Makes an error: for this file and `script-errors.ts`, where all wording is. */
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

// One function a code: all wording of failures is here, and in script-errors.ts.

export function optionsInvalid(caller: string, problems: readonly string[]): HermesError {
  return create({ code: 'ERR_HERMES_OPTIONS_INVALID', message: problemList(caller, problems) })
}

export function catalogMismatch(subject: string, diagnostics: readonly Diagnostic[]): HermesError {
  const message = withDiagnostics(`${subject} asks for what the catalog does not have`, diagnostics)
  return create({ code: 'ERR_HERMES_CATALOG_MISMATCH', message, diagnostics })
}

export function configUnreadable(path: string, why: string, remedy: string, cause?: unknown): HermesError {
  const message = `the static configuration ${shown(path)} can't be read: ${why}. ${remedy}`
  return create({ code: 'ERR_HERMES_CONFIG_UNREADABLE', message, cause })
}

export function configInvalid(diagnostics: readonly Diagnostic[]): HermesError {
  return create({
    code: 'ERR_HERMES_CONFIG_INVALID',
    message: withDiagnostics('the static configuration is wrong', diagnostics),
    diagnostics
  })
}

export function recordUnusable(location: string, why: string, remedy: string, cause?: unknown): HermesError {
  const message = `the record in ${shown(location)} can't be used: ${why}. ${remedy}`
  return create({ code: 'ERR_HERMES_RECORD_UNUSABLE', message, cause })
}

/** What was recorded, and what is not so any more. */
export interface ChangedRecord {
  location: string
  /** The step that decided. */
  step?: string | undefined
  /** ISO 8601. */
  decidedAt: string
  /** What the answer differs in, line by line, or the names of the inputs that did. */
  changed: { difference: string } | { inputs: readonly string[] }
}

export function recordChanged({ location, step, decidedAt, changed }: ChangedRecord): HermesError {
  const who = `${step === undefined ? 'an earlier step' : `step "${cleanInPlace(step)}"`} at ${cleanInPlace(decidedAt)}`
  const where = `in ${shown(location)}, recorded by ${who}`
  const message =
    'difference' in changed
      ? `the answer is not the one ${where}:\n${shortened(changed.difference)}\nThe record stays. To take the new answer, start a new sequence: record.mode "begin"`
      : `the answer ${where}, depends on what has changed since: ${changed.inputs.map(cleanInPlace).join(', ')}. To decide anew, start a new sequence (record.mode "begin"); record.onInputsChanged "keep" keeps the answer`
  return create({ code: 'ERR_HERMES_RECORD_CHANGED', message })
}

export function aborted(what: 'resolving' | 'loading', reason: unknown, undoing: readonly Diagnostic[] = []): HermesError {
  const message = withDiagnostics(`${what} was aborted by its signal`, undoing)
  return create({ code: 'ERR_HERMES_ABORTED', message, cause: reason, diagnostics: undoing })
}

/** A module whose `load` failed; `undoing`: what could not be stopped after that. */
export function moduleLoad(module: ModuleLike, cause: unknown, undoing: readonly Diagnostic[]): HermesError {
  const what = `module "${module.name}", which ${placeOf(module.origin)} asks for, could not be loaded: ${reasonOf(cause)}`
  return create({ code: 'ERR_HERMES_MODULE_LOAD', message: withDiagnostics(what, undoing), cause, diagnostics: undoing })
}

/** Modules whose catalog entries have no `load`. */
export function moduleNotLoadable(modules: readonly ModuleLike[]): HermesError {
  const asked = modules.map(({ name, origin }) => `"${name}" (${placeOf(origin)} asks for it)`).join(', ')
  const message = `the catalog does not say how to load ${asked}. Give the entry a "load". Nothing was loaded`
  return create({ code: 'ERR_HERMES_MODULE_LOAD', message })
}

function placeOf({ kind, source, line, column }: ModuleOrigin): string {
  const place = line === undefined ? shown(source) : `${shown(source)}:${line}:${column}`
  return kind === 'script' ? `output of ${place}` : place
}

/** What an error that is not ours says, cleaned. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? cleanInPlace(error.message) : 'what was thrown is no error'
}

const shownDiagnostics = 20

/** A summary and what was found, at most 20 of them. */
export function withDiagnostics(summary: string, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return summary
  const rest = diagnostics.length - shownDiagnostics
  const more = rest > 0 ? `\n… and ${rest} more` : ''
  return `${summary}:\n${formatDiagnostics(diagnostics.slice(0, shownDiagnostics))}${more}`
}

/** Lines of a long text that a message shows. */
export const shownLines = 20
export function shortened(text: string): string {
  const lines = text.split('\n')
  const rest = lines.length - shownLines
  return [...lines.slice(0, shownLines), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n')
}

/** A path in a message: as it is where it is harmless, else quoted. */
export function shown(path: string): string {
  return /^[\w/.@%+=:,-]+$/.test(path) ? path : `"${cleanInPlace(path)}"`
}
