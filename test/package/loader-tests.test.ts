import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PackedProject, packProject, root } from './packed.ts'

let project: PackedProject
let folder: string
beforeAll(() => {
  project = packProject()
  const modules = path.join(project.folder, 'node_modules')
  symlinkSync(path.join(root, 'node_modules/vitest'), path.join(modules, 'vitest'))
  // As npm links them.
  mkdirSync(path.join(modules, '.bin'))
  symlinkSync('../vitest/vitest.mjs', path.join(modules, '.bin/vitest'))
  symlinkSync('../hermes-memory-installer/dist/bin.cjs', path.join(modules, '.bin/hermes-modules'))
})
afterAll(() => project.remove())

// Each test gets the example as it is.
let count = 0
beforeEach(() => {
  folder = path.join(project.folder, `loader-tests-${++count}`)
  const generated = /\/(?:node_modules|coverage)$/
  cpSync(path.join(root, 'examples/loader-tests'), folder, { recursive: true, filter: (file) => !generated.test(file) })
})

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: `${project.folder}/node_modules/.bin:${process.env['PATH']}`, HOME: folder, NO_COLOR: '1', ...env }
  })
  return { stdout, stderr, status }
}

/** Runs the example's vitest tests: how they ended, by name. */
function runVitest(...args: string[]) {
  const { stdout, status } = run('vitest', ['run', '--reporter=json', ...args])
  const report = JSON.parse(stdout) as {
    testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[]
  }
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  return { status, results, failed: results.filter((result) => result.status !== 'passed') }
}

function replace(file: string, from: string, to: string): void {
  const text = readFileSync(path.join(folder, file), 'utf8')
  expect(text).toContain(from)
  writeFileSync(path.join(folder, file), text.replace(from, to))
}

