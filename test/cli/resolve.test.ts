import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadStaticConfig } from '../../src/index.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { runCli } from './run-cli.ts'

const clusterScript = `#!/bin/sh
case $CLUSTER_ENV in
  production) echo module=mem-profiler,config=prod-tunings; echo module=leak-detector ;;
  *) echo none ;;
esac
`
const configText = 'modules: [mem-logger]\nconfigs: { prod-tunings: { sampleIntervalBytes: 524288 } }\n'

describe('resolve', () => {
  const script = () => tempFile('load.sh', clusterScript)
  const config = () => tempFile('modules.yaml', configText)
  const production = { CLUSTER_ENV: 'production' }

  test('says what, why and from where, for a person', async () => {
    const [file, modules] = [script(), config()]
    const { code, stdout, stderr } = await runCli(['resolve', file, '--static-config', modules], { env: production })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.replace(/in \d+ ms, sha256 [0-9a-f]{64}/, 'in N ms, sha256 DIGEST')).toBe(
      `2 modules: the script ${file} chose (script-ran)
  mem-profiler  with prod-tunings {"sampleIntervalBytes":524288}  (output of ${file}:1:1)
  leak-detector  (output of ${file}:2:1)
run by /bin/sh in N ms, sha256 DIGEST
`
    )
  })

  test.each([
    ['script-empty', 'echo none\n', 'no module: the script SCRIPT chose none (script-empty)'],
    ['script-masked', '', 'no module: the script is /dev/null or empty, which means none (script-masked)'],
    [
      'script-abstained',
      'echo abstain\n',
      '1 module: the script SCRIPT has no opinion, so the static configuration decides (script-abstained)'
    ],
    ['script-failed', 'exit 3\n', '1 module: the script failed, so the static configuration decides (script-failed)']
  ])('says why: %s', async (_, text, summary) => {
    const file = tempFile('load.sh', text)
    const { code, stdout } = await runCli(['resolve', file, '--static-config', config(), '--on-failure', 'static'])
    expect({ code, summary: stdout.split('\n')[0]?.replace(file, 'SCRIPT') }).toEqual({ code: 0, summary })
  })

  test('says why where no script runs', async () => {
    const disabled = await runCli(['resolve', '--no-script', '--static-config', config()])
    expect(disabled.stdout.split('\n')[0]).toBe(
      '1 module: the script is switched off, so the static configuration decides (script-disabled)'
    )
    const absent = await runCli(['resolve', 'nothing.sh', '--static-config', config()])
    expect(absent.stdout.split('\n')[0]).toBe('1 module: there is no script, so the static configuration decides (script-absent)')
    expect(absent.stderr).toContain('note: ')
  })

  test('json is the resolution, and nothing else is printed', async () => {
    const file = tempFile('load.sh', 'echo oops >&2; echo note=hello; echo module=mem-logger\n')
    const { code, stdout, stderr } = await runCli(['resolve', '--script', file, '--format', 'json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'script',
      reason: 'script-ran',
      modules: [{ name: 'mem-logger', settings: {}, origin: { kind: 'script', source: file, line: 2, column: 1 } }],
      diagnostics: [{ code: 'script-message', severity: 'note', message: 'hello' }],
      script: { path: file, stderr: 'oops\n' }
    })
  })

  test('directives are one line a module, declared keys included', async () => {
    const file = tempFile('load.sh', 'echo \'module=mem-logger,tier="a, b"\'; echo module=mem-tracer\n')
    const { stdout } = await runCli(['resolve', file, '--keys', 'tier', '--format', 'directives', '--no-static-config'])
    expect(stdout).toBe('module=mem-logger,tier="a, b"\nmodule=mem-tracer\n')
    const none = await runCli(['resolve', tempFile('load.sh', 'echo none\n'), '--format=directives'])
    expect(none.stdout).toBe('none\n')
  })

  test('warnings, messages and stderr of the script go to stderr, cleaned', async () => {
    const file = tempFile('load.sh', 'printf "a\\033[31mred\\a\\n" >&2; echo warning=slow; echo module=mem-logger\n')
    const { stdout, stderr } = await runCli(['resolve', file, '--format', 'directives'])
    expect(stdout).toBe('module=mem-logger\n')
    expect(stderr.split('\n').slice(0, 2)).toEqual(['ared', `output of ${file}:1:1: warning: slow [script-message]`])
  })

  test('colours warnings on a terminal, and not where NO_COLOR is set', async () => {
    const file = tempFile('load.sh', 'echo warning=slow; echo module=mem-logger\n')
    const colored = await runCli(['resolve', file], { terminal: true })
    expect(colored.stderr).toContain('\u001b[')
    const plain = await runCli(['resolve', file], { terminal: true, env: { NO_COLOR: '1' } })
    expect(plain.stderr).not.toContain('\u001b[')
    expect((await runCli(['resolve', file])).stderr).not.toContain('\u001b[')
  })

  test('reads the variables of the library', async () => {
    const { stdout } = await runCli(['resolve', '--format', 'directives'], {
      env: { HERMES_SCRIPT: '', HERMES_MODULES: 'module=mem-tracer' }
    })
    expect(stdout).toBe('module=mem-tracer\n')
  })

  test('arguments of the script: --args and what follows --', async () => {
    const file = tempFile('load.sh', 'printf "note=%s\\n" "$@"; echo none\n')
    const { stdout } = await runCli(['resolve', file, '--args', 'one', '--args=--two', '--format', 'json', '--', '--three', '-h'])
    expect(JSON.parse(stdout).script.messages.map(({ text }: { text: string }) => text)).toEqual([
      'one',
      '--two',
      '--three',
      '-h'
    ])
  })

  test('each limit reaches the script', async () => {
    const file = tempFile('load.sh', 'echo module=a; echo module=b\n')
    const { code, stderr } = await runCli(['resolve', file, '--max-directives', '1'])
    expect(code).toBe(1)
    expect(stderr).toContain('ERR_HERMES_OUTPUT_LIMIT: ')
    expect(stderr).toContain('--max-directives is 1')
  })

  test('a relative path starts at the working folder', async () => {
    const cwd = tempFolder()
    writeFileSync(path.join(cwd, 'load.sh'), 'echo module=mem-logger\n')
    const { stdout } = await runCli(['resolve', './load.sh', '--format', 'directives'], { cwd })
    expect(stdout).toBe('module=mem-logger\n')
  })
})

