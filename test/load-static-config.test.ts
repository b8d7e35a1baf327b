import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { HermesError, type LoadStaticConfigOptions, loadStaticConfig } from '../src/index.ts'
import { readFirst } from '../src/load-static-config.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const text = 'modules:\n  - mem-logger\n  - { module: mem-profiler, config: prod, version: "2" }\nconfigs:\n  prod: { rate: 1 }\n'

async function failureOf(options: LoadStaticConfigOptions): Promise<HermesError> {
  const failure = await loadStaticConfig(options).catch((error: unknown) => error)
  if (!(failure instanceof HermesError)) throw new Error('no HermesError')
  return failure
}

describe('a file', () => {
  test('gives its modules with their places, and its configs', async () => {
    const file = tempFile('modules.yaml', text)
    expect(await loadStaticConfig({ staticConfig: file, keys: ['version'], env: {} })).toEqual({
      modules: [
        { module: 'mem-logger', options: {}, origin: { kind: 'file', source: file, line: 2, column: 5 } },
        {
          module: 'mem-profiler',
          config: 'prod',
          options: { version: '2' },
          origin: { kind: 'file', source: file, line: 3, column: 5 }
        }
      ],
      configs: { prod: { rate: 1 } },
      diagnostics: []
    })
  })

  test('is named by HERMES_STATIC_CONFIG, from cwd on', async () => {
    const file = tempFile('modules.json', '{"modules": ["a"]}')
    const env = { HERMES_STATIC_CONFIG: 'modules.json' }
    const { modules } = await loadStaticConfig({ env, cwd: path.dirname(file) })
    expect(modules.map(({ module, origin }) => [module, origin.source])).toEqual([['a', file]])
  })

  test.each([
    ['HERMES_STATIC_CONFIG is empty', { HERMES_STATIC_CONFIG: '' }],
    ['it is /dev/null', { HERMES_STATIC_CONFIG: '/dev/null' }],
    ['nothing names one and none is at a default path', {}]
  ])('is none where %s', async (_, env) => {
    expect(await loadStaticConfig({ env })).toEqual({ modules: [], configs: {}, diagnostics: [] })
  })

  test('its ending decides the format', async () => {
    const failure = await failureOf({ staticConfig: tempFile('modules.json', 'modules: [a]'), env: {} })
    expect(failure.code).toBe('ERR_HERMES_CONFIG_INVALID')
    expect(failure.diagnostics).toMatchObject([{ code: 'invalid-config', line: 1, column: 1 }])
  })

  const fifo = () => {
    const at = path.join(tempFolder(), 'fifo')
    execFileSync('mkfifo', [at])
    return at
  }
  test.each<[string, () => string, string]>([
    ['absent', () => '/no/such/file.yaml', 'there is no such file'],
    ['a folder', tempFolder, 'it is a folder'],
    ['a FIFO', fifo, 'it is a FIFO'],
    ['below a file', () => path.join(tempFile('x', ''), 'y'), 'something above it is no folder']
  ])('that is %s can not be read', async (_, make, why) => {
    const failure = await failureOf({ staticConfig: make(), env: {} })
    expect(failure.code).toBe('ERR_HERMES_CONFIG_UNREADABLE')
    expect(failure.message).toContain(why)
  })
})

describe('HERMES_MODULES', () => {
  test('replaces the modules of a file, and leaves its configs', async () => {
    const env = { HERMES_MODULES: 'module=a; module=b,config="prod"\nmodule=c # none' }
    const failure = await failureOf({ staticConfig: tempFile('m.yaml', text), keys: ['version'], env })
    expect(failure.diagnostics).toMatchObject([{ code: 'invalid-name', line: 2, column: 8 }])
    const loaded = await loadStaticConfig({
      staticConfig: tempFile('m.yaml', text),
      keys: ['version'],
      env: { HERMES_MODULES: 'module=a; module=b,config=prod' }
    })
    expect(loaded).toMatchObject({
      modules: [
        { module: 'a', origin: { kind: 'env', source: 'HERMES_MODULES', line: 1, column: 1 } },
        { module: 'b', config: 'prod', origin: { kind: 'env', source: 'HERMES_MODULES', line: 1, column: 11 } }
      ],
      configs: { prod: { rate: 1 } }
    })
  })

  test.each(['', 'none', ' ; # nothing ; '])('%j means no module', async (HERMES_MODULES) => {
    const { modules } = await loadStaticConfig({ staticConfig: tempFile('m.yaml', 'modules: [a]'), env: { HERMES_MODULES } })
    expect(modules).toEqual([])
  })

  test('a wrong file is reported beside it', async () => {
    const failure = await failureOf({ staticConfig: tempFile('m.yaml', 'modules: 1'), env: { HERMES_MODULES: 'abstain' } })
    expect(failure.diagnostics.map(({ code, source }) => [code, path.basename(source ?? '')])).toEqual([
      ['invalid-config', 'm.yaml'],
      ['syntax', 'HERMES_MODULES']
    ])
  })
})

describe('an object, or false', () => {
  const env = { HERMES_MODULES: 'module=from-variable', HERMES_STATIC_CONFIG: '/no/such/file' }

  test('an object wins over both variables', async () => {
    const staticConfig = { modules: ['a', { module: 'b', config: 'c' }], configs: { c: { deep: [1, null, { x: 'y' }] } } }
    expect(await loadStaticConfig({ staticConfig, env })).toEqual({
      modules: [
        { module: 'a', options: {}, origin: { kind: 'inline', source: '<inline>' } },
        { module: 'b', config: 'c', options: {}, origin: { kind: 'inline', source: '<inline>' } }
      ],
      configs: { c: { deep: [1, null, { x: 'y' }] } },
      diagnostics: []
    })
  })

  test('a wrong object is told by JSON pointers', async () => {
    const staticConfig = { modules: ['a', '..'], configs: { 'a/b/c': {}, d: { e: Number.NaN, 'f/g': new Date(0) } } }
    const failure = await failureOf({ staticConfig, env })
    expect(failure.code).toBe('ERR_HERMES_CONFIG_INVALID')
    expect(failure.diagnostics.map(({ code, path: at }) => [code, at]).sort()).toEqual([
      ['invalid-config', '/configs/d/e'],
      ['invalid-config', '/configs/d/f~1g'],
      ['invalid-name', '/configs/a~1b~1c'],
      ['invalid-name', '/modules/1']
    ])
  })

  test('false ignores both variables', async () => {
    expect(await loadStaticConfig({ staticConfig: false, env })).toEqual({ modules: [], configs: {}, diagnostics: [] })
  })
})

test('of several files at the default paths the first is read, and the others are noted', async () => {
  const folder = tempFolder()
  const [yaml, yml, json] = ['modules.yaml', 'modules.yml', 'modules.json'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string
  ]
  writeFileSync(yml, 'modules: [from-yml]')
  writeFileSync(json, '{"modules": ["from-json"]}')
  const { requests, diagnostics } = await readFirst([yaml, yml, json], [])
  expect(requests.map(({ module }) => module)).toEqual(['from-yml'])
  expect(diagnostics).toEqual([
    {
      code: 'second-config-file',
      severity: 'note',
      message: `${json} is there too, and is not looked at: ${yml} comes first`,
      source: json
    }
  ])
})
