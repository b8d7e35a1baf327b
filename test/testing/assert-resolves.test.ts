import { AssertionError } from 'node:assert'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { StaticModule } from '../../src/index.ts'
import { any, assertResolves, type LoaderRunOptions, loaderScript } from '../../src/testing/index.ts'
import { tempFile } from '../temp-folder.ts'

const runOf = (text: string, options: LoaderRunOptions = {}) =>
  loaderScript(tempFile('load-sidecars.sh', text)).run({ keys: ['tier'], interpreter: 'bash', ...options })

async function failure(run: ReturnType<typeof runOf>, expected: unknown): Promise<AssertionError> {
  const error = await assertResolves(await run, expected as StaticModule[]).then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  if (error instanceof AssertionError) return error
  throw error ?? new Error('it did not fail')
}

test.each<[string, string, readonly StaticModule[]]>([
  ['names', 'echo module=a; echo module=b', ['a', { module: 'b' }]],
  ['a config and declared keys, in any order', 'echo module=a,tier=1,config=c', [{ tier: '1', config: 'c', module: 'a' }]],
  ['a member that is undefined', 'echo module=a', [{ module: 'a', config: undefined }]],
  ['none', 'echo none', []]
])('holds: %s', async (_, text, expected) => {
  expect(await assertResolves(await runOf(text), expected)).toBe(undefined)
})

/** What a test is told, pinned: UPDATE=1 writes it anew. */
const cases: readonly [string, string, LoaderRunOptions, readonly StaticModule[]][] = [
  [
    'another-module',
    'echo module=mem-logger',
    { env: { CLUSTER_ENV: 'production' } },
    [{ module: 'mem-profiler', config: 'prod-tunings' }]
  ],
  ['another-order', 'echo module=a; echo module=b; echo module=c,tier=1', {}, ['b', 'a', { module: 'c', tier: '1' }]],
  ['nothing-expected', 'echo module=a', {}, []],
  [
    'calls-and-stderr',
    'zone=$(kubectl get node); echo "zone: $zone" >&2; jq . </dev/null; nope; lst x y; echo module=mem-$zone',
    {
      commands: {
        kubectl: { stdout: 'zone-a\n' },
        jq: ({ args }) => ({ stderr: `jq ${args}\n`, exitCode: 2 }),
        lst: [{ args: ['x', any], exitCode: 1 }]
      },
      files: { 'etc/labels': 'zone="a"\n' }
    },
    ['mem-zone-b']
  ],
  ['many-calls', 'for i in $(seq 30); do k $i; done; echo none', { commands: { k: { stdin: false } } }, ['a']],
  ['failed', 'echo module=a; echo "no API" >&2; exit 3', { reject: false }, ['a']],
  ['refused', 'curl -fs https://example.org || true; echo module=a', { reject: false }, ['a']]
]

test.each(cases)('says: %s', async (name, text, options, expected) => {
  const { message } = await failure(runOf(text, options), expected)
  const file = `test/corpus/failures/${name}.txt`
  if (process.env['UPDATE'] === '1') writeFileSync(file, `${message}\n`)
  expect(`${message}\n`).toBe(readFileSync(file, 'utf8'))
  expect(message).not.toMatch(/\/tmp\/|\d+ ms/)
})

describe('the error', () => {
  test('has both sides as data', async () => {
    const error = await failure(runOf('echo module=a,config=c,tier=1'), [{ module: 'a', config: 'd' }])
    expect(error).toMatchObject({
      actual: [{ module: 'a', config: 'c', tier: '1' }],
      expected: [{ module: 'a', config: 'd' }],
      operator: 'assertResolves'
    })
    expect(error.stack).toContain('assert-resolves.test.ts')
  })

  test('holds for a run that failed, whatever was expected', async () => {
    expect((await failure(runOf('exit 3', { reject: false }), [])).actual).toMatchObject({ code: 'ERR_HERMES_SCRIPT_EXIT' })
  })

  test('has a case that is YAML, of texts that are hard to write', async () => {
    const env = { A: 'yes', B: 'two\nlines', C: '#', D: "it's: {x}" }
    const { message } = await failure(runOf('echo none', { env }), ['a'])
    expect(parse(message.split('*.loader.yaml:\n')[1] ?? '')).toEqual([{ env, expect: ['a'] }])
  })

  test('has the arguments in its case, and in a comment what stands beside the cases', async () => {
    const text = 'if jq; then :; fi; echo module=$1,version=2'
    const options: LoaderRunOptions = {
      args: ['a', 'b c'],
      keys: ['version'],
      absent: ['jq', `x\n${'y'.repeat(60)}`],
      tools: ['env'],
      limits: { timeoutMs: 60_000, settleMs: undefined },
      world: 'open'
    }
    const { message } = await failure(runOf(text, options), ['b'])
    const pasted = message.split('*.loader.yaml:\n')[1] ?? ''
    expect(parse(pasted)).toEqual([{ args: ['a', 'b c'], expect: ['b'] }])
    const beside = Array.from(pasted.matchAll(/^ {2}# beside the cases: (.*)$/gm), ([, member]) => parse(member ?? ''))
    expect(Object.assign({}, ...beside)).toEqual({
      interpreter: 'bash',
      ...options,
      args: undefined,
      limits: { timeoutMs: 60_000 }
    })
  })

  test('shows a place where it is known', async () => {
    const run = { ...(await runOf('echo module=a')), blame: [{ module: 'a', source: '/x/load.sh', line: 7 }] }
    expect((await failure(Promise.resolve(run), [])).message).toContain('  + a  load.sh:7')
  })

  test.each([[undefined], ['a'], [[1]], [[{ config: 'x' }]], [[{ module: 'a', config: 1 }]]])(
    'an expectation of another form: %j',
    async (expected) => {
      await expect(assertResolves(await runOf('echo none'), expected as never)).rejects.toMatchObject({
        code: 'ERR_HERMES_OPTIONS_INVALID'
      })
    }
  )

  test.each<[string, unknown, string]>([
    [
      'a promise',
      Promise.resolve(),
      'assertResolves(): an "await" is missing: its first argument takes what `await script.run()`'
    ],
    ['undefined', undefined, 'assertResolves(): its first argument takes what `await script.run()` gave'],
    ['null', null, 'assertResolves(): its first argument takes what `await script.run()` gave'],
    ['something else', { modules: [] }, 'assertResolves(): its first argument takes what `await script.run()` gave']
  ])('in place of a run: %s', async (_, run, message) => {
    await expect(assertResolves(run as never, [])).rejects.toMatchObject({
      code: 'ERR_HERMES_OPTIONS_INVALID',
      message: expect.stringContaining(message)
    })
  })

  test.each<[string, StaticModule, string]>([
    ['a key that is not declared', { module: 'a', teir: '1' }, 'expected[0]: unknown key "teir": did you mean "tier"?'],
    ['a name that is none', '..', 'expected[0]: ".." is no module name: a name has 1 to 63'],
    ['a config that is none', { module: 'a', config: 'b c' }, 'expected[0]: "b c" is no config name']
  ])('an expectation that no run meets: %s', async (_, expected, message) => {
    const run = await runOf('echo none')
    await expect(assertResolves(run, [expected])).rejects.toMatchObject({
      code: 'ERR_HERMES_OPTIONS_INVALID',
      message: expect.stringContaining(message)
    })
  })

  test('takes any key of a run that was copied, whose options are not known', async () => {
    await assertResolves({ ...(await runOf('echo module=a,tier=1')) }, [{ module: 'a', tier: '1' }])
  })
})
