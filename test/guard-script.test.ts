import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  createShellExecutor,
  HermesError,
  type ResolveModulesOptions,
  resolveModules,
  type ScriptExecutor,
  type ScriptOptions
} from '../src/index.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const env = { PATH: process.env['PATH'] }
const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

async function outcome(script: ScriptOptions, options: ResolveModulesOptions = {}): Promise<string> {
  const answer = await resolveModules({ env, staticConfig: false, ...options, script }).catch((error: unknown) => error)
  if (answer instanceof HermesError) return answer.code.replace('ERR_HERMES_', '')
  if (answer instanceof Error) throw answer
  return (answer as Awaited<ReturnType<typeof resolveModules>>).modules.map(({ name }) => name).join(' ')
}

const pinned = (text: string, options: ScriptOptions = {}): ScriptOptions => ({
  path: tempFile('load.sh', text),
  sha256: digest(text),
  ...options
})

/** Runs `meanwhile` between the reading of the script and its start, or between its end and what is made of it. */
function executorWith(meanwhile: { before?: () => void; after?: () => void }): ScriptExecutor {
  const shell = createShellExecutor()
  return {
    async execute(request) {
      meanwhile.before?.()
      const result = await shell.execute(request)
      meanwhile.after?.()
      return result
    }
  }
}

describe('pin', () => {
  test.each(['sh', 'bash', 'dash', 'busybox sh', 'zsh', 'ksh', 'mksh', '/usr/bin/env bash -eu'])(
    'the pinned bytes run by %s as the file would, with $0 and arguments',
    async (interpreter) => {
      const text = 'echo "module=$(basename "$0" .sh)"\nfor name; do echo "module=$name"; done\n'
      expect(await outcome(pinned(text, { interpreter, args: ['a', 'b'] }))).toBe('load a b')
    }
  )

  test('an upper-case digest is the same', async () => {
    const script = pinned('echo module=a\n')
    expect(await outcome({ ...script, sha256: script.sha256?.toUpperCase() })).toBe('a')
  })

  test.each<[string, () => ScriptOptions]>([
    ['other bytes', () => pinned('echo none', { sha256: digest('x') })],
    ['no file', () => ({ path: path.join(tempFolder(), 'no.sh'), sha256: digest('') })],
    ['no file, and onFailure', () => ({ path: path.join(tempFolder(), 'no.sh'), sha256: digest(''), onFailure: 'static' })],
    ['an empty file', () => pinned('')],
    ['/dev/null', () => ({ path: '/dev/null', sha256: digest('') })],
    ['bytes that mention BASH_SOURCE', () => pinned('#!/bin/bash\n. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"\n')],
    ['a NUL', () => pinned('echo none\n\0')],
    ['128 KiB', () => pinned(`echo none\n#${'x'.repeat(131_072)}`)],
    ['other bytes, and onFailure', () => pinned('echo none', { sha256: digest('x'), onFailure: 'static' })]
  ])('%s is a mismatch', async (_, script) => {
    expect(await outcome(script())).toBe('SCRIPT_HASH_MISMATCH')
  })

  test('bytes that are not UTF-8 are a mismatch', async () => {
    const bytes = Uint8Array.of(...Buffer.from('echo none # '), 0xff)
    expect(await outcome({ path: tempFile('load.sh', bytes), sha256: digest(bytes) })).toBe('SCRIPT_HASH_MISMATCH')
  })

  test('a script that HERMES_SCRIPT switches off is a mismatch', async () => {
    expect(await outcome({ sha256: digest('') }, { env: { HERMES_SCRIPT: '' } })).toBe('SCRIPT_HASH_MISMATCH')
  })

  test('a shell runs the bytes that were read, whatever is at the path by then', async () => {
    const script = pinned('echo module=read\n')
    const executor = executorWith({ before: () => writeFileSync(script.path as string, 'echo module=swapped\n') })
    expect(await outcome(script, { executor })).toBe('read')
  })

  describe('an interpreter that reads the file itself', () => {
    const text = '#!/usr/bin/env node\nconsole.log("module=a")\n'

    test('is believed where the file is the same after the run', async () => {
      expect(await outcome(pinned(text))).toBe('a')
    })

    test('may be given what a shell could not', async () => {
      expect(await outcome(pinned(`${text}// BASH_SOURCE ${'x'.repeat(131_072)}\n`))).toBe('a')
    })

    test.each<[string, (file: string) => void]>([
      ['changed', (file) => writeFileSync(file, `${text}//\n`)],
      ['gone', (file) => rmSync(file)],
      ['empty', (file) => writeFileSync(file, '')]
    ])('is not where the file is %s by then', async (_, change) => {
      const script = pinned(text)
      const executor = executorWith({ after: () => change(script.path as string) })
      expect(await outcome(script, { executor })).toBe('SCRIPT_HASH_MISMATCH')
    })
  })

  test('a ConfigMap that is updated meanwhile does not change what runs', async () => {
    const mount = tempFolder()
    for (const [version, name] of [
      ['..1', 'old'],
      ['..2', 'new']
    ] as const) {
      mkdirSync(path.join(mount, version))
      writeFileSync(path.join(mount, version, 'load.sh'), `echo module=${name}\n`)
    }
    symlinkSync('..1', path.join(mount, '..data'))
    symlinkSync('..data/load.sh', path.join(mount, 'load.sh'))
    const update = () => {
      symlinkSync('..2', path.join(mount, '..data_tmp'))
      renameSync(path.join(mount, '..data_tmp'), path.join(mount, '..data'))
    }
    const script = { path: path.join(mount, 'load.sh'), sha256: digest('echo module=old\n') }
    expect(await outcome(script, { executor: executorWith({ before: update }) })).toBe('old')
    expect(await outcome(script)).toBe('SCRIPT_HASH_MISMATCH')
  })
})

describe('trust', () => {
  const writable = (text = 'echo module=a\n') => tempFile('load.sh', text, 0o646)

  test.each<[string, () => ScriptOptions, string]>([
    ['a script that anybody can write', () => ({ path: writable() }), 'SCRIPT_UNTRUSTED'],
    ['the same, and onFailure', () => ({ path: writable(), onFailure: 'static' }), 'SCRIPT_UNTRUSTED'],
    ['the same, with trust off', () => ({ path: writable(), trust: 'off' }), 'a'],
    ['an empty one', () => ({ path: writable('') }), 'SCRIPT_UNTRUSTED'],
    ['/dev/null', () => ({ path: '/dev/null', trust: 'path' }), '']
  ])('%s', async (_, script, expected) => {
    expect(await outcome(script())).toBe(expected)
  })

  test('a refusal names the part of the path, and a command that mends it', async () => {
    const folder = path.join(tempFolder(), "it's open")
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    const script = path.join(folder, 'load.sh')
    writeFileSync(script, 'echo module=a\n')
    expect(await outcome({ path: script })).toBe('a')
    const failure = await resolveModules({ script: { path: script, trust: 'path' }, env, staticConfig: false }).catch(
      (error: Error) => error
    )
    expect(failure).toMatchObject({
      code: 'ERR_HERMES_SCRIPT_UNTRUSTED',
      message: expect.stringContaining(`Run: chmod o-w "${folder}"`)
    })
    chmodSync(folder, 0o775)
    expect(await outcome({ path: script, trust: 'path' })).toBe('a')
  })
})
