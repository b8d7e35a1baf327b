import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { runCli } from './run-cli.ts'

const neutral = (text: string, ...paths: readonly string[]) =>
  paths.reduce((shown, file, index) => shown.replaceAll(file, `PATH${index}`), text).replace(/[0-9a-f]{64}/g, 'DIGEST')

describe('explain', () => {
  test('draws the way of the decision, runs nothing and writes nothing', async () => {
    const folder = tempFolder()
    const script = tempFile('load.sh', `#!/bin/sh\n: >${folder}/ran\necho module=mem-logger\n`)
    const config = tempFile('modules.yaml', 'modules: [mem-tracer]\nconfigs: { nightly: {} }\n')
    const record = path.join(folder, 'record')
    const { code, stdout, stderr } = await runCli(['explain', script, '--static-config', config, '--record', record], {
      env: { CLUSTER_ENV: 's3cr3t' }
    })
    expect({ code, stderr, left: readdirSync(folder) }).toEqual({ code: 0, stderr: '', left: [] })
    expect(neutral(stdout, script, config, record)).toBe(`The script runs, and its answer is recorded
├─ Record: PATH2 has no answer yet
├─ Script: PATH0 (named on the command line) is present
│  ├─ SHA-256 DIGEST
│  ├─ Run by /bin/sh, because its #! line says so
│  ├─ Trust "file": passes
│  └─ Gets 4 variables
│     └─ CLUSTER_ENV, HERMES_PROTOCOL, HERMES_RUN_ID, PATH
└─ Static configuration: PATH1
   ├─ Looked for
   │  └─ PATH1, found
   ├─ Modules: mem-tracer
   └─ Configs: nightly
`)
  })

  test('a record that answers comes first, with who decided', async () => {
    const script = tempFile('load.sh', 'echo module=mem-logger,config=nightly\n')
    const record = path.join(tempFolder(), 'record')
    await runCli(['resolve', script, '--record', record, '--step', 'init-1', '--no-static-config'])
    const { stdout } = await runCli(['explain', script, '--record', record, '--no-static-config', '--interpreter', 'bash -eu'])
    expect(
      neutral(stdout, script, record).replace(/at \S+ \(/, 'at TIME (')
    ).toBe(`The record answers, and no script runs: mem-logger
├─ Record: PATH1 has an answer
│  ├─ Modules: mem-logger with nightly
│  ├─ Decided by step "init-1" at TIME (script-ran)
│  └─ Changed since: interpreter
├─ Script: PATH0 (named on the command line) is present
│  ├─ SHA-256 DIGEST
│  ├─ Run by bash -eu, because --interpreter says so
│  ├─ Trust "file": passes
│  └─ Gets 3 variables
│     └─ HERMES_PROTOCOL, HERMES_RUN_ID, PATH
└─ Static configuration: none
`)
  })

  test.each([
    ['verify', 'The script runs, and its answer is held against the record'],
    ['begin', 'The script runs, and its answer is recorded']
  ])('with a record and mode %s', async (mode, outcome) => {
    const script = tempFile('load.sh', 'echo module=mem-logger\n')
    const record = path.join(tempFolder(), 'record')
    await runCli(['resolve', script, '--record', record])
    const flagged = await runCli(['explain', script, '--record', record, '--record-mode', mode])
    expect(flagged.stdout.split('\n')[0]).toBe(outcome)
    const named = await runCli(['explain', script, '--record', record], { env: { HERMES_RECORD_MODE: mode } })
    expect(named.stdout.split('\n')[0]).toBe(outcome)
  })

  test.each<[string, string[], Record<string, string>, string[]]>([
    [
      'switched off',
      ['--no-script', '--no-static-config'],
      {},
      ['No script runs, the static configuration decides: none', '├─ Script: none, switched off on the command line']
    ],
    [
      'masked',
      ['/dev/null', '--no-static-config'],
      {},
      ['The script is masked, which means no module', '├─ Script: /dev/null (named on the command line) is masked']
    ],
    [
      'absent',
      ['--no-static-config'],
      { HERMES_SCRIPT: '/nowhere/load.sh' },
      ['No script runs, the static configuration decides: none', '├─ Script: /nowhere/load.sh (named by HERMES_SCRIPT) is absent']
    ]
  ])('a script that is %s', async (_, argv, env, expected) => {
    const { stdout } = await runCli(['explain', ...argv], { env })
    const lines = stdout.split('\n')
    expect([lines[0], lines[2]]).toEqual(expected)
  })

  test('what is wrong is part of the answer, which ends with 0', async () => {
    const script = tempFile('load.sh', '#!/no/such/shell\n', 0o666)
    const { code, stdout } = await runCli(['explain', script, '--no-static-config'])
    expect(code).toBe(0)
    expect(stdout).toContain('It would fail: the errors are below\n')
    expect(stdout).toContain('Trust "file": refused, anybody could have written it\n')
    expect(stdout).toContain('Run by /no/such/shell, because its #! line says so; it is not there\n')
    expect(stdout).toContain('[ERR_HERMES_SCRIPT_UNTRUSTED]')
    expect(stdout).toContain('[ERR_HERMES_INTERPRETER_NOT_FOUND]')
  })

  test('json is what explainResolution() gives', async () => {
    const { stdout } = await runCli(['explain', '--format', 'json'], { env: { HERMES_SCRIPT: '' } })
    expect(JSON.parse(stdout)).toMatchObject({ script: { namedBy: 'HERMES_SCRIPT', state: 'disabled' }, diagnostics: [] })
  })
})
