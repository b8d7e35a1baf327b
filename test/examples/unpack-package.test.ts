import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData } from 'tar'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { load } from './memory-modules/example-files.ts'

const { unpackPackage } = await load<{ unpackPackage(tarball: Uint8Array, folder: string): Promise<void> }>(
  '../init-installer/unpack-package.js'
)

const blockBytes = 512

/** An archive as somebody may have made it by hand. */
function archive(...entries: (HeaderData & { content?: string })[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...data }) => {
    const header = new Header({ mode: 0o644, type: 'File', size: content.length, mtime: new Date(0), ...data })
    const block = Buffer.alloc(blockBytes)
    header.encode(block)
    const padded = Buffer.alloc(Math.ceil(content.length / blockBytes) * blockBytes)
    padded.write(content)
    return [block, padded]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)])
}

const manifest = { path: 'package/package.json', content: '{}' }

async function refusalOf(tarball: Uint8Array) {
  const outside = tempFolder()
  const folder = path.join(outside, 'modules')
  const failure = await unpackPackage(tarball, folder).then(
    () => 'it was unpacked',
    (error: Error) => error.message
  )
  return { failure, unpacked: existsSync(folder) ? readdirSync(folder) : [], outside: readdirSync(outside) }
}

describe('a package', () => {
  it('is unpacked without its first folder', async () => {
    const folder = tempFolder()
    const bin = { path: 'package/bin/run.js', content: 'run()', mode: 0o755 }
    await unpackPackage(gzipSync(archive({ path: 'package/', type: 'Directory' }, manifest, bin)), folder)
    expect(readdirSync(folder).sort()).toEqual(['bin', 'package.json'])
    expect(readFileSync(path.join(folder, 'bin/run.js'), 'utf8')).toBe('run()')
    expect(statSync(path.join(folder, 'bin/run.js')).mode & 0o111).not.toBe(0)
  })

  it.each<[what: string, entry: HeaderData, says: string]>([
    ['a path with ..', { path: 'package/../../evil.js' }, '"package/../../evil.js", which leads out of its folder'],
    ['an absolute path', { path: '/package/evil.js' }, '"/package/evil.js", which leads out of its folder'],
    ['a path with a backslash', { path: 'package\\evil.js' }, 'which leads out of its folder'],
    ['a file in no folder', { path: 'evil.js' }, '"evil.js", which is in no folder'],
    [
      'a link',
      { path: 'package/a', type: 'SymbolicLink', linkpath: '/etc' },
      '"package/a", which is no file and no folder (SymbolicLink)'
    ],
    [
      'a hard link',
      { path: 'package/a', type: 'Link', linkpath: '/etc/passwd' },
      '"package/a", which is no file and no folder (Link)'
    ],
    ['a FIFO', { path: 'package/a', type: 'FIFO' }, '"package/a", which is no file and no folder (FIFO)'],
    ['a device', { path: 'package/a', type: 'CharacterDevice' }, '"package/a", which is no file and no folder (CharacterDevice)']
  ])('that holds %s is refused whole', async (_, entry, says) => {
    const { failure, unpacked, outside } = await refusalOf(gzipSync(archive(manifest, entry)))
    expect(failure).toContain('the package holds ')
    expect(failure).toContain(says)
    expect(unpacked).toEqual([])
    expect(outside).toEqual([])
  })

  it.each<[what: string, tarball: Uint8Array, says: string]>([
    ['no gzip file', Buffer.from('<html>'), 'the package is no gzip file of at most 134217728 bytes (Z_DATA_ERROR)'],
    [
      'cut off',
      gzipSync(archive(manifest)).subarray(0, 30),
      'the package is no gzip file of at most 134217728 bytes (Z_BUF_ERROR)'
    ],
    [
      'a bomb',
      gzipSync(Buffer.alloc(129 * 2 ** 20)),
      'the package is no gzip file of at most 134217728 bytes (ERR_BUFFER_TOO_LARGE)'
    ],
    ['no archive', gzipSync('x'.repeat(1024)), 'the package is no tarball that can be unpacked (']
  ])('that is %s is refused', async (_, tarball, says) => {
    const { failure, outside } = await refusalOf(tarball)
    expect(failure).toContain(says)
    expect(outside).toEqual([])
  })
})