describe('--format env', () => {
  test('is read back by sh and by HERMES_MODULES, whatever a value holds', async () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !/\p{C}/u.test(text))
    await fc.assert(
      fc.asyncProperty(value, async (tier) => {
        const file = tempFile('load.sh', 'cat "$1"\n')
        const output = tempFile('output', `module=mem-logger,tier=${JSON.stringify(tier)}\nmodule=mem-tracer\n`)
        const { stdout } = await runCli(['resolve', file, '--keys', 'tier', '--format', 'env', '--', output])
        const sourced = spawnSync('/bin/sh', ['-c', `${stdout}printf %s "$HERMES_MODULES"`], { encoding: 'utf8' })
        const { modules } = await loadStaticConfig({ keys: ['tier'], env: { HERMES_MODULES: sourced.stdout } })
        expect(modules.map(({ module, options }) => ({ module, ...options }))).toEqual([
          { module: 'mem-logger', tier },
          { module: 'mem-tracer' }
        ])
      }),
      { numRuns: 25 }
    )
  })

  test('none is none', async () => {
    const { stdout } = await runCli(['resolve', tempFile('load.sh', 'echo none\n'), '--format', 'env'])
    expect(stdout).toBe("HERMES_MODULES='none'\n")
  })
})

describe('a failure ends with 1', () => {
  const failing = () => tempFile('load.sh', 'echo module=mem-profiler,confg=prod\n')

  test('as its code and message', async () => {
    const file = failing()
    expect(await runCli(['resolve', file])).toEqual({
      code: 1,
      stdout: '',
      stderr: `ERR_HERMES_DIRECTIVES_INVALID: the loader script ${file} gives no answer that can be used:
output of ${file}:1:21: error: unknown key "confg" [unknown-key]
  module=mem-profiler,confg=prod
                      ^^^^^
  hint: did you mean "config"?
`
    })
  })

  test('as JSON', async () => {
    const { code, stdout, stderr } = await runCli(['resolve', failing(), '--format', 'json'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(JSON.parse(stderr)).toMatchObject({
      code: 'ERR_HERMES_DIRECTIVES_INVALID',
      diagnostics: [{ code: 'unknown-key', line: 1, column: 21, hint: 'did you mean "config"?' }]
    })
  })

  test('of a script that may be written by anybody', async () => {
    const file = tempFile('load.sh', 'echo none\n', 0o666)
    expect((await runCli(['resolve', file])).stderr).toMatch(/^ERR_HERMES_SCRIPT_UNTRUSTED: .*chmod o-w/)
    expect((await runCli(['resolve', file, '--trust', 'off'])).code).toBe(0)
  })

  test('an option that only the library can judge is wrong usage', async () => {
    const { code, stderr } = await runCli(['resolve', failing(), '--interpreter', 'sh $X'])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'ERR_HERMES_OPTIONS_INVALID: resolveModules(): --interpreter takes plain words: no $, no wildcard, no operator, no open quote\n'
    })
  })

  test('never shows the value of a variable', async () => {
    const file = tempFile('load.sh', 'exit 4\n')
    for (const format of ['text', 'json', 'env']) {
      const { stdout, stderr } = await runCli(['resolve', file, '--format', format], { env: { API_TOKEN: 's3cr3t-v4lue' } })
      expect(stdout + stderr).not.toContain('s3cr3t-v4lue')
    }
  })
})

