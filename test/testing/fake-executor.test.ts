import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { resolveModules } from '../../src/index.ts'
import { type FakeAnswer, fakeExecutor } from '../../src/testing/index.ts'
import { defaultTools, networkTools } from '../../src/testing/world/tools.ts'
import { tempFile } from '../temp-folder.ts'

const resolveBy = (answer: Parameters<typeof fakeExecutor>[0], signal?: AbortSignal) =>
  resolveModules({
    script: tempFile('load.sh', 'exit 9\n'),
    env: {},
    staticConfig: false,
    signal,
    executor: fakeExecutor(answer)
  })

describe('fakeExecutor()', () => {
  test.each<[string, FakeAnswer]>([
    ['a text', 'module=mem-logger\n'],
    ['a part of a result', { stdout: new TextEncoder().encode('module=mem-logger\n'), stderr: 'log\n' }]
  ])('gives %s', async (_, answer) => {
    for (const given of [answer, () => answer, async () => answer])
      expect((await resolveBy(given)).modules).toMatchObject([{ name: 'mem-logger' }])
  })

  test.each<[string, FakeAnswer]>([
    ['ERR_HERMES_SCRIPT_EXIT', { exitCode: 3 }],
    ['ERR_HERMES_SCRIPT_SIGNAL', { signalCode: 'SIGKILL' }],
    ['ERR_HERMES_SCRIPT_TIMEOUT', { ended: 'timeout' }]
  ])('leads to %s', async (code, answer) => {
    await expect(resolveBy(answer)).rejects.toMatchObject({ code })
  })

  test('gives the request to a function, and what that throws to the caller', async () => {
    const answer = await resolveBy(({ interpreter }) => `module=${interpreter[0]?.slice(-2)}\n`)
    expect(answer.modules).toMatchObject([{ name: 'sh' }])
    const cause = new Error('no node')
    await expect(resolveBy(() => Promise.reject(cause))).rejects.toMatchObject({ code: 'ERR_HERMES_SCRIPT_START', cause })
  })

  test.each<[string, unknown, string]>([
    ['a mistyped member', { stdOut: 'x' }, 'unknown option "stdOut": did you mean "stdout"?'],
    ['an unknown member', { foo: 1 }, 'unknown option "foo": there is "exitCode", '],
    ['a text as stdout', { stdout: 'none\n' }, 'stdout takes a Uint8Array, and was given another string'],
    ['a mistyped ending', { ended: 'timout' }, 'ended takes "timeout", "output-limit" or "aborted": did you mean "timeout"?'],
    ['an exit code that is none', { exitCode: 256 }, 'exitCode takes an integer from 0 to 255, and was given 256'],
    ['a number', 3, 'the answer takes stdout as a string, or a part of a ScriptResult'],
    ['nothing', undefined, 'the answer takes stdout as a string, or a part of a ScriptResult']
  ])('refuses %s, also of a function', async (_, wrong, message) => {
    const refusal = { code: 'ERR_HERMES_OPTIONS_INVALID', message: expect.stringContaining(message) }
    expect(() => fakeExecutor(wrong as FakeAnswer)).toThrow(expect.objectContaining(refusal))
    const executor = fakeExecutor(async () => wrong as FakeAnswer)
    await expect(executor.execute({} as Parameters<typeof executor.execute>[0])).rejects.toMatchObject(refusal)
  })

  test('tells stderr line by line, and is aborted as any other', async () => {
    const lines: string[] = []
    const executor = fakeExecutor({ stderr: 'a\nb\n', stdout: new TextEncoder().encode('none\n') })
    const script = tempFile('load.sh', ':\n')
    await resolveModules({
      script,
      env: {},
      executor,
      onEvent: (event) => event.type === 'script-stderr' && lines.push(event.line)
    })
    expect(lines).toEqual(['a', 'b'])
    const { signal } = { signal: AbortSignal.abort() }
    const request = { signal, onEvent() {} } as unknown as Parameters<typeof executor.execute>[0]
    expect(await executor.execute(request)).toMatchObject({ ended: 'aborted' })
  })
})

test.each([
  ['Default tools', defaultTools],
  ['Tools of the network', networkTools]
])('docs/testing.md lists: %s', (heading, names) => {
  const section = readFileSync('docs/testing.md', 'utf8').split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? ''
  const list = section.trim().split('\n\n').at(-1) ?? ''
  expect(Array.from(list.matchAll(/`([^`]+)`/g), ([, name]) => name)).toEqual(names)
})
