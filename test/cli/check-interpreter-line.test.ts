import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

async function checked(stdin: string, more: Partial<Parameters<typeof runCheck>[0]> = {}) {
  const { stdout, exitCode } = await runCheck({ files: ['-'], stdin, format: 'json', cwd: tempFolder(), ...more })
  const { diagnostics } = JSON.parse(stdout).files[0]
  return { exitCode, found: diagnostics.map(({ code, line, message }: Record<string, unknown>) => [code, line, message]) }
}

describe('what stands behind the shell in a #! line', () => {
  it.each([
    ['#!/bin/dash -z', 'dash: Illegal option -z'],
    ['#!/bin/dash -euo pipefail', 'dash: Illegal option -o pipefail'],
    ['#!/usr/bin/env -S dash -o pipefail', 'dash: Illegal option -o pipefail'],
    ['#!/bin/bash -Z', 'bash: -Z: invalid option'],
    ['#!/bin/bash -o nothing', 'bash: nothing: invalid option name'],
    ['#!/bin/sh echo module=a', '"echo" is no option: sh takes it for the name of the script, and never reads this one'],
    ['#!/bin/bash -e -- a', '"a" is no option: bash takes it for the name of the script, and never reads this one']
  ])('is an error where the shell does not take it: %s', async (line, message) => {
    expect(await checked(`${line}\n:\n`)).toEqual({ exitCode: 1, found: [['interpreter-arguments', 1, message]] })
  })

  it.each(['-eu', '-e -u', '-euo pipefail', '-O extglob', '--posix', '--rcfile x', '--norc +x', '-x', '-'])(
    'is right: bash %s',
    async (options) => {
      expect(await checked(`#!/bin/bash ${options}\n:\n`)).toEqual({ exitCode: 0, found: [] })
    }
  )

  it.each(['sh', 'dash', 'ksh', 'mksh', 'zsh', 'yash', 'busybox sh'])('may be -eu: %s', async (shell) => {
    expect(await checked(':\n', { as: 'script', interpreter: `${shell} -eu` })).toEqual({ exitCode: 0, found: [] })
  })

  it.each(
    [
      ['sh', 'dash', 'bash', 'ksh', 'mksh', 'zsh', 'yash', 'busybox sh'].flatMap((shell) =>
        ['-i', '-l', '-s', '-c', '-ei', '--login', '-o interactive', '+n'].map((option) => `${shell} ${option}`)
      )
    ].flat()
  )('never has the script run: %s', async (interpreter) => {
    const cwd = tempFolder()
    await checked(`echo x >${cwd}/ran\n`, { as: 'script', interpreter, cwd })
    expect(existsSync(path.join(cwd, 'ran'))).toBe(false)
  })

  it('is explained where YAML folded the script', async () => {
    const stdin = 'kind: ConfigMap\ndata:\n  load-sidecars.sh: >\n    #!/bin/sh\n    echo module=a\n'
    const { stdout, exitCode } = await runCheck({ files: ['-'], stdin, cwd: tempFolder() })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('<stdin>:3:3: error: "echo" is no option')
    expect(stdout).toContain('hint: YAML folds the lines behind > into one: write | in its place')
  })

  it('is explained where the folded script is no plain words', async () => {
    const stdin = 'kind: ConfigMap\ndata:\n  load-sidecars.sh: >\n    #!/bin/sh\n    echo "$A" | cat\n'
    const { stdout } = await runCheck({ files: ['-'], stdin, cwd: tempFolder() })
    expect(stdout).toContain('hint: YAML folds the lines behind > into one: write | in its place')
  })
})
