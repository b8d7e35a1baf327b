import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { type CheckRun, runCheck } from './run-check.ts'

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const cwd = tempFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true })
    writeFileSync(path.join(cwd, name), content)
  }
  return cwd
}

/** The diagnostics of each file, as data. */
async function checked(run: CheckRun) {
  const { stdout, exitCode } = await runCheck({ ...run, format: 'json' })
  return { exitCode, ...JSON.parse(stdout) }
}

describe('several files', () => {
  it('are checked each by its content, and one that is wrong does not stop the others', async () => {
    const cwd = folderWith({
      'load.sh': '#!/bin/sh\necho module=mem-logger\n',
      'a/modules.yaml': 'modules: [mem-logger]\n',
      'cm.yaml': 'kind: ConfigMap\ndata:\n  a.sh: |\n    fi\n',
      directives: 'module=mem-logger\n'
    })
    const { exitCode, ok, files } = await checked({
      files: ['missing', '.', 'load.sh', 'a/modules.yaml', './cm.yaml', 'directives'],
      cwd
    })
    expect({ exitCode, ok }).toEqual({ exitCode: 1, ok: false })
    expect(files.map(({ file, kind, diagnostics }: (typeof files)[0]) => [file, kind, diagnostics.length])).toEqual([
      ['missing', null, 1],
      ['.', null, 1],
      ['load.sh', 'script', 0],
      ['a/modules.yaml', 'config', 0],
      ['./cm.yaml', 'configmap', 1],
      ['directives', 'directives', 0]
    ])
    expect(files[4].diagnostics[0].source).toBe('./cm.yaml')
  })

  it('end in a count', async () => {
    const cwd = folderWith({ a: '#!/usr/bin/env node\n', b: 'fi\n' })
    const { stderr } = await runCheck({ files: ['a', 'b'], as: 'script', cwd })
    expect(stderr).toBe('2 files, 1 error, 0 warnings, 1 note\n')
  })
})

describe('what can not be read', () => {
  it.each<[string, string, (at: string) => void, string]>([
    ['a file that is not there', 'none', () => {}, 'there is no such file'],
    ['a folder', '.', () => {}, 'it is a folder'],
    ['a FIFO', 'fifo', (at) => execFileSync('mkfifo', [at]), 'it is a FIFO'],
    ['a device', '/dev/null', () => {}, 'it is a character device'],
    ['something below a file', 'a/b', (at) => writeFileSync(path.dirname(at), ''), 'something above it is no folder'],
    ['links in a circle', 'loop', (at) => symlinkSync('loop', at), 'its links go round in a circle'],
    ['a name that is too long', 'x'.repeat(300), () => {}, 'its name is too long'],
    ['a huge file', 'huge', (at) => writeFileSync(at, Buffer.alloc(4 * 1024 * 1024 + 1, 10)), 'it has more than 4 MiB'],
    ['a file that can not be read from its start', '/proc/self/mem', () => {}, 'EIO']
  ])('is told: %s', async (_, name, make, why) => {
    const cwd = tempFolder()
    make(path.resolve(cwd, name))
    const { exitCode, files } = await checked({ files: [name], cwd })
    expect(exitCode).toBe(1)
    expect(files).toEqual([
      {
        file: name,
        kind: null,
        diagnostics: [
          {
            code: 'unreadable-file',
            severity: 'error',
            message: `this can't be read: ${why}`,
            hint: expect.any(String),
            source: name
          }
        ]
      }
    ])
  })

  it('is not a file of 4 MiB', async () => {
    const cwd = folderWith({ 'modules.yaml': `modules: []\n#${' '.repeat(4 * 1024 * 1024 - 13)}` })
    expect((await checked({ files: ['modules.yaml'], cwd })).ok).toBe(true)
  })
})

describe('stdin', () => {
  it('is checked by its content, and named <stdin>', async () => {
    const { stdout, exitCode } = await runCheck({ files: ['-'], stdin: '\ufeffmodule=a,confg=b', cwd: tempFolder() })
    expect(exitCode).toBe(1)
    expect(stdout).toBe(
      '<stdin>:1:10: error: unknown key "confg" [unknown-key]\n  module=a,confg=b\n           ^^^^^\n  hint: did you mean "config"?\n'
    )
  })

  it('is read once', async () => {
    const { files } = await checked({ files: ['-', '-'], stdin: 'none', cwd: tempFolder() })
    expect(
      files.map(({ diagnostics }: (typeof files)[0]) => diagnostics.map(({ message }: { message: string }) => message))
    ).toEqual([[], ["this can't be read: it was read already"]])
  })

  it('that is a folder is told, and the other files are checked', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array([10])
      throw Object.assign(new Error('EISDIR: illegal operation on a directory, read'), { code: 'EISDIR' })
    }
    const { files } = await checked({ files: ['-', 'a'], stdin: failing(), cwd: folderWith({ a: 'none' }) })
    expect(files).toMatchObject([
      { kind: null, diagnostics: [{ message: "this can't be read: it is a folder" }] },
      { kind: 'directives', diagnostics: [] }
    ])
  })

  it('is bounded', async () => {
    const { files } = await checked({ files: ['-'], stdin: 'a'.repeat(4 * 1024 * 1024 + 2), cwd: tempFolder() })
    expect(files[0].diagnostics[0].message).toBe("this can't be read: it has more than 4 MiB")
  })

  it('that is a script is named so, wherever it was put meanwhile', async () => {
    const { stdout } = await runCheck({ files: ['-'], stdin: '#!/opt/none/sh\n', cwd: tempFolder() })
    expect(stdout).toContain('no interpreter for the loader script <stdin>: ')
    expect(stdout).not.toContain(tmpdir())
  })
})

