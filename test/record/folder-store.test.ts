import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFolderRecordStore, HermesError } from '../../src/index.ts'
import { findRecord, publishRecord, recordKey, replaceRecord } from '../../src/record/record-chain.ts'
import { encodeRecord, type RecordedAnswer } from '../../src/record/record-format.ts'
import { tempFolder } from '../temp-folder.ts'
import { answer } from './answers.ts'
import { stepProgram } from './steps.ts'

const key = recordKey(answer().name, [])
const file = (folder: string) => path.join(folder, `${key}.json`)
const large = (): RecordedAnswer => {
  const modules = answer().modules.map((module) => ({ ...module, settings: { text: 'x'.repeat(100_000) } }))
  return answer({ modules })
}
const failureOf = async (promise: Promise<unknown>): Promise<HermesError> => {
  const failure = await promise.catch((error: unknown) => error)
  if (failure instanceof HermesError && failure.code === 'ERR_HERMES_RECORD_UNUSABLE') return failure
  throw new Error(`no RECORD_UNUSABLE: ${JSON.stringify(failure)}`)
}

/** A file system of its own, for one test. */
function mounted(options: string): string {
  const at = tempFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at])
  onTestFinished(() => {
    execFileSync('umount', [at])
  })
  return at
}

describe('where it is', () => {
  test('location is absolute; a relative path is from the working folder, a URL is a path', () => {
    expect(createFolderRecordStore('/run/hermes/').location).toBe('/run/hermes')
    expect(createFolderRecordStore('records').location).toBe(path.resolve('records'))
    expect(createFolderRecordStore(pathToFileURL('/run/a b')).location).toBe('/run/a b')
  })

  test.each(['', 'a\0b', new URL('https://example.org/'), 7, undefined, {}])('%j is no path', (dir) => {
    expect(() => createFolderRecordStore(dir as string)).toThrow(
      expect.objectContaining({
        code: 'ERR_HERMES_OPTIONS_INVALID',
        message: 'createFolderRecordStore(): dir takes a path (a string that is not empty) or a file: URL'
      })
    )
  })

  test.each(['../x', 'a/b', '.', '..', '', 'é', '%2F', 'x.tmp', '\0'])(
    'key %j stays in the folder, with an ending of its own',
    async (of) => {
      const folder = tempFolder()
      const store = createFolderRecordStore(path.join(folder, 'hermes'))
      await store.putIfAbsent(of, encodeRecord(answer()))
      expect(await store.read(of)).toEqual(encodeRecord(answer()))
      expect(readdirSync(folder)).toEqual(['hermes'])
      expect(readdirSync(store.location)).toEqual([expect.stringMatching(/\.json$/)])
    }
  )

  test('a key that is no text at all is told', async () => {
    expect((await failureOf(createFolderRecordStore(tempFolder()).read('\ud800'))).message).toContain('URI malformed')
    expect((await failureOf(createFolderRecordStore(tempFolder()).read('x'.repeat(300)))).message).toContain(
      'its name is too long'
    )
  })
})

describe('what is in the folder', () => {
  test('one *.json file a record, directly in it, and nothing else', async () => {
    const folder = tempFolder()
    const store = createFolderRecordStore(folder)
    const others = Array.from({ length: 3 }, (_, index) => answer({ args: [`${index}`] }))
    for (const one of others) await publishRecord(store, recordKey(one.name, one.args), one)
    await replaceRecord(store, recordKey(answer().name, ['1']), answer({ args: ['1'], step: 'begun' }))
    expect(readdirSync(folder).sort()).toEqual(others.map(({ name, args }) => `${recordKey(name, args)}.json`).sort())
  })

  test.each(['000', '022', '077', '777'])('mode 0644, with umask %s', async (UMASK) => {
    const start = await stepProgram()
    const folder = path.join(tempFolder(), 'hermes')
    for (const command of ['publish', 'begin']) {
      await start(command, [folder, command], { env: { UMASK } }).result
      expect(statSync(file(folder)).mode & 0o7777).toBe(0o644)
      expect(statSync(folder).mode & 0o7777).toBe(0o755)
    }
  })

  test('a folder of the same name as a link, to a folder', async () => {
    const [real, link] = [tempFolder(), path.join(tempFolder(), 'hermes')]
    symlinkSync(real, link)
    await publishRecord(createFolderRecordStore(link), key, answer())
    expect(await findRecord(createFolderRecordStore(real), key)).toMatchObject({ found: 'whole' })
  })

  test('a folder that went away is made again', async () => {
    const folder = path.join(tempFolder(), 'hermes')
    const store = createFolderRecordStore(folder)
    expect(await store.read(key)).toBeUndefined()
    await publishRecord(store, key, answer({ step: 'one' }))
    rmSync(folder, { recursive: true })
    expect(await findRecord(store, key)).toMatchObject({ found: 'none' })
    expect(await publishRecord(store, key, answer({ step: 'two' }))).toMatchObject({ won: true })
    rmSync(folder, { recursive: true })
    await replaceRecord(store, key, answer({ step: 'three' }))
    expect(await findRecord(store, key)).toMatchObject({ answer: { step: 'three' } })
  })
})

