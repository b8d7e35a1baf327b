import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import schema from '../../schema.json' with { type: 'json' }
import { formatDiagnostics } from '../../src/index.ts'
import { initLoaderTests, joinCoverage, runLoaderTests } from '../../src/testing/index.ts'
import { comparedValues } from '../../src/testing/tests/compared-values.ts'
import { readTestFile } from '../../src/testing/tests/test-file.ts'
import { expectFile } from '../cli/expect-file.ts'
import { tempFile } from '../temp-folder.ts'
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
  const unseen = /^(?:absent|bad-utf-8|no-such-|not-yaml|script-is|two-documents|key-twice)/
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

/** A script, and a file of its tests beside it. */
function written(script: string, tests: string): string {
  const file = tempFile('load.sh', script)
  writeFileSync(path.join(path.dirname(file), 'a.loader.yaml'), tests)
  return path.join(path.dirname(file), 'a.loader.yaml')
}

describe('an update', () => {
  const script =
    'case $A in 1) exit 3 ;; 2) echo none ;; 3) curl x ;; 4) echo module=a,config=b; echo module=c,tier=1 ;; 5) echo module=b ;; *) echo module=a ;; esac\n'
  const updated = async (cases: string) => {
    const head = 'script: load.sh\ninterpreter: bash\nkeys: [tier]\ncases:\n'
    const file = written(script, head + cases)
    const result = await runLoaderTests(file, { update: true })
    const text = readFileSync(file, 'utf8')
    expect(text.startsWith(head)).toBe(true)
    return { ...result, text: text.slice(head.length) }
  }

  test.each([
    ['a list by none', '  - { expect: [b], env: { A: "2" } } # x\n', '  - { expect: none, env: { A: "2" } } # x\n'],
    ['none by a list', '  - expect: none # x\n', '  - expect: [a] # x\n'],
    [
      'a list by an error',
      '  - env: { A: "1" }\n    expect: [a]\n',
      '  - env: { A: "1" }\n    expect: { error: ERR_HERMES_SCRIPT_EXIT }\n'
    ],
    [
      'an error by a list',
      '  - expect:\n      error: ERR_HERMES_SCRIPT_EXIT # x\n    args: []\n',
      '  - expect: [a] # x\n    args: []\n'
    ],
    [
      'lines by none',
      '  - env: { A: "2" }\n    expect:\n      - b\n    # after\n',
      '  - env: { A: "2" }\n    expect: none\n    # after\n'
    ],
    [
      'lines under a comment by none',
      '  - env: { A: "2" }\n    expect: # why\n      - b\n',
      '  - env: { A: "2" }\n    expect: # why\n      none\n'
    ],
    [
      'lines, of which one stays, with its comment',
      '  - expect:\n      # the tracer\n      - b\n      # the second\n      - module: c # own\n        tier: "1"\n    env: { A: "4" }\n',
      '  - expect:\n      # the tracer\n      - module: a\n        config: b\n      # the second\n      - module: c # own\n        tier: "1"\n    env: { A: "4" }\n'
    ],
    [
      'in flow',
      '  - {expect: [b], env: {A: "4"}}\n',
      '  - {expect: [ { module: a, config: b }, { module: c, tier: "1" } ], env: {A: "4"}}\n'
    ]
  ])('replaces %s', async (_, before, after) => {
    const { ok, text, updated: changed } = await updated(before)
    expect({ ok, changed, text }).toEqual({ ok: true, changed: true, text: after })
  })

  test('leaves a case whose call was refused, for that is no answer', async () => {
    const cases = '  - { env: { A: "3" }, expect: none }\n  - { expect: none }\n'
    const { ok, cases: told, text } = await updated(cases)
    expect([ok, told.map((one) => one.ok)]).toEqual([false, [false, true]])
    expect(text).toBe(cases.replace('{ expect: none }', '{ expect: [a] }'))
  })

  test('does not change a case through an anchor of another', async () => {
    const file = written(
      script,
      'script: load.sh\ninterpreter: bash\ncases: [{ expect: &a [b] }, { env: { A: "5" }, expect: *a }]\n'
    )
    const before = readFileSync(file, 'utf8')
    expect((await rejection(runLoaderTests(file, { update: true }))).message).toContain('write the expectations out')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})

describe('first tests', () => {
  test.each([
    ['test', 'if [ "$A" == x ] || test y != "${B:-}"; then :; fi', ['A=x', 'B=y']],
    ['[[', '[[ $A == prod* && ${B} = "q r" ]]; [[ $C =~ x ]]; [[ $D == $E ]]', ['A=prod', 'B=q r']],
    ['case', 'case "$A" in a|b) ;; (c*d?) ;; [ef]) ;; *) ;; esac', ['A=a', 'A=b', 'A=cdx']],
    ['a text round the variable', '[ "x$A" = "xyes" ]; [ "$A-$B" = c ]', ['A=yes']],
    ['through another variable', 'e=${A:-dev}; f="$e"; case $f in p) ;; esac', ['A=p']],
    ['a default for itself', 'A=${A:-dev}; [ "$A" = x ]', ['A=x']],
    ['not what the script sets', 'z=$(hostname); [ "$z" = x ]; read -r l; [ "$l" = y ]; for i in 1; do [ "$i" = z ]; done', []],
    ['not of two origins', 'e=$A; e=$B; [ "$e" = x ]', []],
    ['in a circle', 'a=$b; b=$a; [ "$a" = x ]', []],
    ['an empty text', '[ "$A" = "" ]', ['A=']],
    ['not numbers and files', '[ "$A" -gt 3 ]; [ -n "$A" ]; [ -f "$B" ]', []]
  ])('try what is compared: %s', (_, text, expected) => {
    expect(comparedValues(text).map(({ variable, value }) => `${variable}=${value}`)).toEqual(expected)
  })

  const mixed = `#!/bin/bash
zone=$(kubectl get zone || true)
labels=$(timeout 5 curl -fs http://labels || true)
case "\${CLUSTER_ENV:-dev}" in
prod*) echo "module=mem-profiler,config=prod-tunings"; echo "module=mem-logger" ;;
"no one") exit 3 ;;
live) yq . /dev/null; echo "module=mem-\${zone:-logger}" ;;
*) echo none ;;
esac
`
  test.each([
    ['config-map', readFileSync('test/corpus/configmap/load-sidecars.sh', 'utf8')],
    ['mixed', mixed],
    ['nothing', 'exit 4\n']
  ])('pass, whole: %s', async (name, script) => {
    const file = tempFile('load-sidecars.sh', script)
    const text = await initLoaderTests(file)
    expectFile(`${folder('init')}${name}.yaml`, text)
    const tests = path.join(path.dirname(file), 'load-sidecars.loader.yaml')
    writeFileSync(tests, text)
    expect(await runLoaderTests(pathToFileURL(tests))).toMatchObject({ ok: true })
  })

  test('stub the network tools of the libraries beside the script', async () => {
    const script = 'here=$(dirname "$0")\n. "$here/lib.sh"\n[ "$A" = b ] && zone\n[ "$A" = c ] && pod\necho none\n'
    const file = tempFile('load.sh', script)
    const beside = path.dirname(file)
    writeFileSync(path.join(beside, 'lib.sh'), '. "$(dirname "$0")/more.sh"\nzone() { kubectl get zone </dev/null || true; }\n')
    writeFileSync(path.join(beside, 'more.sh'), '. "$(dirname "$0")/lib2.sh"\npod() { [ -z "$D" ] || curl -fs pod; }\n')
    writeFileSync(path.join(beside, 'lib2.sh'), ':\n')
    const { commands } = parseDocument(await initLoaderTests(file)).toJS()
    expect(commands).toEqual({ kubectl: { stdout: '' }, curl: { stdout: '' } })
  })

  test.each([
    ['nothing there', '/no/such/script.sh', 'ERR_HERMES_SCRIPT_UNREADABLE'],
    ['no path', '', 'ERR_HERMES_OPTIONS_INVALID']
  ])('of %s', async (_, script, code) => {
    expect((await rejection(initLoaderTests(script))).code).toBe(code)
  })
})

describe('runLoaderTests()', () => {
  const tests = 'script: load.sh\ncases: [{ name: a, expect: none }, { name: b, expect: [x] }]\n'

  test('gives why a case fails, and what it depends on', async () => {
    const file = written('. "$(dirname "$0")/lib.sh"; echo none\n', tests)
    writeFileSync(path.join(path.dirname(file), 'lib.sh'), 'if false; then . /no/such/file; fi\n')
    const { ok, cases, files, coverage } = await runLoaderTests(file)
    expect(ok).toBe(false)
    expect(cases).toMatchObject([
      { name: 'a', line: 2, ok: true },
      { name: 'b', line: 2, ok: false, error: { name: 'AssertionError' } }
    ])
    expect(files.map((one) => path.basename(one))).toEqual(['a.loader.yaml', 'load.sh', 'lib.sh', 'file'])
    expect(coverage).toBe(undefined)
  })

  test('joins coverage of several files', async () => {
    const script = '#!/bin/bash\nif [ -n "$A" ]; then\n  echo module=x\nelse\n  echo none\nfi\n'
    const one = await runLoaderTests(written(script, 'script: load.sh\ncases: [{ expect: none }]\n'), { trace: true })
    const again = one.coverage
    if (again === undefined) throw new Error('there is no coverage')
    const joined = joinCoverage([again, again])
    expect(joined.lines.map(({ line, hits }) => [line, hits])).toEqual([
      [2, 2],
      [3, 0],
      [5, 2]
    ])
    expect(joined.percent).toBe(66.67)
    expect(joinCoverage([])).toEqual({ lcov: '', lines: [], reason: 'no run was traced' })
  })

  test('takes a case that a failing run shows', async () => {
    const file = written(
      'k a "b c" >/dev/null; echo module=y\n',
      'script: load.sh\ncommands: { k: [{ args: [a, { any: true }], stdout: "z\\n" }] }\nfiles: { f: "1\\n" }\ncases: [{ env: { A: "yes" }, expect: [x] }]\n'
    )
    const { cases } = await runLoaderTests(file)
    const shown = cases[0]?.error?.message.split('*.loader.yaml:\n')[1] ?? ''
    writeFileSync(file, `script: load.sh\ncases:\n${shown.replace('- x', '- y')}\n`)
    expect(await runLoaderTests(file)).toMatchObject({ ok: true })
  })

  test('fails a case whose options are wrong, unless that is what it expects', async () => {
    const head = 'script: load.sh\ntools: [no-such-tool-anywhere]\n'
    const wrong = await runLoaderTests(
      written('echo none\n', `${head}cases: [{ expect: none }, { expect: { error: ERR_HERMES_SCRIPT_EXIT } }]\n`)
    )
    expect(wrong.cases).toMatchObject([
      { ok: false, error: { code: 'ERR_HERMES_OPTIONS_INVALID' } },
      { ok: false, error: { code: 'ERR_HERMES_OPTIONS_INVALID' } }
    ])
    expect(
      await runLoaderTests(written('echo none\n', `${head}cases: [{ expect: { error: ERR_HERMES_OPTIONS_INVALID } }]\n`))
    ).toMatchObject({ ok: true })
  })

  test.each<[string, unknown, unknown, string]>([
    ['no path', '', {}, 'ERR_HERMES_OPTIONS_INVALID'],
    ['an unknown option', 'a', { updat: true }, 'ERR_HERMES_OPTIONS_INVALID'],
    ['an absent file', '/no/such/a.loader.yaml', {}, 'ERR_HERMES_CONFIG_UNREADABLE'],
    ['a folder', '/', {}, 'ERR_HERMES_CONFIG_UNREADABLE']
  ])('rejects: %s', async (_, file, options, code) => {
    expect((await rejection(runLoaderTests(file as string, options as object))).code).toBe(code)
  })

  test('ends when its signal aborts', async () => {
    const file = written('sleep 60\n', tests)
    await expect(runLoaderTests(file, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})
