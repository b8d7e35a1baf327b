import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tempFile } from '../temp-folder.ts'
import { expectFile } from './expect-file.ts'
import { runCli } from './run-cli.ts'

const folder = fileURLToPath(new URL('../corpus/loader-tests/', import.meta.url))
const failing = `${folder}failing`
const formats = ['pretty', 'tap', 'junit', 'github'] as const

describe('what is printed of tests that fail', () => {
  test.each(formats)('as %s', async (format) => {
    const { code, stdout, stderr } = await runCli(
      ['test', '--format', format, 'a.loader.yaml', 'b.loader.yaml', 'c.loader.yaml', 'd.loader.yaml'],
      { cwd: failing }
    )
    const printed = `${stdout}${stderr}exit code ${code}\n`.replaceAll(`${failing}/`, '/work/')
    expectFile(`${failing}/${format}.printed`, printed)
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
  })

  test('in colour on a terminal', async () => {
    const { stdout } = await runCli(['test', 'a.loader.yaml'], { cwd: failing, terminal: true })
    expect(stdout).toContain('\u001b[31m✗\u001b[0m production')
    expect((await runCli(['test', 'a.loader.yaml'], { cwd: failing, terminal: true, env: { NO_COLOR: '1' } })).stdout).toContain(
      '  ✗ production'
    )
  })
})

describe('what is printed of tests that pass', () => {
  test.each(formats)('as %s', async (format) => {
    const { code, stdout, stderr } = await runCli(['test', '--format', format], { cwd: `${folder}valid` })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '3 files, 10 cases, 0 failed\n' })
    expectFile(`${folder}valid/${format}.printed`, stdout)
  })
})

test('the XML is well-formed, and says as much as the tests did', async () => {
  const { stdout } = await runCli(['test', '--format', 'junit'], { cwd: failing })
  const file = tempFile('report.xml', stdout)
  const ask = (xpath: string) =>
    execFileSync('xmllint', ['--nonet', '--xpath', xpath, file], { encoding: 'utf8' }).replace(/\n$/, '')
  expect(execFileSync('xmllint', ['--nonet', '--noout', file], { encoding: 'utf8' })).toBe('')
  expect(ask('concat(/testsuites/@tests, " ", /testsuites/@failures, " ", /testsuites/@errors)')).toBe('9 6 1')
  expect(ask('concat(count(//testcase), " ", count(//failure), " ", count(//error))')).toBe('9 6 1')
  expect(ask('string(/testsuites/testsuite[1]/testcase[2]/@name)')).toBe('marks: # \\ " <b> & | 100% ok, ::error::')
  expect(ask('string(/testsuites/testsuite[1]/testcase[3]/@name)')).toBe('two\nlines and \ufffd[31mcolour\ufffd')
  expect(ask('string(/testsuites/testsuite[2]/testcase[1]/failure)')).toContain('  | no API: <&>')
})

test('the TAP is a plan, points in their order, and YAML', async () => {
  const { stdout } = await runCli(['test', '--format', 'tap'], { cwd: failing })
  const [version, ...rest] = stdout.trimEnd().split('\n')
  expect(version).toBe('TAP version 14')
  expect(rest.at(-1)).toBe('1..9')
  const points = rest.flatMap((line) => /^((?:not )?ok) (\d+) - (.*)$/.exec(line)?.slice(1, 4).join('|') ?? [])
  expect(points.map((point) => point.split('|').slice(0, 2).join(' '))).toEqual(
    ['not ok', 'ok', 'not ok', 'not ok', 'not ok', 'not ok', 'ok', 'not ok', 'not ok'].map((ok, index) => `${ok} ${index + 1}`)
  )
  // An unescaped # would begin a directive, and TODO or SKIP make a failure none.
  expect(points[1]).toContain('marks: \\# \\\\ "')
  const blocks = stdout
    .split(/^ {2}---\n/m)
    .slice(1)
    .map((block) => parse(block.split(/^ {2}\.\.\.$/m)[0] ?? ''))
  expect(blocks).toHaveLength(7)
  expect(blocks[0]).toMatchObject({ severity: 'fail', at: { file: 'a.loader.yaml', line: 3 } })
  for (const line of rest.slice(0, -1)) expect(line).toMatch(/^(?:not ok |ok | {2}|$)/)
})

test('annotations stand at the line of their case', async () => {
  const { stdout } = await runCli(['test', '--format', 'github'], { cwd: failing })
  const text = Object.fromEntries(
    ['a', 'b', 'c'].map((name) => [`${name}.loader.yaml`, readFileSync(`${failing}/${name}.loader.yaml`, 'utf8').split('\n')])
  )
  const places = stdout
    .trimEnd()
    .split('\n')
    .map((line) => /^::error file=([^,]+),line=(\d+)/.exec(line) ?? [])
  expect(places).toHaveLength(8)
  for (const [, file = '', line] of places) expect(text[file]?.[Number(line) - 1]).toMatch(/^ {2}- /)
})