describe('what is at the name of a record and can not be one', () => {
  const elsewhere = () => {
    const good = path.join(tempFolder(), 'good.json')
    writeFileSync(good, encodeRecord(answer({ step: 'elsewhere' })))
    return good
  }
  const rows: [what: string, make: (at: string) => unknown][] = [
    ['a link to a good record', (at) => symlinkSync(elsewhere(), at)],
    ['a link to /dev/zero', (at) => symlinkSync('/dev/zero', at)],
    ['a dangling link', (at) => symlinkSync('nowhere', at)],
    ['a link to itself', (at) => symlinkSync(path.basename(at), at)],
    ['a FIFO', (at) => execFileSync('mkfifo', [at])],
    ['a device that never ends', (at) => execFileSync('mknod', [at, 'c', '1', '5'])],
    ['/dev/null', (at) => execFileSync('mknod', [at, 'c', '1', '3'])],
    ['a folder', (at) => mkdirSync(at)],
    ['a folder with something in it', (at) => mkdirSync(path.join(at, 'sub'), { recursive: true })],
    ['an empty file', (at) => writeFileSync(at, '')],
    [
      'a huge file',
      (at) => {
        writeFileSync(at, encodeRecord(answer()))
        truncateSync(at, 2 ** 40)
      }
    ],
    [
      'a file of 4 MiB and one byte',
      (at) => {
        writeFileSync(at, '')
        truncateSync(at, 4 * 1024 * 1024 + 1)
      }
    ],
    [
      'a socket',
      async (at) => {
        const server = createServer()
        await new Promise<void>((resolve) => server.listen(at, resolve))
        onTestFinished(() => {
          server.close()
        })
      }
    ]
  ]

  test.each(rows)('%s reads as zero bytes, keeps its name, and is skipped', async (_, make) => {
    const folder = tempFolder()
    await make(file(folder))
    const before = lstatSync(file(folder))
    const store = createFolderRecordStore(folder)
    expect(await store.read(key)).toEqual(new Uint8Array())
    expect(await store.putIfAbsent(key, encodeRecord(answer()))).toEqual(new Uint8Array())
    const published = await publishRecord(store, key, answer({ step: 'one' }))
    expect(published).toMatchObject({ won: true, skipped: [{ code: 'record-skipped', source: folder }] })
    expect(await publishRecord(store, key, answer({ step: 'two' }))).toMatchObject({ won: false, answer: { step: 'one' } })
    const { ino, mode, size, mtimeMs, rdev } = lstatSync(file(folder))
    expect({ ino, mode, size, mtimeMs, rdev }).toEqual({
      ino,
      mode,
      size: before.size,
      mtimeMs: before.mtimeMs,
      rdev: before.rdev
    })
    expect([ino, mode]).toEqual([before.ino, before.mode])
    expect(readdirSync(folder).sort()).toEqual([`${key}-1.json`, `${key}.json`])
  })

  test.each(rows.filter(([what]) => !what.startsWith('a folder')))('%s is replaced by a step that begins', async (_, make) => {
    const folder = tempFolder()
    await make(file(folder))
    const store = createFolderRecordStore(folder)
    await replaceRecord(store, key, answer({ step: 'begun' }))
    expect(lstatSync(file(folder)).isFile()).toBe(true)
    expect(await findRecord(store, key)).toMatchObject({ at: key, answer: { step: 'begun' }, skipped: [] })
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })

  test('a folder can not be replaced: the step that begins is told', async () => {
    const folder = tempFolder()
    mkdirSync(file(folder))
    const failure = await failureOf(replaceRecord(createFolderRecordStore(folder), key, answer()))
    expect(failure.message).toBe(`the record in ${folder} can't be used: a folder is at a record's name. Remove that folder`)
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })

  test('a file of exactly 4 MiB is read', async () => {
    const folder = tempFolder()
    const store = createFolderRecordStore(folder)
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'x')
    await store.putIfAbsent(key, bytes)
    expect(bytes.equals((await store.read(key)) as Uint8Array)).toBe(true)
  })

  test('more than 4 MiB is not written', async () => {
    const store = createFolderRecordStore(tempFolder())
    const bytes = Buffer.alloc(4 * 1024 * 1024 + 1)
    for (const writing of [store.putIfAbsent(key, bytes), store.replace(key, bytes)])
      expect((await failureOf(writing)).message).toContain('the answer takes 4194305 bytes, a record at most 4194304')
    expect(readdirSync(store.location)).toEqual([])
  })

  test('what another user may not open, and is no regular file, is skipped as well', async () => {
    const start = await stepProgram()
    const folder = tempFolder()
    chmodSync(folder, 0o777)
    execFileSync('mkfifo', ['-m', '600', file(folder)])
    expect(await start('publish', [folder, 'one'], { uid: 65534 }).result).toEqual({ won: true, step: 'one' })
  })
})

