import assert from 'node:assert/strict'
import test from 'node:test'
import { assertResolves, loaderScript } from 'hermes-memory-installer/testing'

const script = loaderScript(new URL('../deploy/load-sidecars.sh', import.meta.url), {
  env: { POD_NAMESPACE: 'shop', NODE_NAME: 'node-1', FLAGS_URL: 'https://flags.example' }
})

test('staging is traced', async () => {
  const run = await script.run({ commands: { kubectl: { stdout: 'staging' } } })
  await assertResolves(run, [{ module: 'mem-tracer', config: 'staging-tunings' }])
})

test('a function stands for the cluster', async () => {
  const labels = { 'namespace/shop': 'production', 'node/node-1': 'spot' }
  const kubectl = ({ args: [, kind, name] }) => ({ stdout: labels[`${kind}/${name}`] })
  await assertResolves(await script.run({ commands: { kubectl } }), ['mem-logger'])
})

test('a test that forgets a tool of the network fails, and does not reach it', async () => {
  await assert.rejects(script.run(), { code: 'ERR_HERMES_SCRIPT_REPORTED', message: /kubectl get namespace shop/ })
})

test('a cluster that hangs ends with the time limit', async () => {
  const kubectl = () => new Promise(() => {})
  await assert.rejects(script.run({ commands: { kubectl }, limits: { timeoutMs: 500 } }), { code: 'ERR_HERMES_SCRIPT_TIMEOUT' })
})
