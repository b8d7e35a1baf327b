import { readFileSync } from 'node:fs'
import { parseConfigMap } from 'hermes-memory-installer'
import { expect, test } from 'vitest'
import { deployed, fromConfigMap, kubectl } from './cluster.js'

const yaml = readFileSync(deployed('loader.yaml'), 'utf8')

test('what is mounted is what is tested', async () => {
  const { entries } = await parseConfigMap(yaml)
  expect(Object.fromEntries(entries.map(({ key, text }) => [key, text]))).toEqual({
    'load-sidecars.sh': readFileSync(deployed('load-sidecars.sh'), 'utf8'),
    'cluster.sh': readFileSync(deployed('lib/cluster.sh'), 'utf8')
  })
})

test('its lines are those of the YAML file', async () => {
  const { blame } = await fromConfigMap.run({ commands: { kubectl: kubectl({ tier: 'staging' }) }, trace: true })
  expect(blame).toHaveLength(1)
  expect(blame[0].source).toBe(deployed('loader.yaml'))
  expect(yaml.split('\n')[blame[0].line - 1]).toContain('module=mem-tracer')
})