describe('the record', () => {
  test('the first step begins, the next get its answer', async () => {
    const [file, dir] = [tempFile('load.sh', clusterScript), tempFolder()]
    const record = ['--record', path.join(dir, 'record')]
    const begun = await runCli(
      ['resolve', file, ...record, '--record-mode', 'begin', '--step', 'init-1', '--inputs', 'CLUSTER_ENV', '--format', 'env'],
      { env: { CLUSTER_ENV: 'production' } }
    )
    expect(begun).toEqual({
      code: 0,
      stdout: "HERMES_MODULES='module=mem-profiler,config=prod-tunings;module=leak-detector'\n",
      stderr: ''
    })
    const later = await runCli(['resolve', file, ...record, '--inputs', 'CLUSTER_ENV'], { env: { CLUSTER_ENV: 'staging' } })
    expect(later.stdout.replace(/at \S+,/, 'at TIME,').split('\n')[0]).toBe(
      `2 modules: step "init-1", recorded in ${path.join(dir, 'record')} at TIME, decided (recorded)`
    )
    expect(later.stderr).toContain('[inputs-changed]')
    const strict = await runCli(['resolve', file, ...record, '--inputs', 'CLUSTER_ENV', '--on-inputs-changed', 'fail'])
    expect({ code: strict.code, stderr: strict.stderr.slice(0, 25) }).toEqual({ code: 1, stderr: 'ERR_HERMES_RECORD_CHANGED' })
  })

  test('HERMES_RECORD names the folder of the other flags', async () => {
    const dir = path.join(tempFolder(), 'record')
    const file = tempFile('load.sh', 'echo module=mem-logger\n')
    const { code } = await runCli(['resolve', file, '--record-mode', 'begin', '--record-name', 'shop'], {
      env: { HERMES_RECORD: dir }
    })
    expect({ code, records: readdirSync(dir).length }).toEqual({ code: 0, records: 1 })
  })

  test('the answer of before stands when the script fails', async () => {
    const dir = path.join(tempFolder(), 'record')
    const file = tempFile('load.sh', 'echo module=mem-logger\n')
    await runCli(['resolve', file, '--record', dir])
    writeFileSync(file, 'exit 1\n')
    const flags = ['--record', dir, '--record-mode', 'begin', '--on-failure', 'last-good']
    const { code, stdout } = await runCli(['resolve', file, ...flags])
    expect({ code, summary: stdout.split('\n')[0]?.replace(/, recorded in .*,/, '') }).toEqual({
      code: 0,
      summary: '1 module: the script failed, so the answer of an earlier step stands (script-failed)'
    })
  })
})

describe('on a terminal', () => {
  test('a script that takes over a second shows how long, and what it said last; the line is taken away', async () => {
    const file = tempFile('load.sh', 'printf "asking \\033[1mthe API\\n" >&2; sleep 1.6; echo module=mem-logger\n')
    const { stderr } = await runCli(['resolve', file, '--timeout-ms', '9000', '--format', 'env'], { terminal: true })
    expect(stderr).toContain('\r\u001b[2Kthe script runs: 1 s of 9 s: asking the API')
    expect(stderr.split('\r').at(-1)).toBe('\u001b[2Kasking the API\n')
  })

  test('a quick script shows nothing, and neither does a pipe', async () => {
    const quick = await runCli(['resolve', tempFile('load.sh', 'echo none\n')], { terminal: true })
    expect(quick.stderr).toBe('')
    const slow = await runCli(['resolve', tempFile('load.sh', 'sleep 1.3; echo none\n')])
    expect(slow.stderr).toBe('')
  })
})

test('an interruption ends the script and gives 130', async () => {
  const folder = tempFolder()
  const started = path.join(folder, 'started')
  const file = path.join(folder, 'load.sh')
  writeFileSync(file, `: >${started}; exec sleep 600\n`)
  chmodSync(file, 0o755)
  const interruption = new AbortController()
  const running = runCli(['resolve', file], { signal: interruption.signal })
  while (!readdirSync(folder).includes('started')) await new Promise(setImmediate)
  interruption.abort()
  const { code, stderr } = await running
  expect({ code, stderr }).toEqual({ code: 130, stderr: 'ERR_HERMES_ABORTED: resolving was aborted by its signal\n' })
})
