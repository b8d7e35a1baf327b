import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findInterpreter } from '../../src/executor/find-program.ts'

let folder: string
const executable = (name: string) => {
  writeFileSync(join(folder, name), '#!/bin/sh\n')
  chmodSync(join(folder, name), 0o755)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-'))
  for (const name of ['one', 'two', 'refuses', 'has-a-folder']) mkdirSync(join(folder, name))
  executable('one/tool')
  executable('two/tool')
  executable('two/only-in-two')
  writeFileSync(join(folder, 'refuses', 'tool'), 'not executable')
  mkdirSync(join(folder, 'has-a-folder', 'tool'))
  symlinkSync('nowhere', join(folder, 'one', 'dangling'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const find = (interpreter: string[], env: Record<string, string> = {}, cwd = folder) => findInterpreter(interpreter, { env, cwd })
const refusal = (interpreter: string[], env: Record<string, string> = {}, cwd = folder) => {
  try {
    return find(interpreter, env, cwd)
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException
    return { code, path, message }
  }
}

describe('an interpreter that is there', () => {
  it('is found by its path, absolute or from the working folder', () => {
    expect(find(['/bin/sh', '-e'])).toEqual(['/bin/sh', '-e'])
    expect(find(['./one/tool'])).toEqual([join(folder, 'one/tool')])
  })

  it('is found along the PATH of the request alone, in its order', () => {
    expect(find(['tool'], { PATH: `${folder}/two:${folder}/one` })).toEqual([join(folder, 'two/tool')])
    expect(find(['only-in-two'], { PATH: 'one:two' })).toEqual([join(folder, 'two/only-in-two')])
    expect(find(['tool'], { PATH: '' }, join(folder, 'one'))).toEqual([join(folder, 'one/tool')])
    expect(find(['tool'], { PATH: '/nowhere::' }, join(folder, 'two'))).toEqual([join(folder, 'two/tool')])
  })

  it('is passed over where it may not be run', () => {
    expect(find(['tool'], { PATH: 'refuses:has-a-folder:one' })).toEqual([join(folder, 'one/tool')])
  })

  it('is looked for in /bin and /usr/bin without a PATH', () => {
    expect(find(['sh'])).toEqual(['/bin/sh'])
  })

  it('is left to env where env looks for it', () => {
    expect(find(['/usr/bin/env', 'tool', '-x'], { PATH: 'one' })).toEqual(['/usr/bin/env', 'tool', '-x'])
    expect(find(['/usr/bin/env', '-i', 'no-such-tool'])).toEqual(['/usr/bin/env', '-i', 'no-such-tool'])
    expect(find(['/usr/bin/env', '-S', 'no such tool'])).toEqual(['/usr/bin/env', '-S', 'no such tool'])
  })
})

describe('an interpreter that is not there', () => {
  it.each([
    [['no-such-tool'], {}, 'ENOENT', 'no-such-tool', 'was not found'],
    [['/no/such/tool'], {}, 'ENOENT', '/no/such/tool', 'was not found'],
    [['./refuses/tool/deeper'], {}, 'ENOENT', './refuses/tool/deeper', 'was not found'],
    [['one/dangling'], {}, 'ENOENT', 'one/dangling', 'was not found'],
    [[''], {}, 'ENOENT', '', 'was not found'],
    [[], {}, 'ENOENT', '', 'was not found'],
    [['./refuses/tool'], {}, 'EACCES', './refuses/tool', 'is not an executable file'],
    [['./one'], {}, 'EACCES', './one', 'is not an executable file'],
    [['tool'], { PATH: 'refuses:nowhere' }, 'EACCES', 'tool', 'is not an executable file'],
    [['/usr/bin/env', 'no-such-tool'], { PATH: 'one' }, 'ENOENT', 'no-such-tool', 'was not found'],
    [['/usr/bin/env', 'tool'], { PATH: 'has-a-folder' }, 'EACCES', 'tool', 'is not an executable file'],
    [['/no/env', 'tool'], { PATH: 'one' }, 'ENOENT', '/no/env', 'was not found']
  ])('%j with %j is refused with %s', (interpreter, env, code, path, what) => {
    expect(refusal(interpreter, env as Record<string, string>)).toEqual({ code, path, message: `${code}: '${path}' ${what}` })
  })
})

describe('an interpreter that can be executed and is no program', () => {
  it.each([
    ['', 'EACCES', 'is no program: it has no #!'],
    ['echo none\n', 'EACCES', 'is no program: it has no #!'],
    ['#!\n', 'EACCES', 'is no program: it has no #!'],
    ['\ufeff#!/bin/sh\n', 'EACCES', 'is no program: it has no #!'],
    ['#!/no/such/shell -e\n', 'ENOENT', "is a script for '/no/such/shell', which was not found"],
    ['#! /bin/sh\r\n', 'ENOENT', "is a script for '/bin/sh\r', which was not found"],
    ['#!/etc/passwd\n', 'EACCES', "is a script for '/etc/passwd', which is not an executable file"]
  ])('%j is refused with %s', (text, code, what) => {
    executable('one/odd')
    writeFileSync(join(folder, 'one/odd'), text)
    expect(refusal(['./one/odd'])).toEqual({ code, path: './one/odd', message: `${code}: './one/odd' ${what}` })
    expect(refusal(['env', 'odd'], { PATH: `one:/usr/bin` })).toMatchObject({ code, path: 'odd' })
  })
})

it('is looked for from the folder that env goes to', () => {
  const words = ['/usr/bin/env', '-C', 'one', './tool']
  expect(find(words)).toEqual(words)
  expect(refusal(['/usr/bin/env', '--chdir=two', './no-such-tool'])).toMatchObject({ code: 'ENOENT', path: './no-such-tool' })
})

describe('node', () => {
  it('is the one on PATH', () => {
    executable('two/node')
    expect(find(['node'], { PATH: 'two' })).toEqual([join(folder, 'two/node')])
    expect(find(['/usr/bin/env', 'node'], { PATH: 'two' })).toEqual(['/usr/bin/env', join(folder, 'two/node')])
  })

  it("is this process's own where there is none", () => {
    expect(find(['node', '--no-warnings'], { PATH: 'one' })).toEqual([process.execPath, '--no-warnings'])
    expect(find(['/usr/bin/env', 'node'], { PATH: 'one' })).toEqual(['/usr/bin/env', process.execPath])
  })

  it('is not ours where a path was given', () => {
    expect(refusal(['./one/node'])).toMatchObject({ code: 'ENOENT', path: './one/node' })
  })
})
