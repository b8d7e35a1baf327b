import { expect, test } from 'vitest'
import { tempFile } from '../temp-folder.ts'
import { runCli } from './run-cli.ts'

test('check takes its flags', async () => {
  const file = tempFile('answer.txt', 'module=mem-logger,tier=a\n')
  const flags = ['--as', 'directives', '--keys', 'tier', '--trust', 'off', '--interpreter', 'dash', '--no-shellcheck']
  const { code, stdout } = await runCli(['check', file, ...flags, '--format', 'json'])
  expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, ok: true, files: [{ file, kind: 'directives', diagnostics: [] }] })
})

test('check without flags tells files by their content', async () => {
  const { code, stdout, stderr } = await runCli(['check', '-', '--no-shellcheck'], { stdin: 'module=mem-logger,tier=a\n' })
  expect({ code, first: stdout.split('\n')[0], stderr }).toEqual({
    code: 1,
    first: '<stdin>:1:19: error: unknown key "tier" [unknown-key]',
    stderr: '1 file, 1 error, 0 warnings\n'
  })
})

test('an interruption of a command that runs no script gives 130', async () => {
  const { code, stdout, stderr } = await runCli(['check', '-'], {
    stdin: 'none\n',
    signal: AbortSignal.abort(new Error('SIGINT'))
  })
  expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: '', stderr: 'interrupted: SIGINT\n' })
})

test('render and test are run', async () => {
  expect((await runCli(['render', '-f', '-'])).code).toBe(2)
  expect((await runCli(['test', 'nothing.loader.yaml'])).code).toBe(1)
})
