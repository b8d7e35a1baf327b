import type { ScriptExecutor, ScriptRequest, ScriptResult } from '../index.ts'

/** What a fake run gives: a text is its stdout. */
export type FakeAnswer = string | Partial<ScriptResult>

/**
 * An executor that runs nothing, for tests of an installer: `resolveModules({ executor: fakeExecutor('module=mem-logger\n') })`.
 * What a function throws is what the executor throws. An answer without `exitCode`, `signalCode` and `ended` exits 0.
 */
export function fakeExecutor(
  answer: FakeAnswer | ((request: ScriptRequest) => FakeAnswer | Promise<FakeAnswer>)
): ScriptExecutor {
  return {
    async execute(request) {
      if (request.signal?.aborted) return { ...nothing, ended: 'aborted' }
      const given = typeof answer === 'function' ? await answer(request) : answer
      const result = typeof given === 'string' ? { stdout: new TextEncoder().encode(given) } : given
      const ended = result.exitCode !== undefined || result.signalCode !== undefined || result.ended !== undefined
      for (const line of (result.stderr ?? '').split('\n').slice(0, -1)) request.onEvent({ type: 'stderr', line })
      return { ...nothing, ...(!ended && { exitCode: 0 }), ...result }
    }
  }
}

const nothing: ScriptResult = { stdout: new Uint8Array(), stderr: '', durationMs: 0 }
