import { booleanRule, oneOf } from '../core/core-options.ts'
import { isObject, type OptionRule, optionProblems } from '../core/option-rules.ts'
import { optionsInvalid } from '../errors.ts'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from '../index.ts'

/** What a fake run gives: a text is its stdout. */
export type FakeAnswer = string | Partial<ScriptResult>

/**
 * An executor that runs nothing, for tests of an installer: `resolveModules({ executor: fakeExecutor('module=mem-logger\n') })`.
 * What a function throws is what the executor throws. An answer without `exitCode`, `signalCode` and `ended` exits 0.
 *
 * @throws HermesError OPTIONS_INVALID for another answer; where a function gives it, the executor rejects with it
 */
export function fakeExecutor(
  answer: FakeAnswer | ((request: ScriptRequest) => FakeAnswer | Promise<FakeAnswer>)
): ScriptExecutor {
  if (typeof answer !== 'function') requireAnswer(answer)
  return {
    async execute(request) {
      if (request.signal?.aborted) return { ...nothing, ended: 'aborted' }
      const given = typeof answer === 'function' ? requireAnswer(await answer(request)) : answer
      const result = typeof given === 'string' ? { stdout: new TextEncoder().encode(given) } : given
      const ended = result.exitCode !== undefined || result.signalCode !== undefined || result.ended !== undefined
      for (const line of (result.stderr ?? '').split('\n').slice(0, -1)) request.onEvent({ type: 'stderr', line })
      return { ...nothing, ...(!ended && { exitCode: 0 }), ...result }
    }
  }
}

const nothing: ScriptResult = { stdout: new Uint8Array(), stderr: '', durationMs: 0 }

const text: OptionRule = { takes: 'a string', accepts: (value) => typeof value === 'string' }
const bytes: OptionRule = { takes: 'a Uint8Array', accepts: (value) => value instanceof Uint8Array }

const resultRules = {
  exitCode: {
    takes: 'an integer from 0 to 255',
    accepts: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
  },
  signalCode: text,
  ended: oneOf('timeout', 'output-limit', 'aborted'),
  outputHeld: booleanRule,
  stdout: bytes,
  descriptor3: bytes,
  stderr: text,
  plainPipes: text,
  durationMs: { takes: 'a number from 0', accepts: (value) => typeof value === 'number' && value >= 0 }
} satisfies Readonly<Record<keyof ScriptResult, OptionRule>>

function requireAnswer(answer: FakeAnswer): FakeAnswer {
  if (typeof answer === 'string') return answer
  const problems = isObject(answer)
    ? optionProblems(answer, resultRules)
    : ['the answer takes stdout as a string, or a part of a ScriptResult such as { exitCode: 3 }']
  if (problems.length > 0) throw optionsInvalid('fakeExecutor()', problems)
  return answer
}
