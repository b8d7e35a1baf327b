import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readScriptFile } from '../../src/executor/script-file.ts'
import type { TrustLevel } from '../../src/executor/trust.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { bundle } from './bundle.ts'

const levels: TrustLevel[] = ['off', 'file', 'path']

/** What each level of trust finds writable, relative to the folder. */
const found = (file: string, folder: string) =>
  levels.map((level) => {
    const read = readScriptFile(file, level)
    const writable = 'writable' in read ? read.writable : read.state
    return writable === undefined ? 'trusted' : path.relative(folder, writable) || '.'
  })

function folderOf(mode: number): string {
  const folder = tempFolder()
  chmodSync(folder, mode)
  return folder
}

function scriptIn(folder: string, mode = 0o644, text = 'echo none\n'): string {
  const file = path.join(folder, 'load.sh')
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

describe('off, file and path', () => {
  test.each([
    ['a file that its owner writes', 0o644, 0o755, ['trusted', 'trusted', 'trusted']],
    ['a file that its group writes', 0o664, 0o775, ['trusted', 'trusted', 'trusted']],
    ['a file that anybody writes', 0o646, 0o755, ['trusted', 'load.sh', 'load.sh']],
    ['a folder that anybody writes', 0o644, 0o777, ['trusted', 'trusted', '.']],
    ['a sticky folder', 0o644, 0o1777, ['trusted', 'trusted', 'trusted']]
  ])('%s', (_, fileMode, folderMode, expected) => {
    const folder = folderOf(folderMode)
    expect(found(scriptIn(folder, fileMode), folder)).toEqual(expected)
  })

  test('an empty file is asked about too', () => {
    const folder = folderOf(0o755)
    expect(found(scriptIn(folder, 0o646, ''), folder)).toEqual(['trusted', 'load.sh', 'load.sh'])
  })

  test('the folders of the path as written and of the real one both count', () => {
    const folder = folderOf(0o755)
    for (const [name, mode] of [
      ['open', 0o777],
      ['closed', 0o755]
    ] as const) {
      mkdirSync(path.join(folder, name))
      chmodSync(path.join(folder, name), mode)
    }
    const inOpen = scriptIn(path.join(folder, 'open'))
    const inClosed = scriptIn(path.join(folder, 'closed'))
    symlinkSync(inOpen, path.join(folder, 'closed/to-open.sh'))
    symlinkSync(inClosed, path.join(folder, 'open/to-closed.sh'))
    expect(found(path.join(folder, 'closed/to-open.sh'), folder)[2]).toBe('open')
    expect(found(path.join(folder, 'open/to-closed.sh'), folder)[2]).toBe('open')
  })
})

test('what lies on a read-only mount is trusted, by root too', () => {
  const mount = folderOf(0o777)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mount])
  onTestFinished(() => void execFileSync('umount', [mount]))
  chmodSync(mount, 0o777)
  const file = scriptIn(mount, 0o666)
  expect(found(file, mount)).toEqual(['trusted', 'load.sh', 'load.sh'])
  execFileSync('mount', ['-o', 'remount,ro', mount])
  expect(found(file, mount)).toEqual(['trusted', 'trusted', 'trusted'])
})

test('a read-only mount is seen by a user whom the mode denies the write', async () => {
  const program = await bundle(`
    import { readScriptFile } from '../../src/executor/script-file.ts'
    console.log(readScriptFile(process.argv[2], 'path').writable)
  `)
  onTestFinished(() => rmSync(program.folder, { recursive: true }))
  const mount = folderOf(0o755)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', mount])
  onTestFinished(() => void execFileSync('umount', [mount]))
  chmodSync(mount, 0o557)
  const file = scriptIn(mount, 0o557)
  for (const name of [mount, file]) chownSync(name, 1234, 1234)
  const seen = () =>
    execFileSync(process.execPath, [program.file, file], { uid: 1234, gid: 1234, env: {}, cwd: '/', encoding: 'utf8' }).trim()
  expect(seen()).toBe(file)
  // Of one mount, as a container runtime does: the file system itself can still be written.
  execFileSync('mount', ['-o', 'remount,ro,bind', mount])
  expect(seen()).toBe('undefined')
})

test('a link at the path is judged by what was opened', () => {
  const target = tempFile('real.sh', 'echo none\n', 0o646)
  const folder = folderOf(0o755)
  const file = path.join(folder, 'load.sh')
  symlinkSync(target, file)
  expect(found(file, folder)[1]).toBe('load.sh')
})
