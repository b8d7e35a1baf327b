import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { isPosixShell, pinnedCommand, whyNotPinnable } from '../../src/executor/pinned-command.ts'
import { createShellExecutor } from '../../src/executor/shell-executor.ts'
import { tempFolder } from '../temp-folder.ts'
import { interpreterOf } from './run-case.ts'
import { runScript } from './run-script.ts'

const executor = createShellExecutor()
const bytes = (text: string) => new TextEncoder().encode(text)

describe('what a shell is', () => {
  it.each([
    [['/bin/sh']],
    [['bash', '-eu', '-o', 'pipefail']],
    [['/usr/bin/env', 'bash']],
    [['/usr/bin/env', '-i', 'zsh']],
    [['busybox', 'sh']],
    [['/usr/bin/env', 'busybox', 'ash']],
    [['env', '--unset=HOME', '-C', '/', '-v', 'bash']],
    [['/opt/zsh-5.9']],
    [['bash-static']],
    [['ksh93']]
  ])('%j is one', (interpreter) => {
    expect(isPosixShell(interpreter)).toBe(true)
  })

  it.each([
    [['/usr/bin/python3']],
    [['node']],
    [['busybox', 'awk', '-f']],
    [['busybox']],
    [['/usr/bin/env', 'fish']],
    [['env', '-S', 'sh']]
  ])('%j is none', (interpreter) => {
    expect(isPosixShell(interpreter)).toBe(false)
  })
})

test('a link to a shell is one', () => {
  const link = join(tempFolder(), 'loader')
  symlinkSync('/bin/bash', link)
  expect(isPosixShell([link])).toBe(true)
})

describe('what can not be pinned', () => {
  const most = 128 * 1024

  it.each([
    ['mentions BASH_SOURCE, which is empty in a pinned script', bytes('. "$(dirname "$BASH_SOURCE")/lib.sh"')],
    ['holds a NUL character', bytes('echo a\0b')],
    ['is not valid UTF-8', Uint8Array.of(0x23, 0xff)],
    [`has ${most} bytes, and at most ${most - 1} can be given to a shell`, new Uint8Array(most).fill(0x23)]
  ])('it %s', (why, script) => {
    expect(whyNotPinnable(['/bin/sh'], script)).toBe(why)
  })

  it.each([
    [['python3']],
    [['node', '--no-warnings']],
    [['env', '-u', 'HOME', 'SHELL=/bin/sh', 'perl']],
    [['busybox', 'awk', '-f']],
    [['nice', 'node']]
  ])('is nothing where %j reads the file', (interpreter) => {
    expect(whyNotPinnable(interpreter, Uint8Array.of(0, 0xff))).toBeUndefined()
  })

  it.each([
    [['nice', 'bash'], /^is run by a shell that something else starts \(nice bash\)$/],
    [['timeout', '5', '/bin/sh', '-e'], /shell/],
    [['env', 'setsid', 'dash'], /shell/],
    [['busybox', 'env', 'ash'], /shell/],
    [['sudo', '-u', 'nobody', '/bin/zsh'], /shell/],
    [['env', '-S', 'bash -e'], /^is run by what env -S bash -e starts, which can't be told$/],
    [['env', '-S', 'my-tool'], /can't be told/],
    [['env', '-Sbash'], /can't be told/]
  ])('is what %j starts', (interpreter, why) => {
    expect(whyNotPinnable(interpreter, bytes(':'))).toMatch(why)
  })

  it('is nothing just below the limit', () => {
    expect(whyNotPinnable(['/bin/sh'], new Uint8Array(most - 1).fill(0x23))).toBeUndefined()
  })
})

describe('the command', () => {
  it('keeps a byte order mark', () => {
    expect(pinnedCommand(['/bin/sh'], bytes('\ufeff:'), '/s', [])).toEqual(['/bin/sh', '-c', '--', '\ufeff:', '/s'])
  })

  it.each([['-'], ['--']])('takes %s off, which would end the options', (end) => {
    expect(pinnedCommand(['/bin/sh', '-e', end], bytes(':'), '/s', ['a'])).toEqual(['/bin/sh', '-e', '-c', '--', ':', '/s', 'a'])
  })
})

describe('a pinned script', () => {
  const script = 'set -e\necho "$0 $# $1"\ncase $- in *e*) echo strict ;; esac\n[ -n "$NOPE" ] && return 0\nfalse || exit 4\n'

  it.each(['bash', 'dash', 'busybox sh', 'zsh', 'ksh', 'mksh'] as const)('has its name and arguments under %s', async (shell) => {
    const { result, stdout } = await runScript(executor, 'echo another file\n', {
      bytes: bytes(script),
      pinned: true,
      interpreter: interpreterOf(shell),
      args: ['-x', 'y']
    })
    expect(stdout).toMatch(/^\/.*\/script\.sh 2 -x\nstrict\n$/)
    expect(result.exitCode).toBe(4)
  })

  it('runs at the longest length', async () => {
    const longest = `echo done${' '.repeat(128 * 1024 - 11)}\n`
    const { result, stdout } = await runScript(executor, '', { bytes: bytes(longest), pinned: true })
    expect(longest).toHaveLength(128 * 1024 - 1)
    expect([result.exitCode, stdout]).toEqual([0, 'done\n'])
  })

  it('is read by an interpreter that is no shell', async () => {
    const { stdout } = await runScript(executor, 'console.log(process.argv.length, process.argv[2])\n', {
      bytes: bytes('judged'),
      pinned: true,
      interpreter: ['node'],
      args: ['x'],
      env: {}
    })
    expect(stdout).toBe('3 x\n')
  })
})