describe('--as', () => {
  it.each<[NonNullable<CheckRun['as']>, string, string | undefined]>([
    ['config', 'none', 'invalid-config'],
    ['directives', 'modules: []\n', 'syntax'],
    ['script', 'modules: []\n', undefined],
    ['configmap', 'modules: []\n', 'unknown-file-kind'],
    ['config', '', undefined],
    ['script', ' \n', 'empty-script']
  ])('wins over the content: %s', async (as, text, code) => {
    const { files } = await checked({ files: ['a'], as, cwd: folderWith({ a: text }) })
    expect(files[0].kind).toBe(as)
    const codes = files[0].diagnostics.map((diagnostic: { code: string }) => diagnostic.code)
    if (as === 'script' && text.startsWith('modules')) expect(codes).toEqual([])
    else expect(codes).toEqual(code === undefined ? [] : [code])
  })

  it('says of a text without a ConfigMap that there is none', async () => {
    const { stdout, exitCode } = await runCheck({ files: ['a'], as: 'configmap', cwd: folderWith({ a: 'kind: Service\n' }) })
    expect({ stdout, exitCode }).toEqual({
      stdout:
        'a: error: there is no ConfigMap in it [unknown-file-kind]\n  hint: check the file that has it, or say what this is: --as config|directives|script\n',
      exitCode: 1
    })
  })
})

describe('the words of a diagnostic', () => {
  it('name lines of the file', async () => {
    const stdin =
      'kind: ConfigMap\ndata:\n  x: y\n  a: |\n    module=a\n    module=a,config=b\n  modules.yaml: "modules: [a, { module: a, config: b }]"\n'
    const { files } = await checked({ files: ['-'], stdin, cwd: tempFolder() })
    expect(files[0].diagnostics.map(({ line, message }: { line: number; message: string }) => [line, message])).toEqual([
      [6, '"a" was asked for with no config in line 5, and here with config "b"'],
      [7, '"a" was asked for with no config in line 7, and here with config "b"']
    ])
  })
})

describe('options', () => {
  it('lets declared keys stand', async () => {
    const cwd = folderWith({ a: 'module=b,version=1\n', 'b.yaml': 'modules: [{ module: b, version: "1" }]\n' })
    expect((await checked({ files: ['a', 'b.yaml'], keys: ['version'], cwd })).ok).toBe(true)
    expect(
      (await checked({ files: ['a', 'b.yaml'], cwd })).files.flatMap((file: { diagnostics: unknown[] }) => file.diagnostics)
    ).toHaveLength(2)
  })

  it('asks who can write a script file, and not a ConfigMap', async () => {
    const cwd = folderWith({ 'a.sh': ':\n', 'b.yaml': 'kind: ConfigMap\ndata: { a.sh: ":" }\n' })
    for (const name of ['a.sh', 'b.yaml']) chmodSync(path.join(cwd, name), 0o666)
    const { files } = await checked({ files: ['a.sh', 'b.yaml'], cwd })
    expect(files[0].diagnostics).toEqual([
      {
        code: 'ERR_HERMES_SCRIPT_UNTRUSTED',
        severity: 'error',
        message: expect.stringMatching(/^the loader script a\.sh is not trusted: .*--trust sets how much is looked at/),
        source: 'a.sh'
      }
    ])
    expect(files[1].diagnostics).toEqual([])
    expect((await checked({ files: ['a.sh'], trust: 'off', cwd })).ok).toBe(true)
  })

  it('takes a .json file for strict JSON', async () => {
    const cwd = folderWith({ 'a.json': '{ "modules": ["a",] }' })
    expect((await checked({ files: ['a.json'], cwd })).files[0].diagnostics[0].message).toBe(
      'not valid JSON: this can not stand here'
    )
  })

  it('refuses an interpreter that is no command line', async () => {
    const run = runCheck({ files: ['a.sh'], interpreter: 'bash $X', cwd: folderWith({ 'a.sh': ':' }) })
    await expect(run).rejects.toMatchObject({ code: 'ERR_HERMES_OPTIONS_INVALID' })
  })
})

