import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { expectFile } from './expect-file.ts'
import { runCheck } from './run-check.ts'

const folder = (name: string) => fileURLToPath(new URL(`../corpus/check/${name}/`, import.meta.url))
const filesIn = (name: string) => readdirSync(folder(name)).filter((file) => !file.endsWith('.printed'))

describe('files with nothing wrong', () => {
  it.each(filesIn('valid'))('%s', async (file) => {
    const result = await runCheck({ files: [file], cwd: folder('valid') })
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '1 file, 0 errors, 0 warnings\n' })
  })
})

describe('files with something wrong', () => {
  it.each(filesIn('invalid'))('%s', async (file) => {
    const { exitCode, stdout, stderr } = await runCheck({ files: [file], cwd: folder('invalid') })
    expectFile(`${folder('invalid')}${file}.printed`, `${stdout}${stderr}exit code ${exitCode}\n`)
  })

  it.each(
    filesIn('invalid').flatMap((file) => (['text', 'json', 'sarif', 'github'] as const).map((format) => [file, format] as const))
  )('shows no secret: %s as %s', async (file, format) => {
    const { stdout, stderr } = await runCheck({ files: [file], cwd: folder('invalid'), format })
    expect(stdout + stderr).not.toMatch(/hunter2|98765432109876543210|12345678/)
  })

  it.each(filesIn('invalid'))('points into the file: %s', async (file) => {
    const { stdout } = await runCheck({ files: [file], cwd: folder('invalid'), format: 'json' })
    const [{ diagnostics }] = JSON.parse(stdout).files
    for (const { source, line, column, length, text } of diagnostics) {
      expect(source).toBe(file)
      if (line !== undefined) expect(column - 1 + length).toBeLessThanOrEqual(text.length + 1)
    }
  })
})
