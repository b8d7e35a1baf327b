import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { digestOf, readScriptFile } from '../../src/executor/script-file.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'

const link = (target: string, name = 'load.sh', folder = tempFolder()) => {
  const at = path.join(folder, name)
  symlinkSync(target, at)
  return at
}

test('a regular file is read once, and has a digest', async () => {
  const text = 'echo none\n'
  expect(readScriptFile(tempFile('load.sh', text), 'file')).toEqual({
    state: 'present',
    bytes: Buffer.from(text),
    writable: undefined
  })
  expect(await digestOf(Buffer.from(text))).toBe(createHash('sha256').update(text).digest('hex'))
})

test('a file of no bytes is empty', () => {
  expect(readScriptFile(tempFile('load.sh', ''), 'file')).toEqual({ state: 'empty', writable: undefined })
})

describe('masked is /dev/null by its device number', () => {
  test.each([
    ['itself', () => '/dev/null'],
    ['behind a link', () => link('/dev/null')],
    [
      'under another name',
      () => {
        const node = path.join(tempFolder(), 'null')
        execFileSync('mknod', [node, 'c', '1', '3'])
        return node
      }
    ]
  ])('%s', (_, make) => {
    expect(readScriptFile(make(), 'path')).toEqual({ state: 'masked' })
  })
})

describe('absent', () => {
  test.each([
    ['no file', () => path.join(tempFolder(), 'no.sh')],
    ['no parent folder', () => path.join(tempFolder(), 'no/such/load.sh')],
    ['a key that is leaving a ConfigMap', () => link('..data/load.sh')],
    ['a link to such a key', () => link(link('..data/load.sh'))],
    [
      'no file in a folder that is reached over a link',
      () => {
        const real = tempFolder()
        return path.join(link(real, 'hermes'), 'load.sh')
      }
    ]
  ])('%s', (_, make) => {
    expect(readScriptFile(make(), 'file')).toEqual({ state: 'absent' })
  })
})

describe('unreadable, said by what it is', () => {
  const folderLink = () => path.join(link('/no/such/folder', 'hermes'), 'load.sh')
  const circle = () => {
    const folder = tempFolder()
    link('b', 'a', folder)
    return link('a', 'b', folder)
  }
  const chain = () => {
    const folder = tempFolder()
    mkdirSync(path.join(folder, '..data'))
    symlinkSync('/gone', path.join(folder, '..data/load.sh'))
    return link('..data/load.sh', 'load.sh', folder)
  }
  const fifo = () => {
    const at = path.join(tempFolder(), 'fifo')
    execFileSync('mkfifo', [at])
    return at
  }
  const rows: [string, () => string, RegExp][] = [
    ['a dangling link', () => link('gone.sh'), /is a link to gone\.sh, which is not there/],
    ['a folder that is a dangling link', folderLink, /hermes is a link to \/no\/such\/folder, which is not there/],
    ['a chain whose last link dangles elsewhere', chain, /\.\.data\/load\.sh is a link to \/gone/],
    ['links in a circle', circle, /links go round in a circle/],
    ['a file as a folder', () => path.join(tempFile('x', ''), 'load.sh'), /something above it is no folder/],
    ['a folder', tempFolder, /it is a folder/],
    ['a FIFO that nobody writes to', fifo, /it is a FIFO/],
    ['a character device', () => '/dev/zero', /it is a character device/],
    ['a name that is too long', () => path.join(tempFolder(), 'x'.repeat(300)), /its name is too long/]
  ]
  test.each(rows)('%s', (_, make, why) => {
    expect(readScriptFile(make(), 'file')).toMatchObject({ state: 'unreadable', why: expect.stringMatching(why) })
  })

  test('a socket', async () => {
    const at = path.join(tempFolder(), 'socket')
    const server = createServer()
    await new Promise<void>((listening) => server.listen(at, listening))
    onTestFinished(() => void server.close())
    expect(readScriptFile(at, 'file')).toMatchObject({ state: 'unreadable', why: expect.stringContaining('socket') })
  })

  test('the remedy for a folder names both of its causes', () => {
    expect(readScriptFile(tempFolder(), 'file')).toMatchObject({ remedy: expect.stringMatching(/bind mount.*subPath/) })
  })
})

test('a ConfigMap mount is read through its links', () => {
  const mount = tempFolder()
  mkdirSync(path.join(mount, '..2026_01_01'))
  writeFileSync(path.join(mount, '..2026_01_01/load.sh'), 'echo none\n')
  symlinkSync('..2026_01_01', path.join(mount, '..data'))
  expect(readScriptFile(link('..data/load.sh', 'load.sh', mount), 'path')).toMatchObject({ state: 'present' })
})