describe('a folder that can not be used', () => {
  /** Publishing and replacing fail, are told, and leave everything as it was. */
  async function requireUnusable(folder: string, why: string, code: string, of = answer()): Promise<void> {
    const parent = path.dirname(folder)
    const look = () =>
      execFileSync('find', [parent, '-printf', '%p %y %m %s\n'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()
    const before = look()
    const store = createFolderRecordStore(folder)
    for (const writing of [() => publishRecord(store, key, of), () => replaceRecord(store, key, of)]) {
      const failure = await failureOf(writing())
      expect(failure.message).toContain(`the record in ${folder} can't be used: ${why}`)
      expect(failure.cause).toMatchObject({ code })
      expect(look()).toBe(before)
    }
  }

  test('the parent is not there', async () => {
    const parent = path.join(tempFolder(), 'no')
    const store = createFolderRecordStore(path.join(parent, 'hermes'))
    expect(await findRecord(store, key)).toMatchObject({ found: 'none' })
    const failure = await failureOf(publishRecord(store, key, answer()))
    expect(failure.message).toBe(
      `the record in ${parent}/hermes can't be used: neither it nor its parent ${parent} is there. Mount a volume there: only the folder itself is made`
    )
    expect(statSync(parent, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('a parent in which nothing can be made', async () => {
    const failure = await failureOf(publishRecord(createFolderRecordStore('/proc/hermes'), key, answer()))
    expect(failure.message).toContain('the folder is not there and can not be made')
  })

  test('a file', async () => {
    const folder = path.join(tempFolder(), 'hermes')
    writeFileSync(folder, 'text')
    await requireUnusable(folder, 'it, or something above it, is no folder', 'ENOTDIR')
    await requireUnusable(path.join(folder, 'below'), 'it, or something above it, is no folder', 'ENOTDIR')
    expect(readFileSync(folder, 'utf8')).toBe('text')
  })

  test('a link that leads nowhere', async () => {
    const folder = path.join(tempFolder(), 'hermes')
    symlinkSync('nowhere', folder)
    await requireUnusable(folder, 'it, or something above it, is no folder', 'ENOTDIR')
  })

  test('a link to itself', async () => {
    const folder = path.join(tempFolder(), 'hermes')
    symlinkSync('hermes', folder)
    await requireUnusable(folder, 'its links go round in a circle', 'ELOOP')
  })

  test('a full disk, in a folder that is there', async () => {
    const folder = path.join(mounted('size=16k'), 'hermes')
    mkdirSync(folder)
    await requireUnusable(folder, 'there is no space left', 'ENOSPC', large())
  })

  test('a full disk, in a folder that it makes: the folder goes too', async () => {
    await requireUnusable(path.join(mounted('size=16k'), 'hermes'), 'there is no space left', 'ENOSPC', large())
  })

  test('no inodes left', async () => {
    await requireUnusable(path.join(mounted('nr_inodes=2'), 'hermes'), 'there is no space left', 'ENOSPC')
    await requireUnusable(path.join(mounted('nr_inodes=1'), 'hermes'), 'there is no space left', 'ENOSPC')
  })

  test('a record that is there is read from a full disk, and one that fits is written', async () => {
    const folder = mounted('size=16k')
    const store = createFolderRecordStore(folder)
    await publishRecord(store, key, answer({ step: 'one' }))
    expect(() => writeFileSync(path.join(folder, 'filler'), Buffer.alloc(100_000))).toThrow('ENOSPC')
    expect(await publishRecord(store, key, answer({ step: 'two' }))).toMatchObject({ won: false, answer: { step: 'one' } })
    expect(await store.putIfAbsent(key, encodeRecord(large()))).toEqual(encodeRecord(answer({ step: 'one' })))
    await failureOf(replaceRecord(store, key, large()))
    expect(await findRecord(store, key)).toMatchObject({ answer: { step: 'one' } })
    expect(readdirSync(folder).sort()).toEqual(['filler', `${key}.json`])
  })

  test('a read-only mount: a record that is there is read without complaint', async () => {
    const folder = mounted('size=64k')
    const store = createFolderRecordStore(folder)
    await publishRecord(store, key, answer({ step: 'one' }))
    execFileSync('mount', ['-o', 'remount,ro', folder])
    expect(await findRecord(store, key)).toMatchObject({ found: 'whole', answer: { step: 'one' }, skipped: [] })
    expect(await publishRecord(store, key, answer({ step: 'two' }))).toMatchObject({ won: false, answer: { step: 'one' } })
    const other = answer({ args: ['other'] })
    const failure = await failureOf(publishRecord(store, recordKey(other.name, other.args), other))
    expect(failure.message).toBe(
      `the record in ${folder} can't be used: it is on a read-only file system. Mount it writable in every step that may decide`
    )
    await failureOf(replaceRecord(store, key, answer({ step: 'three' })))
    expect(await findRecord(store, key)).toMatchObject({ answer: { step: 'one' } })
    expect(readdirSync(folder)).toEqual([`${key}.json`])
    await failureOf(publishRecord(createFolderRecordStore(path.join(folder, 'sub')), key, answer()))
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })
})
