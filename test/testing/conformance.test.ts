import { describe, expect, test } from 'vitest'
import { createShellExecutor, type ScriptExecutor } from '../../src/index.ts'
import { scriptExecutorConformance } from '../../src/testing/conformance.ts'

describe('createShellExecutor() keeps every promise of the port', () => {
  test.each(scriptExecutorConformance(createShellExecutor).map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    expect(await run()).toBeUndefined()
  })
})

describe('an executor that breaks a promise fails its case', () => {
  const shell = createShellExecutor()
  const broken: [string, ScriptExecutor][] = [
    [
      'tells an exit code from a signal',
      { execute: async (request) => ({ ...(await shell.execute(request)), signalCode: undefined }) }
    ],
    [
      'gives output as bytes, whole and untouched',
      {
        execute: async (request) => {
          const result = await shell.execute(request)
          return { ...result, stdout: Buffer.from(Buffer.from(result.stdout).toString('utf8')) }
        }
      }
    ],
    [
      'gives the script its environment and nothing more, and nothing on stdin',
      { execute: (request) => shell.execute({ ...request, env: { ...request.env, EXTRA: 'x' } }) }
    ],
    [
      'runs exactly the pinned bytes, whatever is in the file by then',
      { execute: (request) => shell.execute({ ...request, pinned: false }) }
    ],
    [
      'ends a script that prints more than maxOutputBytes, and not one that prints as much',
      {
        execute: (request) =>
          shell.execute({ ...request, limits: { ...request.limits, maxOutputBytes: request.limits.maxOutputBytes - 1 } })
      }
    ]
  ]
  test.each(broken)('%s', async (name, executor) => {
    const found = scriptExecutorConformance(() => executor).find((one) => one.name === name)
    await expect(found?.run()).rejects.toThrow()
  })
})
