import { expect, test } from 'vitest'
import { remarksOn } from '../../src/executor/stderr-remarks.ts'
import { resolveModules } from '../../src/index.ts'
import { tempFile } from '../temp-folder.ts'

const plainPipes = "Bun can't read a FIFO"

test.each([
  ['bash', 'load.sh: line 1: /dev/stderr: No such device or address'],
  ['dash', 'load.sh: 1: cannot create /dev/stderr: No such device or address'],
  ['busybox', "load.sh: line 1: can't create /dev/stderr: No such device or address"],
  ['zsh', 'load.sh:1: no such device or address: /dev/stderr'],
  ['node', "Error: ENXIO: no such device or address, open '/dev/stderr'"],
  ['a program that gives the name alone', 'open failed: ENXIO']
])('ENXIO of %s is explained where the pipes are plain, and only there', (_, stderr) => {
  expect(remarksOn({ stderr, plainPipes })).toEqual([expect.stringContaining(`because ${plainPipes}`)])
  expect(remarksOn({ stderr, plainPipes: undefined })).toEqual([])
})

test.each([
  ['bash', 'load.sh: line 2: cannot create temp file for here-document: Read-only file system'],
  ['zsh', "load.sh:2: can't create temp file for here document: read-only file system"],
  ['ksh', 'load.sh: line 2: cannot create temporary file [Read-only file system]'],
  ['mksh', "mksh: can't create temporary file /tmp/shXXXX.tmp: Read-only file system"]
])('a here-document that %s could not write is explained', (_, stderr) => {
  expect(remarksOn({ stderr, plainPipes: undefined })).toEqual([expect.stringContaining('here-document')])
})

test.each([
  '',
  'curl: (6) Could not resolve host',
  'No such file or directory',
  'mktemp: (null): unable to create temporary file: Read-only file system',
  "sort: cannot create temporary file in '/tmp': Read-only file system"
])('%j is not explained', (stderr) => {
  expect(remarksOn({ stderr, plainPipes })).toEqual([])
})

const run = { env: {}, staticConfig: false, script: tempFile.bind(undefined, 'load.sh', 'x') } as const
const executorOf = (exitCode: number) => ({
  execute: async () => ({
    exitCode,
    stdout: new TextEncoder().encode('module=a\n'),
    stderr: 'load.sh: cannot create /dev/stderr: No such device or address\n',
    plainPipes,
    durationMs: 1
  })
})

test('a failure says it in its message', async () => {
  const failing = resolveModules({ ...run, script: run.script(), executor: executorOf(1) })
  await expect(failing).rejects.toMatchObject({
    code: 'ERR_HERMES_SCRIPT_EXIT',
    message: expect.stringContaining(`hint: /dev/stdout, /dev/stderr`)
  })
})

test('a success says it in a warning', async () => {
  const { diagnostics } = await resolveModules({ ...run, script: run.script(), executor: executorOf(0) })
  expect(diagnostics).toMatchObject([
    { code: 'script-environment', severity: 'warning', message: expect.stringContaining(plainPipes) }
  ])
})
