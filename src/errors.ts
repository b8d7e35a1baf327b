import { cleanInPlace } from './core/clean-text.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { formatDiagnostics } from './core/format-diagnostics.ts'
import { problemList } from './core/option-rules.ts'
import { create, errorCodeOf, type HermesError, type HermesErrorCode } from './hermes-error.ts'

// One function a code: all wording of failures is here.

export function optionsInvalid(caller: string, problems: readonly string[]): HermesError {
  return create({ code: 'ERR_HERMES_OPTIONS_INVALID', message: problemList(caller, problems) })
}

export function scriptUnreadable(path: string, why: string, remedy: string, cause?: unknown): HermesError {
  return create({
    code: 'ERR_HERMES_SCRIPT_UNREADABLE',
    message: `the loader script ${shown(path)} can't be read: ${why}. ${remedy}`,
    cause
  })
}

/** No file at the path, where that is a failure. */
export function scriptAbsent(path: string): HermesError {
  const remedy = 'Put it there (is the ConfigMap mounted?), or set script.onAbsent to "static"'
  return scriptUnreadable(path, 'there is no file', remedy)
}

export function scriptUntrusted(path: string, component: string, command: string): HermesError {
  const what = component === path ? 'anybody can write it' : `anybody can write ${shown(component)}`
  const message = `the loader script ${shown(path)} is not trusted: ${what}. Run: ${command} (or mount it read-only; script.trust sets how much is looked at)`
  return create({ code: 'ERR_HERMES_SCRIPT_UNTRUSTED', message })
}

export function scriptHashMismatch(path: string, why: string): HermesError {
  return create({
    code: 'ERR_HERMES_SCRIPT_HASH_MISMATCH',
    message: `the loader script ${shown(path)} is not the one that script.sha256 names: ${why}`
  })
}

export function interpreterNotFound(path: string, why: string, remedy: string, cause?: unknown): HermesError {
  const message = `no interpreter for the loader script ${shown(path)}: ${why}. ${remedy}`
  return create({ code: 'ERR_HERMES_INTERPRETER_NOT_FOUND', message, cause })
}

export function scriptStart(path: string, cause: unknown): HermesError {
  const known: Readonly<Record<string, string>> = {
    E2BIG: 'its arguments and environment are too large for the kernel: pass less in `env` and `args`',
    EAGAIN: 'the limit of processes is reached (ulimit -u, pids.max)',
    ENOMEM: 'there is no memory for another process',
    EMFILE: 'this process has too many open files (ulimit -n)'
  }
  const code = errorCodeOf(cause)
  const why =
    (code && known[code]) ??
    (cause instanceof Error ? cleanInPlace(cause.message) : 'the executor threw something that is no error')
  return create({
    code: 'ERR_HERMES_SCRIPT_START',
    message: `the loader script ${shown(path)} could not be started: ${why}`,
    cause
  })
}

/** What is known of a run that failed. */
export interface FailedRun {
  path: string
  stderr: string
  exitCode?: number | undefined
  signalCode?: string | undefined
  /** Why the script may have failed, as its stderr suggests. */
  remarks?: readonly string[]
  diagnostics?: readonly Diagnostic[]
}

export function scriptExit(run: FailedRun): HermesError {
  return runFailed('ERR_HERMES_SCRIPT_EXIT', run, `ended with exit code ${run.exitCode}; only 0 gives an answer`)
}

export function scriptSignal(run: FailedRun): HermesError {
  return runFailed('ERR_HERMES_SCRIPT_SIGNAL', run, `was ended by ${run.signalCode}, so its output may be half an answer`)
}

export function scriptTimeout(run: FailedRun, timeoutMs: number, durationMs: number): HermesError {
  const what = `was still running after ${Math.round(durationMs)} ms; script.limits.timeoutMs is ${timeoutMs}`
  return runFailed('ERR_HERMES_SCRIPT_TIMEOUT', run, `${what}. Make it faster, or raise the limit`)
}

export function scriptReported(run: FailedRun): HermesError {
  return runFailed('ERR_HERMES_SCRIPT_REPORTED', run, 'reports an error')
}

export function outputLimit(
  run: FailedRun,
  limit: 'maxOutputBytes' | 'maxDirectives',
  allowed: number,
  reached: number
): HermesError {
  const unit = limit === 'maxOutputBytes' ? 'bytes on one channel' : 'directives and messages'
  return runFailed('ERR_HERMES_OUTPUT_LIMIT', run, `printed ${reached} ${unit}; script.limits.${limit} is ${allowed}`)
}

export function directivesInvalid(run: FailedRun): HermesError {
  return runFailed('ERR_HERMES_DIRECTIVES_INVALID', run, 'gives no answer that can be used')
}

/** A script's answer that the catalog refuses. */
export function answerMismatch(run: FailedRun): HermesError {
  return runFailed('ERR_HERMES_CATALOG_MISMATCH', run, 'asks for what the catalog does not have')
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

export function platformUnsupported(platform: string): HermesError {
  const message = `a loader script can't be run on ${platform}: it takes Linux or macOS, or an executor of your own. script: false uses the static configuration`
  return create({ code: 'ERR_HERMES_PLATFORM_UNSUPPORTED', message })
}

export function aborted(reason: unknown): HermesError {
  return create({ code: 'ERR_HERMES_ABORTED', message: 'resolving was aborted by its signal', cause: reason })
}

function runFailed(code: HermesErrorCode, run: FailedRun, what: string): HermesError {
  const { path, stderr, exitCode, signalCode, remarks = [], diagnostics = [] } = run
  const parts = [
    withDiagnostics(`the loader script ${shown(path)} ${what}`, diagnostics),
    ...remarks.map((remark) => `  hint: ${remark}`),
    ...tail(stderr)
  ]
  return create({ code, message: parts.join('\n'), diagnostics, exitCode, signalCode, stderr })
}

const shownDiagnostics = 20

function withDiagnostics(summary: string, diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return summary
  const rest = diagnostics.length - shownDiagnostics
  const more = rest > 0 ? `\n… and ${rest} more` : ''
  return `${summary}:\n${formatDiagnostics(diagnostics.slice(0, shownDiagnostics))}${more}`
}

const shownLines = 20
const shownCharacters = 4_000

function shortened(text: string): string {
  const lines = text.split('\n')
  const rest = lines.length - shownLines
  return [...lines.slice(0, shownLines), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n')
}

/** The end of a script's stderr, as a message shows it. */
function tail(stderr: string): string[] {
  const lines = stderr.slice(-shownCharacters).trimEnd().split('\n').slice(-shownLines)
  return lines[0] === ''
    ? []
    : ['stderr of the script (its end):', ...lines.map((line) => `  | ${cleanInPlace(line.replace(/\r$/, ''))}`)]
}

/** A path in a message: as it is where it is harmless, else quoted. */
function shown(path: string): string {
  return /^[\w/.@%+=:,-]+$/.test(path) ? path : `"${cleanInPlace(path)}"`
}
