import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import schema from '../../schema.json' with { type: 'json' }
import { formatDiagnostics } from '../../src/index.ts'
import { runLoaderTests } from '../../src/testing/index.ts'
import { readTestFile } from '../../src/testing/tests/test-file.ts'
import { expectFile } from '../cli/expect-file.ts'
import { rejection } from './kit.ts'

const folder = (name: string) => fileURLToPath(new URL(`../corpus/loader-tests/${name}/`, import.meta.url))
const filesIn = (name: string) => readdirSync(folder(name)).filter((file) => file.endsWith('.loader.yaml'))

test.each(filesIn('valid'))('passes: %s', async (file) => {
  const { ok, cases, updated, files } = await runLoaderTests(path.join(folder('valid'), file))
  for (const { error } of cases) if (error) throw error
  expect({ ok, updated }).toEqual({ ok: true, updated: false })
  const lines = readFileSync(path.join(folder('valid'), file), 'utf8').split('\n')
  for (const { line } of cases) expect(lines[line - 1]).toMatch(/^ {2}- /)
  expect(files[0]).toBe(path.join(folder('valid'), file))
})

test.each(filesIn('invalid'))('tells everything that is wrong: %s', async (file) => {
  const error = await rejection(runLoaderTests(path.join(folder('invalid'), file), { source: file }))
  expect(error.code).toBe('ERR_HERMES_CONFIG_INVALID')
  expectFile(`${folder('invalid')}${file}.printed`, `${formatDiagnostics(error.diagnostics)}\n`)
})

describe('an editor that reads schema.json agrees with the reader', () => {
  const validate = new Ajv2020({ strictTypes: false, allowUnionTypes: true })
    .addSchema(schema, 'schema.json')
    .compile({ $ref: 'schema.json#/$defs/loaderTests' })
  const plainValue = (text: string) => parseDocument(text, { uniqueKeys: false, logLevel: 'silent' }).toJS()

  test.each(filesIn('valid'))('valid: %s', (file) => {
    expect(validate(plainValue(readFileSync(path.join(folder('valid'), file), 'utf8'))), JSON.stringify(validate.errors)).toBe(
      true
    )
  })

  // What a schema can't see: files, YAML itself, what one part says of another.
  const unseen = /^(?:bad-utf-8|no-such-|not-yaml|script-is|two-documents|key-twice)/
  test.each(filesIn('invalid').filter((file) => !unseen.test(file)))('invalid: %s', (file) => {
    expect(validate(plainValue(readFileSync(path.join(folder('invalid'), file), 'utf8')))).toBe(false)
  })

  const right = { script: 'load-sidecars.sh', cases: [{ expect: 'none' }] }
  const members: [string, unknown][] = [
    ['env', { A: '1' }],
    ['env', null],
    ['env', { A: 1 }],
    ['env', { 'A=B': '' }],
    ['env', []],
    ['catalog', { a: ['b'], c: null }],
    ['catalog', { 'a b': [] }],
    ['catalog', { a: ['b c'] }],
    ['catalog', ['a']],
    ['commands', { k: {} }],
    ['commands', { k: { exitCode: 256 } }],
    ['commands', { k: { exitCode: 1.5 } }],
    ['commands', { k: [{ args: ['a', { any: true }] }] }],
    ['commands', { k: [{ args: [{ any: false }] }] }],
    ['commands', { k: [{}] }],
    ['commands', { k: null }],
    ['commands', { 'a/b': {} }],
    ['commands', { '..': {} }],
    ['files', { a: 'text' }],
    ['files', { '': 'text' }],
    ['absent', ['curl']],
    ['absent', ['a/b']],
    ['absent', null],
    ['tools', 'sed'],
    ['args', ['a', '']],
    ['args', [1]],
    ['interpreter', 'bash -eu'],
    ['interpreter', ''],
    ['interpreter', []],
    ['interpreter', ['sh']],
    ['keys', ['tier']],
    ['keys', ['module']],
    ['keys', ['modules']],
    ['keys', ['1']],
    ['limits', { timeoutMs: 1 }],
    ['limits', { timeoutMs: 0 }],
    ['limits', { timeoutMs: 2_147_483_648 }],
    ['limits', { time: 1 }],
    ['world', 'open'],
    ['world', 'shut'],
    ['$schema', 'x'],
    ['$schema', 1],
    ['other', 1],
    ['cases', []],
    ['cases', null],
    ['cases', [{}]],
    ['cases', [{ name: 'a', expect: [] }]],
    ['cases', [{ name: 1, expect: [] }]],
    ['cases', [{ expect: 'none', world: 'open' }]],
    ['cases', [{ expect: ['a', { module: 'b', config: 'c' }] }]],
    ['cases', [{ expect: [{ config: 'c' }] }]],
    ['cases', [{ expect: ['a b'] }]],
    ['cases', [{ expect: 'a' }]],
    ['cases', [{ expect: null }]],
    ['cases', [{ expect: { error: 'ERR_HERMES_SCRIPT_EXIT' } }]],
    ['cases', [{ expect: { error: 'SCRIPT_EXIT' } }]],
    ['cases', [{ expect: {} }]],
    ['cases', [{ expect: [{ module: 'a', tier: 1 }] }]],
    ['script', { configMap: 'hermes-module-loader.yaml', key: 'load-sidecars.sh' }],
    ['script', { configMap: 'x.yaml' }],
    ['script', ''],
    ['script', null]
  ]

  test.each(members)('%s: %j', async (name, value) => {
    const written = { ...right, [name]: value }
    const bytes = new TextEncoder().encode(JSON.stringify(written))
    const { diagnostics } = await readTestFile(bytes, { source: 'x', folder: folder('valid') })
    expect(validate(written)).toBe(diagnostics.length === 0)
  })
})
