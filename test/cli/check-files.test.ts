import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'
import { runCli } from './run-cli.ts'

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = tempFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(cwd, name), content)
  return cwd
}

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app }\n'
const script = '    #!/bin/sh\n    echo module=a\n    fi\n'

describe('a folder of manifests', () => {
  it('passes where nothing is wrong', async () => {
    const files = { 'a.yaml': deployment, 'b.yaml': '', 'c.yaml': 'null\n', 'd.yaml': '---\n', 'e.yaml': '# later\n' }
    const cwd = folderWith({ ...files, 'f.yaml': 'modules: [a]\n' })
    const { exitCode, stdout, stderr } = await runCheck({ files: [...Object.keys(files), 'f.yaml'], cwd })
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: [
        'a.yaml: note: nothing to check here: it has objects of Kubernetes, and no ConfigMap [unknown-file-kind]',
        'b.yaml: note: nothing to check here: there is nothing in it but white space and comments [unknown-file-kind]',
        'c.yaml: note: nothing to check here: there is nothing in it [unknown-file-kind]',
        'd.yaml: note: nothing to check here: there is nothing in it [unknown-file-kind]',
        'e.yaml: note: nothing to check here: there is nothing in it but white space and comments [unknown-file-kind]\n'
      ].join('\n'),
      stderr: '6 files, 0 errors, 0 warnings, 5 notes\n'
    })
  })

  it('does not pass where one is not known', async () => {
    const cwd = folderWith({ 'a.yaml': deployment, 'b.yaml': 'replicas: 3\n' })
    expect((await runCheck({ files: ['a.yaml', 'b.yaml'], cwd })).exitCode).toBe(1)
  })
})

describe('a file that is named several times', () => {
  it('is checked once, under its first name', async () => {
    const cwd = folderWith({ 'a.sh': 'fi\n' })
    mkdirSync(path.join(cwd, 'b'))
    symlinkSync('a.sh', path.join(cwd, 'link.sh'))
    const files = ['./a.sh', 'a.sh', 'b/../a.sh', path.join(cwd, 'a.sh'), 'link.sh', 'none', './none']
    const { stdout } = await runCheck({ files, cwd, format: 'json' })
    expect(JSON.parse(stdout).files.map(({ file }: { file: string }) => file)).toEqual(['./a.sh', 'none'])
  })
})

describe('a file name with control characters', () => {
  it.each(['text', 'github', 'json', 'sarif'] as const)('is clean as %s', async (format) => {
    const { stdout } = await runCheck({ files: ['a\u001b[31m\u009b.sh'], cwd: tempFolder(), format })
    expect(stdout).not.toMatch(/\u001b/)
    expect(stdout).toContain('there is no such file')
  })
})

describe('an argument that is empty', () => {
  it.each([
    ['check', 'check takes FILE, and was given an empty text'],
    ['resolve', 'resolve takes SCRIPT, and was given an empty text'],
    ['explain', 'explain takes SCRIPT, and was given an empty text'],
    ['help', 'help takes COMMAND, and was given an empty text']
  ])('is wrong usage: %s', async (command, message) => {
    const { code, stderr } = await runCli([command, ''])
    expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 2, first: message })
  })
})

describe('ConfigMaps as the API lists them', () => {
  it('are checked, also beside other documents', async () => {
    const list = `apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: { name: a }\n  data:\n    a.sh: |\n${script.replace(/^/gm, '  ').trimEnd()}\n`
    for (const [stdin, line] of [
      [list, 9],
      [`${deployment}---\n${list}`, 13]
    ] as const) {
      const { stdout, exitCode } = await runCheck({ files: ['-'], stdin, cwd: tempFolder(), format: 'json' })
      const [{ kind, diagnostics }] = JSON.parse(stdout).files
      expect({ exitCode, kind, found: diagnostics.map(({ code }: { code: string }) => code), line: diagnostics[0].line }).toEqual(
        {
          exitCode: 1,
          kind: 'configmap',
          found: ['shell-syntax'],
          line
        }
      )
    }
  })
})

describe('binaryData', () => {
  const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64')

  it('is decoded and checked, at its key', async () => {
    const stdin = `kind: ConfigMap\nmetadata: { name: m }\nbinaryData:\n  a: ${base64('#!/bin/dash\necho\nfi\n')}\n  modules.yaml: ${base64('modul: [a]\n')}\n`
    const { stdout } = await runCheck({ files: ['-'], stdin, cwd: tempFolder(), format: 'json' })
    expect(JSON.parse(stdout).files[0].diagnostics).toMatchObject([
      {
        code: 'shell-syntax',
        line: 4,
        column: 3,
        length: 1,
        message: 'dash: syntax error: "fi" unexpected (line 3 of the value)'
      },
      { code: 'unknown-key', line: 5, column: 3, message: 'unknown key "modul" (line 1 of the value)' }
    ])
  })

  it('that is no text, or none of ours, is left alone', async () => {
    const stdin = `kind: ConfigMap\ndata: { a.sh: ":" }\nbinaryData:\n  a: ${base64(new Uint8Array([255, 254]))}\n  b: ${base64('x')}\n  c: [x]\n`
    expect((await runCheck({ files: ['-'], stdin, cwd: tempFolder() })).stdout).toBe('')
  })
})

describe('a template that was not rendered', () => {
  const hint = '  hint: helm template … | hermes-modules check -\n'
  const message = 'error: not valid YAML: it is a template, which must be rendered first [invalid-config]'

  it.each([
    [
      'of a ConfigMap',
      '{{- if .Values.x }}\nkind: ConfigMap\ndata:\n  a: {{ .Values.a }}\n{{- end }}\n',
      '1:1',
      '{{- if .Values.x }}'
    ],
    ['of a static configuration', 'modules: {{ .Values.modules }}\n', '1:10', 'modules: {{ .Values.modules }}'],
    ['of something else', 'metadata:\n  name: {{ .Values.name }}\n', '2:9', '  name: {{ .Values.name }}']
  ])('is one error: %s', async (_, stdin, place, line) => {
    const { stdout, exitCode } = await runCheck({ files: ['-'], stdin, cwd: tempFolder() })
    const column = Number(place.split(':')[1])
    expect({ stdout, exitCode }).toEqual({
      stdout: `<stdin>:${place}: ${message}\n  ${line}\n  ${' '.repeat(column - 1)}^^\n${hint}`,
      exitCode: 1
    })
  })

  it('is none where the braces are in a text', async () => {
    const stdin = 'kind: ConfigMap\ndata:\n  a.sh: |\n    docker ps --format {{.Names}}\n  b: "{{ x }}"\n  c: a{{b}}\n'
    expect((await runCheck({ files: ['-'], stdin, cwd: tempFolder() })).stdout).toBe('')
  })
})

describe('ShellCheck at the end of a script', () => {
  it.each([
    ['#!/bin/sh\nif true; then echo "\n', 'script'],
    ['kind: ConfigMap\ndata:\n  a.sh: |\n    #!/bin/sh\n    if true; then echo "\n  b: c\n', 'configmap']
  ] as const)('does not point behind it: %j', async (stdin, as) => {
    const { stdout } = await runCheck({ files: ['-'], stdin, as, shellcheck: true, cwd: tempFolder(), format: 'json' })
    const last = stdin.split('\n').findIndex((line) => line.includes('if true')) + 1
    const lines = JSON.parse(stdout).files[0].diagnostics.map(({ line }: { line: number }) => line)
    expect(lines.length).toBeGreaterThan(1)
    expect(Math.max(...lines)).toBeLessThanOrEqual(last)
  })
})
