import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { Log, Result } from 'sarif'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { tempFolder } from '../temp-folder.ts'
import { type CheckRun, runCheck } from './run-check.ts'

const schema = JSON.parse(readFileSync(new URL('./sarif-2.1.0.schema.json', import.meta.url), 'utf8'))
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
addFormats.default(ajv)
const isSarif = ajv.compile(schema)

/** The log of a check, which the schema takes. */
async function sarif(run: CheckRun): Promise<Log> {
  const { stdout, stderr } = await runCheck({ ...run, format: 'sarif' })
  const log = JSON.parse(stdout)
  isSarif(log)
  expect(isSarif.errors ?? []).toEqual([])
  expect(stderr).toBe('')
  return log
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = tempFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text)
  return cwd
}

const results = (log: Log): Result[] => log.runs[0]?.results ?? []

describe('sarif', () => {
  it('has no result where nothing is wrong', async () => {
    const log = await sarif({ files: ['a'], cwd: folderWith({ a: 'none\n' }) })
    expect(log).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'hermes-modules',
              version: packageJson.version,
              informationUri: packageJson.homepage,
              rules: []
            }
          },
          columnKind: 'utf16CodeUnits',
          invocations: [{ executionSuccessful: true }],
          results: []
        }
      ]
    })
  })

  it('has a result for each diagnostic, and a rule for each code', async () => {
    const cwd = folderWith({
      'cm.yaml':
        'kind: ConfigMap\ndata:\n  a.sh: |\n    fi\n  b.sh: |\n    #!/opt/none/sh\n  modules.yaml: |\n    modul: [a]\n    configs: { a: { token: x1 } }\n',
      'a.py': '#!/usr/bin/env node\n',
      directives: 'module=a\nmodule=b,confg=c\n'
    })
    const log = await sarif({ files: ['cm.yaml', 'a.py', 'directives'], cwd })
    const rules = log.runs[0]?.tool.driver.rules ?? []
    expect(rules).toContainEqual({
      id: 'secret-in-config',
      shortDescription: { text: 'Secret in config' },
      helpUri: 'https://github.com/hermes-modules/hermes-memory-installer/blob/main/docs/diagnostics.md#secret-in-config'
    })
    expect(rules).toContainEqual({
      id: 'ERR_HERMES_INTERPRETER_NOT_FOUND',
      shortDescription: { text: 'Interpreter not found' },
      helpUri:
        'https://github.com/hermes-modules/hermes-memory-installer/blob/main/docs/errors.md#err_hermes_interpreter_not_found'
    })
    expect(results(log).map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['shell-syntax', 'error'],
      ['ERR_HERMES_INTERPRETER_NOT_FOUND', 'error'],
      ['unknown-key', 'error'],
      ['secret-in-config', 'warning'],
      ['syntax-unchecked', 'note'],
      ['unknown-key', 'error']
    ])
    for (const { ruleId, ruleIndex } of results(log)) expect(rules[ruleIndex ?? -1]?.id).toBe(ruleId)
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    expect(results(log).at(-1)).toMatchObject({
      message: { text: 'unknown key "confg"\ndid you mean "config"?' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'directives', uriBaseId: '%SRCROOT%' },
            region: { startLine: 2, startColumn: 10, endColumn: 15 }
          }
        }
      ]
    })
  })

  it('has no region where there is no place, and says that a file was not read', async () => {
    const log = await sarif({ files: ['none'], cwd: tempFolder() })
    expect(results(log)[0]?.locations).toEqual([
      { physicalLocation: { artifactLocation: { uri: 'none', uriBaseId: '%SRCROOT%' } } }
    ])
    expect(log.runs[0]?.invocations).toEqual([{ executionSuccessful: false }])
  })

  it.each([
    ['a b.yaml', 'a%20b.yaml', '%SRCROOT%'],
    ['./é#1%.yaml', '%C3%A9%231%25.yaml', '%SRCROOT%'],
    ['a:b', 'a%3Ab', '%SRCROOT%'],
    ['sub/../x', 'x', '%SRCROOT%'],
    ['..x', '..x', '%SRCROOT%']
  ])('names %s as %s', async (file, uri, uriBaseId) => {
    const [result] = results(await sarif({ files: [file], cwd: tempFolder() }))
    expect(result?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual({ uri, uriBaseId })
  })

  it('names what is no part of the sources by its URL', async () => {
    const cwd = tempFolder()
    const log = await sarif({ files: [path.join(cwd, 'a b'), '../a b', '-'], stdin: 'prose', cwd })
    expect(results(log).map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation)).toEqual([
      { uri: pathToFileURL(path.join(cwd, 'a b')).href },
      { uri: pathToFileURL(path.join(cwd, '../a b')).href },
      { uri: '%3Cstdin%3E' }
    ])
  })

  it('names a rule of ShellCheck by its page', async () => {
    const log = await sarif({ files: ['-'], stdin: '#!/bin/sh\necho $X\n', shellcheck: true, cwd: tempFolder() })
    expect(log.runs[0]?.tool.driver.rules).toEqual([
      {
        id: 'shellcheck/SC2086',
        shortDescription: { text: 'ShellCheck SC2086' },
        helpUri: 'https://www.shellcheck.net/wiki/SC2086'
      }
    ])
  })
})

describe('github', () => {
  it('says nothing where nothing is wrong', async () => {
    const { stdout, stderr } = await runCheck({ files: ['-'], stdin: 'none', format: 'github', cwd: tempFolder() })
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  })

  it('gives a command for each diagnostic, escaped', async () => {
    const cwd = folderWith({ 'a,b:c%': 'module=a,50%=b\n' })
    const { stdout } = await runCheck({ files: ['a,b:c%', 'no\nne', '-'], stdin: '#!/usr/bin/env node\n', format: 'github', cwd })
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^::error file=a%2Cb%3Ac%25,line=1,col=10,endColumn=\d+,title=syntax::.*50%25/),
      "::error file=no%0Ane,title=unreadable-file::this can't be read: there is no such file%0Ahint: correct the path",
      '::notice file=<stdin>,line=1,col=1,endColumn=20,title=syntax-unchecked::the syntax is not checked: /usr/bin/env node is no shell that is known here',
      ''
    ])
  })
})

describe('json', () => {
  it('is ok, or holds the diagnostics of each file', async () => {
    const cwd = folderWith({ a: 'none\n' })
    const { stdout, stderr } = await runCheck({ files: ['a', 'b'], format: 'json', cwd })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      files: [
        { file: 'a', kind: 'directives', diagnostics: [] },
        { file: 'b', kind: null, diagnostics: [expect.objectContaining({ code: 'unreadable-file' })] }
      ]
    })
  })
})
