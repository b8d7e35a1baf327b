import { assertResolves } from 'hermes-memory-installer/testing'
import { describe, expect, test } from 'vitest'
import { fromConfigMap, fromFile, kubectl, noCluster, noFlags } from './cluster.js'

describe.each([
  ['the script', fromFile],
  ['the script of the ConfigMap', fromConfigMap]
])('%s', (_, script) => {
  test('production with the flag is profiled', async () => {
    const run = await script.run({ commands: { kubectl: kubectl({ tier: 'production' }), curl: { stdout: 'on' } } })
    await assertResolves(run, ['mem-logger', { module: 'mem-profiler', config: 'prod-tunings' }])
    expect(run.calls.map(({ command, args }) => [command, args.at(-1)])).toEqual([
      ['kubectl', 'jsonpath={.metadata.labels.tier}'],
      ['kubectl', 'jsonpath={.metadata.labels.pool}'],
      ['curl', 'https://flags.example/memory-profiling']
    ])
  })

  test.each(['off', ''])('production with the flag %j is not', async (stdout) => {
    const run = await script.run({ commands: { kubectl: kubectl({ tier: 'production' }), curl: { stdout } } })
    await assertResolves(run, ['mem-logger'])
  })

  test('a flag server that does not answer costs the profile, and a warning', async () => {
    const run = await script.run({ commands: { kubectl: kubectl({ tier: 'production' }), curl: noFlags } })
    await assertResolves(run, ['mem-logger'])
    expect(run.messages.map(({ text }) => text)).toEqual(["the flag memory-profiling can't be read"])
  })

  test('a spot node is not asked for a flag', async () => {
    const commands = { kubectl: kubectl({ tier: 'production', pool: 'spot' }), curl: { times: 0 } }
    await assertResolves(await script.run({ commands }), ['mem-logger'])
  })

  test('staging is traced', async () => {
    const run = await script.run({ commands: { kubectl: kubectl({ tier: 'staging' }) } })
    await assertResolves(run, [{ module: 'mem-tracer', config: 'staging-tunings' }])
  })

  test('without a tier nothing is loaded', async () => {
    await assertResolves(await script.run({ commands: { kubectl: kubectl({ tier: '' }) } }), [])
  })

  test('a cluster that does not answer is an error', async () => {
    await expect(script.run({ commands: { kubectl: noCluster } })).rejects.toMatchObject({
      code: 'ERR_HERMES_SCRIPT_REPORTED',
      run: { stdout: "error=the tier of namespace shop can't be read\n" }
    })
  })
})
