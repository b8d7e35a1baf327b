/**
 * What runs one loader script: a port, so that an embedder can run it in a container runtime, on a remote node, or not at all.
 *
 * An executor reports what happened; whether that is an answer is judged by `resolveModules()`. What it throws becomes
 * `ERR_HERMES_SCRIPT_START` with the thrown value as `cause`. Two exceptions: a `HermesError` stays itself, and an error
 * whose `code` is `ENOENT` or `EACCES` and whose `path` is a word of `interpreter` becomes
 * `ERR_HERMES_INTERPRETER_NOT_FOUND`.
 */
export interface ScriptExecutor {
  /** Runs the script to its end, or ends it: on `request.signal`, and at `request.limits`. */
  execute(request: ScriptRequest): Promise<ScriptResult>
}

/** One script to run, with everything decided. */
export interface ScriptRequest {
  /** Absolute, links unresolved: the script's `$0`. */
  path: string
  /** What was read and judged: trust, `sha256` and the `#!` line are about these bytes. */
  bytes: Uint8Array
  /** A `sha256` was given: exactly {@link ScriptRequest.bytes} must run. */
  pinned: boolean
  /** Already decided, such as `['/usr/bin/env', 'bash', '-e']`. */
  interpreter: readonly string[]
  /** The script's `$1` and on. */
  args: readonly string[]
  /** Complete: `HERMES_PROTOCOL`, `HERMES_RUN_ID` and `HERMES_STEP` are in it. */
  env: Readonly<Record<string, string>>
  /** An absolute path. */
  cwd: string
  /** Every default in its place. */
  limits: Omit<Limits, 'maxDirectives'>
  /** Aborts: the script is to be ended, with `ended: 'aborted'`. */
  signal?: AbortSignal
  /** Takes news of the run; it never throws. */
  onEvent(event: ScriptEvent): void
}

/** What an executor tells while a script runs. */
export type ScriptEvent =
  | { type: 'started'; pid: number }
  /** One line of stderr, without its end. */
  | { type: 'stderr'; line: string }
  /** The script and what it started were ended by us; `pids` are those that got a signal. */
  | { type: 'killed'; why: 'timeout' | 'output-limit' | 'aborted' | 'failed'; pids: readonly number[] }

/** What happened, without judgement. */
export interface ScriptResult {
  /** Where it ended by itself; only 0 gives an answer. */
  exitCode?: number | undefined
  /** Where a signal ended it, such as `SIGKILL`. */
  signalCode?: string | undefined
  /** Why we ended it, where we did. */
  ended?: 'timeout' | 'output-limit' | 'aborted' | undefined
  /** Something still held the answer's channel when it was taken. */
  outputHeld?: boolean | undefined
  /** Raw bytes, at most `limits.maxOutputBytes` and the chunk that went over. */
  stdout: Uint8Array
  /** Present where a byte arrived on descriptor 3 by the exit: then it is the answer and stdout is a log. */
  descriptor3?: Uint8Array | undefined
  /** Decoded, its last 64 KiB. */
  stderr: string
  /** Why the script had plain pipes and no real ones, so that it could not open `/dev/stderr`; said so that it can follow "because ". */
  plainPipes?: string | undefined
  /** Milliseconds from the start to the exit. */
  durationMs: number
}

/** Bounds of one run: integers from 1 to 2147483647. Nothing is ever truncated into an answer. */
export interface Limits {
  /** Milliseconds until the script is ended with `ERR_HERMES_SCRIPT_TIMEOUT`. @default 30000 */
  timeoutMs: number
  /** Milliseconds from SIGTERM to SIGKILL. @default 2000 */
  killGraceMs: number
  /** Milliseconds for which an answer is waited for whose channel a background process still holds. @default 500 */
  settleMs: number
  /** Bytes on one channel, stdout or descriptor 3. @default 1048576 */
  maxOutputBytes: number
  /** Directive and message lines, wrong ones and duplicates too. @default 1000 */
  maxDirectives: number
}

export const defaultLimits: Readonly<Limits> = {
  timeoutMs: 30_000,
  killGraceMs: 2_000,
  settleMs: 500,
  maxOutputBytes: 1_048_576,
  maxDirectives: 1_000
}