describe('the example of tests, in a project that has the package', () => {
  test("passes with Node's own runner", () => {
    const { stdout, status } = run(process.execPath, ['--test', '--test-reporter=tap', 'test-node/load-sidecars.test.js'])
    expect(status, stdout).toBe(0)
    expect(stdout.match(/^(?:not )?ok .*$/gm)).toEqual([
      'ok 1 - staging is traced',
      'ok 2 - a function stands for the cluster',
      'ok 3 - a test that forgets a tool of the network fails, and does not reach it',
      'ok 4 - a cluster that hangs ends with the time limit'
    ])
  })

  test('passes as data', () => {
    expect(run('hermes-modules', ['test', '--format', 'tap', 'deploy'])).toEqual({
      status: 0,
      stdout: `TAP version 14
ok 1 - deploy/load-sidecars.loader.yaml: production, with the flag
ok 2 - deploy/load-sidecars.loader.yaml: production on a spot node never asks for the flag
ok 3 - deploy/load-sidecars.loader.yaml: staging
ok 4 - deploy/load-sidecars.loader.yaml: a namespace without a tier
ok 5 - deploy/load-sidecars.loader.yaml: no answer from the cluster
1..5
`,
      stderr: '1 file, 5 cases, 0 failed\n'
    })
  })

  test('passes with vitest, and every line of the scripts is reached', () => {
    const { stdout, stderr, status } = run('npm', ['run', '--silent', 'coverage'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^ +Tests +19 passed \(19\)$/m)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('100 % of the lines were reached')
    const lcov = readFileSync(path.join(folder, 'coverage/lcov.info'), 'utf8')
    expect(lcov.match(/^SF:.*$/gm)?.map((line) => path.relative(folder, line.slice(3)))).toEqual([
      'deploy/lib/cluster.sh',
      'deploy/load-sidecars.sh',
      'deploy/loader.yaml'
    ])
    const summary = run('genhtml', ['coverage/lcov.info', '-o', 'coverage/html'])
    expect(summary.stderr).toBe('')
    expect(summary.stdout).toContain('lines......: 100.0% (32 of 32 lines)')
  })

  test('tells a line that no test reaches', () => {
    replace('test/load-sidecars.test.js', "commands: { kubectl: kubectl({ tier: 'staging' }) }", 'reject: false')
    replace('test/decision-table.test.js', "staging: kubectl({ tier: 'staging' }),", '')
    replace('test/config-map.test.js', "tier: 'staging'", "tier: ''")
    const env = { HERMES_COVERAGE: 'coverage/hits' }
    expect(run('vitest', ['run'], env).status).toBe(1)
    expect(run(process.execPath, ['merge-coverage.js', 'coverage']).stdout).toBe(`load-sidecars.sh:21 was never reached
loader.yaml:27 was never reached
93.75 % of the lines were reached
`)
  })

  test('has the decisions of the script in its README, and notices when they are not current', () => {
    const readme = path.join(folder, 'README.md')
    const before = readFileSync(readme, 'utf8')
    replace('README.md', '| staging | flag on | mem-tracer,config=staging-tunings |', '| staging | flag on | none |')
    const { failed } = runVitest('test/decision-table.test.js')
    expect(failed).toMatchObject([
      { fullName: 'README has what the script decides', failureMessages: [expect.stringContaining('UPDATE=1 writes it')] }
    ])
    expect(run('vitest', ['run', 'test/decision-table.test.js'], { UPDATE: '1' }).status).toBe(0)
    expect(readFileSync(readme, 'utf8')).toBe(before)
  })
})

describe('a typo in a directive', () => {
  beforeEach(() => replace('deploy/load-sidecars.sh', 'config=staging', 'confg=staging'))

  test('fails the one case that prints it, with the place, the remedy and the calls', () => {
    const { stdout, stderr, status } = run('hermes-modules', ['test', 'deploy'])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '1 file, 5 cases, 1 failed\n' })
    expect(stdout).toBe(`deploy/load-sidecars.loader.yaml
  ✓ production, with the flag
  ✓ production on a spot node never asks for the flag
  ✗ staging
      load-sidecars.sh failed, and was expected to give modules

      expected (-) and given (+):
        - mem-tracer,config=staging-tunings

      ERR_HERMES_DIRECTIVES_INVALID:
        the loader script load-sidecars.sh gives no answer that can be used:
        output of load-sidecars.sh:1:19: error: unknown key "confg" [unknown-key]
          module=mem-tracer,confg=staging-tunings
                            ^^^^^
          hint: did you mean "config"?

      calls:
        kubectl get namespace shop -o 'jsonpath={.metadata.labels.tier}'  (exit code 0)

      the run as a case for a *.loader.yaml:
        - env:
            POD_NAMESPACE: shop
            NODE_NAME: node-1
            FLAGS_URL: https://flags.example
          commands:
            kubectl:
              stdout: staging
          expect:
            - module: mem-tracer
              config: staging-tunings
  ✓ a namespace without a tier
  ✓ no answer from the cluster
`)
  })

  test('fails a test of vitest with the same, and those that compare with the ConfigMap and the README', () => {
    const { status, failed } = runVitest()
    expect(status).toBe(1)
    expect(failed.map(({ fullName }) => fullName).sort()).toEqual([
      'README has what the script decides',
      'the script staging is traced',
      'what is mounted is what is tested'
    ])
    const [message = ''] = failed.find(({ fullName }) => fullName === 'the script staging is traced')?.failureMessages ?? []
    const file = path.join(folder, 'deploy/load-sidecars.sh')
    expect(message).toContain(`HermesError: the loader script ${file} gives no answer that can be used:
output of ${file}:1:19: error: unknown key "confg" [unknown-key]
  module=mem-tracer,confg=staging-tunings
                    ^^^^^
  hint: did you mean "config"?
`)
  })
})

test("the first tests of docs/testing.md pass: vitest's, and those of Node's own runner", () => {
  const guide = readFileSync(path.join(root, 'docs/testing.md'), 'utf8')
  const write = (file: string, pattern: RegExp) => {
    const text = pattern.exec(guide)?.[1] ?? ''
    expect(text, `${pattern}`).not.toBe('')
    writeFileSync(path.join(folder, file), text)
  }
  write('deploy/load-sidecars.sh', /```sh\n(#![\s\S]*?)```/)
  write('test/guide.test.js', /```js\n((?:import .*\n)*import .* from 'vitest'\n[\s\S]*?)```/)
  write('test-node/guide.test.js', /```js\n(import test from 'node:test'\n[\s\S]*?)```/)
  const { results, failed } = runVitest('test/guide.test.js')
  expect(failed).toEqual([])
  expect(results.map(({ fullName }) => fullName)).toEqual([
    'production is profiled for the pool of the node',
    'elsewhere there is the logger'
  ])
  const { stdout, status } = run(process.execPath, ['--test', '--test-reporter=tap', 'test-node/guide.test.js'])
  expect(status, stdout).toBe(0)
  expect(stdout).toContain('ok 1 - staging is logged')
})
