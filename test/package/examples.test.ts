import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PackedProject, packProject, root } from './packed.ts'

let project: PackedProject
beforeAll(() => {
  project = packProject()
  cpSync(path.join(root, 'examples'), path.join(project.folder, 'examples'), { recursive: true })
})
afterAll(() => project.remove())

const script = path.join(root, 'test/corpus/configmap/load-sidecars.sh')

function run(file: string, env: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, [file], {
    cwd: project.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env }
  })
}

describe.each(['examples/embed-esm/installer.js', 'examples/embed-cjs/installer.cjs'])('%s', (file) => {
  test('prints what was resolved and logs the events', () => {
    const { stdout, stderr, status } = run(file, { HERMES_SCRIPT: script, CLUSTER_ENV: 'production' })
    expect({ stdout, status }).toEqual({
      stdout: 'script-ran: mem-profiler prod-tunings {"sampleIntervalBytes":524288}\n',
      status: 0
    })
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type)
    ).toEqual(['script-found', 'script-started', 'script-ended'])
  })

  test('handles a failure by its code', () => {
    const failing = path.join(project.folder, 'unknown.sh')
    writeFileSync(failing, 'echo module=mem-profilr\n')
    const { stderr, status } = run(file, { HERMES_SCRIPT: failing })
    expect(status).toBe(1)
    expect(stderr).toContain('did you mean "mem-profiler"?')
  })
})

test('the demo shows each decision with its reason and its place', () => {
  expect(run('examples/demo/demo.js', {}).stdout).toBe(readFileSync(path.join(root, 'test/corpus/demo.txt'), 'utf8'))
})

test("README's first sample prints what README says", () => {
  const blocks = [...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/```\w+\n(.*?)```/gs)].map(
    ([, text = '']) => text
  )
  const [loader = '', program = '', session = ''] = blocks
  mkdirSync(path.join(project.folder, 'readme'))
  const loaderFile = path.join(project.folder, 'readme/load-sidecars.sh')
  writeFileSync(loaderFile, loader)
  writeFileSync(path.join(project.folder, 'readme/start.mjs'), program)
  const { stdout } = run('readme/start.mjs', { HERMES_SCRIPT: loaderFile, CLUSTER_ENV: 'production' })
  const expected = session.slice(session.indexOf('\n') + 1)
  expect(stdout.replace(loaderFile, '/etc/hermes/load-sidecars.sh')).toBe(expected)
})

test('the example webhook finds in the package all that it imports', () => {
  const { stderr, status } = run('examples/admission-webhook/server.js', { HERMES_WEBHOOK_CERTIFICATE: '/nowhere' })
  expect([status, stderr]).toEqual([1, expect.stringContaining("realpath '/nowhere/tls.crt'")])
})

test('the example of an init sequence gives three equal answers and two warnings, twice', () => {
  const [first = '', second = ''] = run('examples/multi-step-init/sequence.js', {}).stdout.trim().split('\n\n')
  const answers = (text: string) =>
    [...text.matchAll(/^(init-1|init-2|app) +(\S+) +(\S+)$/gm)].map(([, step, reason, modules]) => ({ step, reason, modules }))
  for (const text of [first, second]) {
    const [{ modules } = { modules: '' }] = answers(text)
    expect(answers(text)).toEqual([
      { step: 'init-1', reason: 'script-ran', modules },
      { step: 'init-2', reason: 'recorded', modules },
      { step: 'app', reason: 'recorded', modules }
    ])
    expect(text.match(/warning: .* \[inputs-changed\]$/gm)).toHaveLength(2)
  }
  expect(answers(first)[0]?.modules).not.toBe(answers(second)[0]?.modules)
})
