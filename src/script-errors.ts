// Failures of a script and of what runs it: one function a code.
import { cleanInPlace } from './core/clean-text.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { create, errorCodeOf, type HermesError, type HermesErrorCode, shown, shownLines, withDiagnostics } from './errors.ts'

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

export function platformUnsupported(platform: string): HermesError {
  const message = `a loader script can't be run on ${platform}: it takes Linux or macOS, or an executor of your own. script: false uses the static configuration`
  return create({ code: 'ERR_HERMES_PLATFORM_UNSUPPORTED', message })
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

const shownCharacters = 4_000

/** The end of a script's stderr, as a message shows it. */
function tail(stderr: string): string[] {
  const lines = stderr.slice(-shownCharacters).trimEnd().split('\n').slice(-shownLines)
  return lines[0] === ''
    ? []
    : ['stderr of the script (its end):', ...lines.map((line) => `  | ${cleanInPlace(line.replace(/\r$/, ''))}`)]
}
