import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

async function checked(text: string, more: Partial<Parameters<typeof runCheck>[0]> = {}) {
  const cwd = tempFolder()
  const { stdout, exitCode } = await runCheck({ files: ['-'], stdin: text, cwd, shellcheck: true, format: 'json', ...more })
  return { exitCode, diagnostics: JSON.parse(stdout).files[0].diagnostics }
}

/** The piece of its line that a diagnostic marks. */
function marked({
  code,
  line,
  column,
  length,
  text
}: {
  code: string
  line: number
  column: number
  length: number
  text: string
}) {
  return [code, line, text.slice(column - 1, column - 1 + length)]
}

describe('ShellCheck', () => {
  it('advises: what it finds are warnings and notes', async () => {
    const { exitCode, diagnostics } = await checked('#!/bin/sh\nif [ $CLUSTER_ENV == a ]; then :; fi\n')
    expect(exitCode).toBe(0)
    expect(diagnostics.map(({ code, severity, hint }: (typeof diagnostics)[0]) => [code, severity, hint]).sort()).toEqual([
      ['shellcheck/SC2086', 'note', 'https://www.shellcheck.net/wiki/SC2086'],
      ['shellcheck/SC3014', 'warning', 'https://www.shellcheck.net/wiki/SC3014']
    ])
  })

  it('marks the right piece behind tabs and wide characters', async () => {
    const { diagnostics } = await checked('#!/bin/sh\n\techo é 😀\t$ZONE é\n')
    expect(diagnostics.map(marked)).toContainEqual(['shellcheck/SC2086', 2, '$ZONE'])
  })

  it('marks the right piece of a ConfigMap', async () => {
    const text = 'kind: ConfigMap\ndata:\n  a: |\n      #!/bin/bash\n      \techo 😀 $ZONE\n  b.sh: "#!/bin/sh\\necho $ZONE"\n'
    const { diagnostics } = await checked(text)
    expect(diagnostics.map(marked)).toEqual([
      ['shellcheck/SC2086', 5, '$ZONE'],
      ['shellcheck/SC2086', 6, 'b.sh']
    ])
    expect(diagnostics[1].message).toMatch(/ \(line 2 of the value\)$/)
  })

  it('tells carriage returns once', async () => {
    const { diagnostics } = await checked('echo\r\necho\r\necho\r\n', { as: 'script' })
    expect(diagnostics.map(marked)).toEqual([['shellcheck/SC1017', 1, '']])
  })

  it('is not asked about a shell that it does not know, nor where it is not wanted', async () => {
    expect((await checked('echo $X\n', { interpreter: 'zsh' })).diagnostics).toEqual([])
    expect((await checked('echo $X\n', { shellcheck: false })).diagnostics).toEqual([])
  })

  it('is left out where it is not installed', async () => {
    const cwd = tempFolder()
    expect((await checked('echo $X\n', { interpreter: '/bin/sh', env: { PATH: cwd } })).diagnostics).toEqual([])
  })

  it.each([
    ['prints no report', 'echo no', 'ShellCheck was left out: it gave no report'],
    ['does not read', 'exit 1', 'ShellCheck was left out: it gave no report'],
    ['dies', 'kill -9 $$', 'ShellCheck was left out: it was ended by SIGKILL']
  ])('is left out, with a note, where it %s', async (_, body, message) => {
    const cwd = tempFolder()
    writeFileSync(path.join(cwd, 'shellcheck'), `#!/bin/sh\n${body}\n`)
    chmodSync(path.join(cwd, 'shellcheck'), 0o755)
    const { exitCode, diagnostics } = await checked(`echo $X\n${'# long\n'.repeat(50_000)}`, {
      env: { PATH: `${cwd}:/bin:/usr/bin` }
    })
    expect({ exitCode, diagnostics }).toEqual({
      exitCode: 0,
      diagnostics: [expect.objectContaining({ code: 'syntax-unchecked', severity: 'note', message })]
    })
  })
})
