import { createHash } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { defineCatalog, explainResolution, type ResolveModulesOptions, resolveModules } from '../src/index.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const PATH = process.env['PATH'] ?? ''
const env = { PATH }
const explain = (options: ResolveModulesOptions = {}) => explainResolution({ env, staticConfig: false, ...options })

test('a resolution is explained without running or writing anything', async () => {
  const folder = tempFolder()
  const text = `#!/usr/bin/env bash\ntouch ${folder}/ran\necho module=a\n`
  const script = path.join(folder, 'load.sh')
  const staticConfig = path.join(folder, 'modules.yaml')
  writeFileSync(script, text)
  writeFileSync(staticConfig, 'modules: [mem-logger]\nconfigs: { prod: {}, a/prod: {} }\n')
  const explanation = await explainResolution({
    script,
    staticConfig,
    env: { PATH, SECRET: 'value' },
    step: 'one',
    record: path.join(folder, 'record')
  })
  expect(explanation).toEqual({
    script: {
      path: script,
      namedBy: 'option',
      state: 'present',
      sha256: createHash('sha256').update(text).digest('hex'),
      interpreter: { argv: ['/usr/bin/env', 'bash'], namedBy: '#!', found: true },
      trust: { level: 'file', ok: true }
    },
    staticConfig: { lookedAt: [staticConfig], found: staticConfig, modules: ['mem-logger'], configs: ['prod', 'a/prod'] },
    record: { location: path.join(folder, 'record'), state: 'none' },
    env: ['HERMES_PROTOCOL', 'HERMES_RUN_ID', 'HERMES_STEP', 'PATH', 'SECRET'],
    diagnostics: []
  })
  expect(JSON.stringify(explanation)).not.toContain('value')
  expect(readdirSync(folder).sort()).toEqual(['load.sh', 'modules.yaml'])
})

describe('the script', () => {
  test.each<[string, () => ResolveModulesOptions, object]>([
    ['at the default path', () => ({}), { path: '/etc/hermes/load-sidecars.sh', namedBy: 'default', state: 'absent' }],
    [
      'that a variable names',
      () => ({ env: { HERMES_SCRIPT: '/no.sh' } }),
      { path: '/no.sh', namedBy: 'HERMES_SCRIPT', state: 'absent' }
    ],
    ['that an option switches off', () => ({ script: false }), { namedBy: 'option', state: 'disabled' }],
    ['that a variable switches off', () => ({ env: { HERMES_SCRIPT: '' } }), { namedBy: 'HERMES_SCRIPT', state: 'disabled' }],
    ['/dev/null', () => ({ script: '/dev/null' }), { path: '/dev/null', namedBy: 'option', state: 'masked' }],
    ['of no bytes', () => ({ script: tempFile('x', '') }), { state: 'empty', trust: { level: 'file', ok: true } }],
    [
      'by the default shell',
      () => ({ script: tempFile('x', 'true') }),
      { interpreter: { argv: ['/bin/sh'], namedBy: 'default', found: true } }
    ],
    [
      'by an option',
      () => ({ script: { path: tempFile('x', 'true'), interpreter: 'no-shell -e' } }),
      { interpreter: { argv: ['no-shell', '-e'], namedBy: 'option', found: false } }
    ]
  ])('%s', async (_, options, expected) => {
    expect((await explain(options())).script).toMatchObject(expected)
  })
})

describe('what would fail is a diagnostic', () => {
  const sha256 = '0'.repeat(64)
  const catalog = defineCatalog({ a: {} })
  test.each<[string, () => ResolveModulesOptions]>([
    ['ERR_HERMES_SCRIPT_UNREADABLE', () => ({ script: tempFolder() })],
    ['ERR_HERMES_SCRIPT_UNREADABLE', () => ({ script: { path: '/no.sh', onAbsent: 'fail' } })],
    ['ERR_HERMES_SCRIPT_UNTRUSTED', () => ({ script: tempFile('x', 'true', 0o666) })],
    ['ERR_HERMES_SCRIPT_HASH_MISMATCH', () => ({ script: { path: tempFile('x', 'true'), sha256 } })],
    ['ERR_HERMES_SCRIPT_HASH_MISMATCH', () => ({ script: { path: '/dev/null', sha256 } })],
    ['ERR_HERMES_SCRIPT_HASH_MISMATCH', () => ({ script: { sha256 }, env: { HERMES_SCRIPT: '' } })],
    ['ERR_HERMES_INTERPRETER_NOT_FOUND', () => ({ script: tempFile('x', '#!/no/sh\n') })],
    ['ERR_HERMES_INTERPRETER_NOT_FOUND', () => ({ script: tempFile('x', '\n#!/bin/sh\n') })],
    ['ERR_HERMES_CONFIG_UNREADABLE', () => ({ staticConfig: '/no/such.yaml' })],
    ['unknown-key', () => ({ staticConfig: { module: [] } as object })],
    ['unknown-module', () => ({ staticConfig: { modules: ['b'] }, catalog: catalog as never })],
    ['syntax', () => ({ env: { HERMES_MODULES: 'abstain' }, staticConfig: undefined })],
    ['ERR_HERMES_RECORD_UNUSABLE', () => ({ record: tempFile('x', '') })]
  ])('%s', async (code, options) => {
    const { diagnostics } = await explain(options())
    expect(diagnostics.filter(({ severity }) => severity === 'error').map((one) => one.code)).toEqual([code])
  })

  test('but a wrong option is an error', async () => {
    await expect(explain({ step: '' })).rejects.toMatchObject({
      code: 'ERR_HERMES_OPTIONS_INVALID',
      message: expect.stringMatching(/^explainResolution\(\): step/)
    })
  })
})

test('a record is told with who decided, and what changed since', async () => {
  const script = tempFile('load.sh', 'echo module=a,config=b\n')
  const record = path.join(path.dirname(script), 'record')
  await resolveModules({ script, record, env, staticConfig: false, step: 'one' })
  writeFileSync(script, 'exit 1\n')
  expect((await explain({ script, record })).record).toMatchObject({
    location: record,
    state: 'whole',
    decision: { step: 'one', reason: 'script-ran', changedInputs: ['script'] },
    modules: [{ name: 'a', config: 'b' }]
  })
  const [name = ''] = readdirSync(record)
  writeFileSync(path.join(record, name), '{"version":99}')
  expect(await explain({ script, record })).toMatchObject({
    record: { state: 'newer' },
    diagnostics: [{ code: 'ERR_HERMES_RECORD_UNUSABLE' }]
  })
})
