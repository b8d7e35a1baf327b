import type { CheckOptions } from '../../src/cli/check/check-options.ts'
import { checkFiles } from '../../src/cli/check.ts'
import type { CommandIo } from '../../src/cli/io.ts'

/** A run of `hermes-modules check`, with what of its surroundings a test sets. */
export interface CheckRun extends Partial<CheckOptions> {
  cwd: string
  stdin?: string | Uint8Array | AsyncIterable<Uint8Array>
  env?: CommandIo['env']
  isTTY?: boolean
  signal?: AbortSignal
}

/** What it printed. */
export interface CheckResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs the check in this process. ShellCheck is asked only where a test wants it. */
export async function runCheck({ cwd, stdin = '', env, isTTY, signal, ...options }: CheckRun): Promise<CheckResult> {
  const result = { exitCode: 0, stdout: '', stderr: '' }
  const io: CommandIo = {
    stdin: bytesOf(stdin),
    stdout: { isTTY, write: (text) => (result.stdout += text) },
    stderr: { write: (text) => (result.stderr += text) },
    env: env ?? { PATH: process.env['PATH'] },
    cwd,
    signal: signal ?? new AbortController().signal
  }
  const defaults: CheckOptions = {
    files: [],
    as: undefined,
    format: 'text',
    keys: [],
    interpreter: undefined,
    trust: 'file',
    shellcheck: false
  }
  result.exitCode = await checkFiles({ ...defaults, ...options }, io)
  return result
}

/** In two chunks, as a pipe may give it. */
async function* bytesOf(input: NonNullable<CheckRun['stdin']>): AsyncGenerator<Uint8Array> {
  if (typeof input !== 'string' && !(input instanceof Uint8Array)) return yield* input
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  yield bytes.subarray(0, 1)
  yield bytes.subarray(1)
}
