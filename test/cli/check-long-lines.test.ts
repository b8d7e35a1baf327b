import { describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

const size = 1_000_000
const lineOf = (piece: string) => piece.repeat(Math.floor(size / piece.length))

// None of these would end within the time that a test has, if time grew with the square of a line.
describe.each<[string, string]>([
  ['a word', `module=a,${lineOf('x')}`],
  ['words', lineOf('some words ')],
  ['quoted words', lineOf(`"${'x'.repeat(5000)}" `)],
  ['equals signs', lineOf('=')],
  ['base64', lineOf('QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo+/')],
  ['minified JSON', `{"a":[${lineOf(`{"token":"${'b'.repeat(1000)}"},`)}1]}`],
  ['blank lines', lineOf(`${' '.repeat(50)}\n`)]
])('1 MB of %s', (_, stdin) => {
  it.each([undefined, 'config', 'directives', 'script', 'configmap'] as const)(
    'are checked as %s',
    async (as) => {
      const { exitCode, stdout } = await runCheck({ files: ['-'], as, stdin, format: 'json', cwd: tempFolder() })
      expect(JSON.parse(stdout).ok).toBe(exitCode === 0)
    },
    60_000
  )
})

describe('many findings in a long line', () => {
  it('show it a few times only', async () => {
    const stdin = `configs: { a: { b: [${'.inf, '.repeat(1999)}.inf] } }\n`
    const { stdout } = await runCheck({ files: ['-'], stdin, format: 'json', cwd: tempFolder() })
    const { diagnostics } = JSON.parse(stdout).files[0]
    expect(diagnostics).toHaveLength(2000)
    expect(diagnostics.filter(({ text }: { text?: string }) => text !== undefined)).toHaveLength(10)
  })
})
