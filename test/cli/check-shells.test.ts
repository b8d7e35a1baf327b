import { describe, expect, it } from 'vitest'
import { shellErrors } from '../../src/cli/check/shell-errors.ts'
import { shellOf } from '../../src/cli/check/syntax.ts'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

const shells = ['sh', 'bash', 'dash', 'busybox sh', 'busybox ash', 'ksh', 'mksh', 'zsh', 'yash']

async function checkScript(interpreter: string | undefined, text: string, more: { shellcheck?: boolean } = {}) {
  const { stdout, exitCode } = await runCheck({
    files: ['-'],
    as: 'script',
    format: 'json',
    stdin: text,
    interpreter,
    cwd: tempFolder(),
    ...more
  })
  const { diagnostics } = JSON.parse(stdout).files[0]
  return { exitCode, diagnostics }
}

describe.each(shells)('%s', (shell) => {
  it('takes a script that is right', async () => {
    const text = 'case $X in\n  a) echo module=mem-logger ;;\nesac\n'
    expect(await checkScript(shell, text)).toEqual({ exitCode: 0, diagnostics: [] })
  })

  it.each([
    ['a word too much', 'echo a\n\nfi\necho b\n', 3],
    ['a bracket too much', 'case x in\n a) echo ;;\n b) echo ) ;;\nesac\n', 3]
  ])('names the line of %s', async (_, text, line) => {
    const { exitCode, diagnostics } = await checkScript(shell, text)
    expect(exitCode).toBe(1)
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: 'shell-syntax',
        severity: 'error',
        source: '<stdin>',
        line,
        text: text.split('\n')[line - 1]
      })
    ])
    expect(diagnostics[0].message).toContain(`${shell}: syntax error`)
    expect(JSON.stringify(diagnostics)).not.toContain('hermes-check-')
  })

  it('names a line of a script that ends too early', async () => {
    const { exitCode, diagnostics } = await checkScript(shell, 'if true; then\n  echo "module=mem-logger"\n\n')
    expect({ exitCode, count: diagnostics.length }).toEqual({ exitCode: 1, count: 1 })
    // mksh names where it began, the others the end.
    expect([1, 2]).toContain(diagnostics[0].line)
  })

  it('executes nothing', async () => {
    const cwd = tempFolder()
    const text = `echo x >${cwd}/ran\n`
    await runCheck({ files: ['-'], as: 'script', stdin: text, interpreter: shell, cwd })
    await runCheck({ files: ['-'], as: 'script', stdin: text, interpreter: `${shell} -i`, cwd })
    const { stdout } = await runCheck({ files: ['ran'], cwd })
    expect(stdout).toContain('there is no such file')
  })
})

describe('the shell of a script', () => {
  it.each<[string[], string[] | undefined]>([
    [['/bin/sh'], ['/bin/sh']],
    [['/usr/bin/env', 'bash', '-eu'], ['bash']],
    [['/usr/bin/env', '-i', 'A=1', 'dash'], ['dash']],
    [['/bin/bash', '-i', '-c', 'x'], ['/bin/bash']],
    [
      ['/bin/bash', '-O', 'extglob', '--posix', '-o', 'pipefail'],
      ['/bin/bash', '--posix', '-O', 'extglob']
    ],
    [['/bin/zsh'], ['/bin/zsh', '-f']],
    [
      ['busybox', 'sh', '-e'],
      ['busybox', 'sh']
    ],
    [['busybox', 'awk'], undefined],
    [['/usr/bin/env', '-u', 'A', 'bash'], undefined],
    [['/usr/bin/python3'], undefined],
    [[], undefined]
  ])('%j is started by %j', (argv, started) => {
    expect(shellOf(argv)?.argv).toEqual(started)
  })

  it.each([
    ['#!/bin/bash', '#!/bin/bash\na=(1 2)\n'],
    ['env', '#!/usr/bin/env bash\na=(1 2)\n'],
    ['env -S', '#!/usr/bin/env -S bash -O extglob\ncase $X in @(a|b)) : ;; esac\n'],
    ['extglob', '#!/bin/bash -O extglob\n:\n']
  ])('is the one that resolving chooses: %s', async (_, text) => {
    expect((await checkScript(undefined, text)).diagnostics).toEqual([])
  })

  it('is /bin/sh where nothing names one', async () => {
    expect((await checkScript(undefined, 'fi\n')).diagnostics[0].message).toMatch(/^sh: syntax error/)
  })

  it('is the one of the option', async () => {
    expect((await checkScript('dash', '#!/bin/bash\na=(1 2)\n')).diagnostics[0].message).toMatch(/^dash: syntax error/)
  })
})

describe('what a shell says and takes', () => {
  it('is a warning', async () => {
    const { exitCode, diagnostics } = await checkScript('bash', 'cat <<EOF\nmodule=mem-logger\n')
    expect({ exitCode, diagnostics }).toEqual({
      exitCode: 0,
      diagnostics: [expect.objectContaining({ code: 'shell-syntax', severity: 'warning', line: 2 })]
    })
  })
})

describe('what shells print', () => {
  it.each([
    [
      'bash',
      "/t/s: line 3: syntax error near unexpected token `fi'\n/t/s: line 3: `fi'\n",
      [{ line: 3, message: "syntax error near unexpected token `fi'" }]
    ],
    [
      'bash, here-document',
      '/t/s: line 2: warning: here-document at line 1 delimited',
      [{ line: 2, message: 'warning: here-document at line 1 delimited' }]
    ],
    ['dash', '/t/s: 3: Syntax error: "fi" unexpected\n', [{ line: 3, message: '"fi" unexpected' }]],
    ['busybox', '/t/s: line 3: syntax error: unexpected "fi"\n', [{ line: 3, message: 'unexpected "fi"' }]],
    ['zsh', "/t/s:5: parse error near `\\n'\n", [{ line: 5, message: "parse error near `\\n'" }]],
    ['mksh', "E: /t/s[3]: syntax error: unmatched 'if'\n", [{ line: 3, message: "unmatched 'if'" }]],
    ['ksh93', "/t/s: syntax error at line 5: `then' unmatched\n", [{ line: 5, message: "`then' unmatched" }]],
    [
      'ksh93, a warning',
      '/t/s: warning: line 1: `...` obsolete, use $(...)\n',
      [{ line: 1, message: '`...` obsolete, use $(...)' }]
    ],
    [
      'yash',
      "/t/s:3: syntax error: encountered `)'\n/t/s:3: syntax error: (maybe you missed `esac'?)\n",
      [{ line: 3, message: "encountered `)'", hint: "maybe you missed `esac'?" }]
    ],
    ['another language', 'Kann /t/s nicht lesen\nmehr', [{ line: undefined, message: 'Kann the script nicht lesen' }]],
    ['nothing', '', []]
  ])('%s', (_, stderr, errors) => {
    expect(shellErrors(stderr, '/t/s')).toEqual(errors)
  })
})