describe('surroundings', () => {
  it.each([
    ['a terminal', true, {}, true],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a pipe', false, {}, false]
  ])('colours for %s', async (_, isTTY, more, coloured) => {
    const env = { PATH: process.env['PATH'], ...more }
    const { stdout } = await runCheck({ files: ['none'], cwd: tempFolder(), isTTY, env })
    expect(stdout.includes('\u001b[31merror:')).toBe(coloured)
  })

  it('give a script nothing but PATH, and leave no file behind', async () => {
    const cwd = folderWith({
      'a.sh': '#!/usr/bin/env bash\nfi\n',
      bash: '#!/bin/sh\nenv >"$(dirname "$0")/env"\n[ "$1" = -n ] && rm -f "$2.none"\n'
    })
    chmodSync(path.join(cwd, 'bash'), 0o755)
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('hermes-check-'))
    const PATH = `${cwd}:${process.env['PATH']}`
    await checked({ files: ['a.sh'], cwd, env: { PATH, SECRET: 'hunter2', BASH_ENV: '/none' } })
    const names = readFileSync(path.join(cwd, 'env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? '')).sort()).toEqual(['LC_ALL', 'PATH'])
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('hermes-check-') && !before.includes(name))).toEqual([])
  })

  it('have programs in /bin and /usr/bin where there is no PATH', async () => {
    const cwd = folderWith({ 'a.sh': '#!/usr/bin/env bash\nfi\n' })
    expect((await checked({ files: ['a.sh'], cwd, env: {} })).files[0].diagnostics).toMatchObject([
      { code: 'shell-syntax', line: 2 }
    ])
  })

  it('are not waited for after an abort: a stdin without an end', async () => {
    const controller = new AbortController()
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array([10])
      controller.abort(new Error('interrupted'))
      await new Promise(() => {})
    }
    const run = runCheck({ files: ['-'], cwd: tempFolder(), stdin: endless(), signal: controller.signal })
    await expect(run).rejects.toThrow('interrupted')
  })

  it('may have no temporary folder: a script is then not checked, and that is said', async () => {
    const cwd = folderWith({ 'a.sh': 'fi\n', b: 'kind: ConfigMap\ndata: { a.sh: fi }\n' })
    vi.stubEnv('TMPDIR', path.join(cwd, 'none'))
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    const { stdout } = await runCheck({ files: ['a.sh', 'b'], cwd })
    expect(stdout).toContain(
      'a.sh: warning: the script was not checked: no temporary file can be written (ENOENT) [syntax-unchecked]'
    )
    expect(stdout).toContain('b:2:15: warning: the script was not checked')
  })

  it('are left at once where it is aborted', async () => {
    const aborting = AbortSignal.abort(new Error('interrupted'))
    const run = runCheck({ files: ['a.sh'], cwd: folderWith({ 'a.sh': ':' }), signal: aborting })
    await expect(run).rejects.toThrow('interrupted')
  })

  it('have no tool running after an abort', async () => {
    const cwd = folderWith({
      'a.sh': '#!/usr/bin/env bash\n',
      bash: '#!/bin/sh\necho $$ >"$(dirname "$0")/pid"\nexec sleep 100\n'
    })
    chmodSync(path.join(cwd, 'bash'), 0o755)
    const controller = new AbortController()
    const run = runCheck({ files: ['a.sh'], cwd, env: { PATH: `${cwd}:${process.env['PATH']}` }, signal: controller.signal })
    const rejected = expect(run).rejects.toThrow('interrupted')
    const file = path.join(cwd, 'pid')
    while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) await new Promise(setImmediate)
    controller.abort(new Error('interrupted'))
    await rejected
    expect(() => process.kill(Number(readFileSync(file, 'utf8')), 0)).toThrow('ESRCH')
  })
})

describe('a shell that can not check', () => {
  it.each([
    [
      'floods',
      'while :; do echo "$2: line 1: error xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" >&2; done',
      'warning',
      /printed more than 4194304 bytes/
    ],
    ['dies', 'kill -9 $$', 'warning', /it was ended by SIGKILL/],
    ['says nothing', 'exit 3', 'error', /bash: syntax error: exit code 3/],
    ['says something else', 'echo "bash: no memory" >&2; exit 1', 'error', /bash: syntax error: bash: no memory/]
  ])('%s', async (_, body, severity, message) => {
    const cwd = folderWith({ 'a.sh': '#!/usr/bin/env bash\n:\n', bash: `#!/bin/sh\n${body}\n` })
    chmodSync(path.join(cwd, 'bash'), 0o755)
    const { files } = await checked({ files: ['a.sh'], cwd, env: { PATH: `${cwd}:${process.env['PATH']}` } })
    expect(files[0].diagnostics).toEqual([expect.objectContaining({ severity, message: expect.stringMatching(message) })])
  })
})
