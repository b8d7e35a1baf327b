import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { HermesError } from '../../src/index.ts'
import { createFolderRecordStore } from '../../src/record/folder-store.ts'
import { findRecord, publishRecord, recordKey, replaceRecord } from '../../src/record/record-chain.ts'
import { readRecordFile } from '../../src/record/record-file.ts'
import { encodeRecord } from '../../src/record/record-format.ts'
import { tempFolder } from '../temp-folder.ts'
import { answer } from './answers.ts'

type Call = (...args: unknown[]) => unknown
/** Stands between the code and the system: sees each call, and can make it fail. */
const seam = vi.hoisted(() => ({
  around: (_name: string, real: Call, args: unknown[]): unknown => real(...args),
  real: {} as typeof import('node:fs')
}))

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>()
  seam.real = { ...real }
  const watched = Object.entries(real).map(([name, member]) =>
    typeof member === 'function' && /Sync$/.test(name)
      ? [name, (...args: unknown[]) => seam.around(name, member as Call, args)]
      : [name, member]
  )
  return { ...Object.fromEntries(watched), default: real }
})

const untouched: typeof seam.around = (_, real, args) => real(...args)
beforeEach(() => {
  seam.around = untouched
})

const key = recordKey(answer().name, [])
const names = (folder: string): string[] => seam.real.readdirSync(folder).sort()
const openFiles = () => seam.real.readdirSync('/proc/self/fd').length

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made to fail`), { code })
}

interface Situation {
  /** What is in the folder before; `undefined`: it is not there. */
  before: string | undefined
  run(store: ReturnType<typeof createFolderRecordStore>): Promise<unknown>
}

const one = answer({ step: 'one' })
const two = answer({ step: 'two' })
const situations: [string, Situation][] = [
  ['publishing in a folder that is not there', { before: undefined, run: (store) => publishRecord(store, key, one) }],
  ['publishing in a folder that is there', { before: 'nothing', run: (store) => publishRecord(store, key, one) }],
  ['publishing over damage', { before: 'damage', run: (store) => publishRecord(store, key, one) }],
  ['losing', { before: 'two', run: (store) => publishRecord(store, key, one) }],
  ['beginning in a folder that is not there', { before: undefined, run: (store) => replaceRecord(store, key, one) }],
  ['beginning over another', { before: 'two', run: (store) => replaceRecord(store, key, one) }]
]

async function arrange({ before }: Situation) {
  const parent = path.join(tempFolder(), 'parent')
  seam.real.mkdirSync(parent)
  const folder = path.join(parent, 'hermes')
  const store = createFolderRecordStore(folder)
  if (before !== undefined) seam.real.mkdirSync(folder)
  if (before === 'two') await publishRecord(store, key, two)
  if (before === 'damage') seam.real.writeFileSync(path.join(folder, `${key}.json`), 'garbage')
  return { parent, folder, store }
}

/** Makes the n-th call fail, or do its work and report a failure; gives its name, nothing where there are not so many calls. */
function failAt(number: number, code: string, after: boolean, lasting: boolean): { failed: string | undefined } {
  const told: { failed: string | undefined } = { failed: undefined }
  let count = 0
  seam.around = (name, real, args) => {
    count++
    if (count !== number && !(lasting && count > number)) return real(...args)
    told.failed ??= name
    if (after || name === 'closeSync') real(...args)
    throw systemError(code)
  }
  return told
}

// A call that makes something and then says that it did not: no system does that. `link` and `rename` over a network do.
const mayFailAfterwards = ['linkSync', 'renameSync', 'unlinkSync', 'fsyncSync', 'fchmodSync', 'chmodSync', 'writeFileSync']

const faults = [
  ...['EIO', 'ENOSPC', 'EACCES', 'EPERM', 'ENOENT', 'EEXIST', 'EROFS'].map((code) => [code, 'before it does anything'] as const),
  ...['EIO', 'ENOENT', 'EEXIST'].map((code) => [code, 'after it did its work'] as const)
]

describe.each(situations)('%s, while one call fails', (_, situation) => {
  test.each(faults)('with %s, %s: the state is right, and nothing is left', async (code, when) => {
    const after = when.startsWith('after')
    for (let number = 1; ; number++) {
      const { parent, folder, store } = await arrange(situation)
      const untidy = situation.before === undefined ? [] : ['hermes']
      const files = openFiles()
      const told = failAt(number, code, after, false)
      const outcome = await situation.run(store).then(
        () => 'done' as const,
        (failure: unknown) => failure
      )
      seam.around = untouched
      if (told.failed === undefined) break
      if (after && !mayFailAfterwards.includes(told.failed)) continue
      const where = `call ${number}, ${told.failed}`

      expect(openFiles(), where).toBe(files)
      if (outcome !== 'done') expect(outcome, where).toMatchObject({ code: 'ERR_HERMES_RECORD_UNUSABLE', cause: { code } })
      if (outcome !== 'done') expect(outcome, where).toBeInstanceOf(HermesError)

      const found = await findRecord(store, key)
      const step = found.answer?.step
      if (outcome === 'done') expect(found.found, where).toBe('whole')
      else expect(step, where).toBe(situation.before === 'two' ? 'two' : undefined)

      // Removing is itself one of the calls that fail.
      if (told.failed !== 'unlinkSync' || after) {
        const json = seam.real.existsSync(folder) ? names(folder) : []
        expect(
          json.filter((name) => !name.endsWith('.json')),
          where
        ).toEqual([])
        expect(names(parent), where).toEqual(outcome === 'done' ? ['hermes'] : untidy)
      }
      const next = await publishRecord(store, key, answer({ step: 'next' }))
      expect(next.answer.step, where).toBe(step ?? 'next')
      if (situation.before === 'damage')
        expect(seam.real.readFileSync(path.join(folder, `${key}.json`), 'utf8'), where).toBe('garbage')
    }
  })

  test('and all after it: no wrong record, and nobody is blocked', async () => {
    for (let number = 1; ; number++) {
      const { store } = await arrange(situation)
      const told = failAt(number, 'EIO', false, true)
      const outcome = await situation.run(store).then(
        () => 'done' as const,
        (failure: unknown) => failure
      )
      seam.around = untouched
      if (told.failed === undefined) break
      if (outcome !== 'done') expect(outcome).toMatchObject({ code: 'ERR_HERMES_RECORD_UNUSABLE' })
      const found = await findRecord(store, key)
      if (outcome === 'done') expect(found.found).toBe('whole')
      const next = await publishRecord(store, key, answer({ step: 'next' }))
      expect(next.answer.step).toBe(found.answer?.step ?? 'next')
    }
  })
})

test('a link that reports a failure after it succeeded is a win', async () => {
  const { store, folder } = await arrange({ before: 'nothing', run: async () => undefined })
  seam.around = (name, real, args) => {
    const result = real(...args)
    if (name === 'linkSync') throw systemError('EEXIST')
    return result
  }
  expect(await publishRecord(store, key, one)).toMatchObject({ won: true, answer: { step: 'one' } })
  expect(names(folder)).toEqual([`${key}.json`])
})

test('a disk that becomes full under a step whose sequence has an answer by now: the step gets that answer', async () => {
  const { store, folder } = await arrange({ before: 'nothing', run: async () => undefined })
  seam.around = (name, real, args) => {
    if (name !== 'writeFileSync') return real(...args)
    seam.real.writeFileSync(path.join(folder, `${key}.json`), encodeRecord(two))
    throw systemError('ENOSPC')
  }
  expect(await publishRecord(store, key, one)).toMatchObject({ won: false, answer: { step: 'two' } })
  expect(names(folder)).toEqual([`${key}.json`])
})

test('file systems without hard links are told as such', async () => {
  for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK']) {
    const { store } = await arrange({ before: 'nothing', run: async () => undefined })
    seam.around = (name, real, args) => {
      if (name === 'linkSync') throw systemError(code)
      return real(...args)
    }
    await expect(publishRecord(store, key, one)).rejects.toThrow('the file system has no hard links')
  }
})

test('what is no error of the system is told by its words', async () => {
  const { store } = await arrange({ before: 'nothing', run: async () => undefined })
  for (const [thrown, words] of [
    [new Error('odd\u001b'), 'odd␛'],
    ['text', 'text'],
    [systemError('EWEIRD'), 'EWEIRD: made to fail']
  ] as const) {
    seam.around = (name, real, args) => {
      if (name === 'openSync') throw thrown
      return real(...args)
    }
    await expect(store.read(key)).rejects.toThrow(`${words}. Look at the folder and its file system`)
  }
})

test('two steps that make the folder at once', async () => {
  const { store, folder } = await arrange({ before: undefined, run: async () => undefined })
  seam.around = (name, real, args) => {
    if (name === 'renameSync') {
      seam.around = untouched
      seam.real.mkdirSync(folder)
      seam.real.writeFileSync(path.join(folder, 'theirs.json'), '')
    }
    return real(...args)
  }
  expect(await publishRecord(store, key, one)).toMatchObject({ won: true })
  expect(names(folder)).toEqual([`${key}.json`, 'theirs.json'].sort())
  expect(names(path.dirname(folder))).toEqual(['hermes'])
})

test('a folder that is there is never made anew, whatever is missing', async () => {
  const { store, folder, parent } = await arrange({ before: 'nothing', run: async () => undefined })
  seam.real.chmodSync(folder, 0o700)
  const { ino } = seam.real.statSync(folder)
  seam.around = (name, real, args) => {
    if (name !== 'linkSync') return real(...args)
    // Somebody swept temporary files.
    seam.around = untouched
    seam.real.unlinkSync(args[0] as string)
    return real(...args)
  }
  expect(await publishRecord(store, key, one)).toMatchObject({ won: true })
  expect([seam.real.statSync(folder).ino, seam.real.statSync(folder).mode & 0o777]).toEqual([ino, 0o700])
  expect([names(parent), names(folder)]).toEqual([['hermes'], [`${key}.json`]])
})

test('a folder that others take away again and again is given up at some time', async () => {
  const { store, folder, parent } = await arrange({ before: undefined, run: async () => undefined })
  let taken = 0
  seam.around = (name, real, args) => {
    if (name === 'openSync' && args[1] === 'wx' && seam.real.existsSync(folder)) {
      seam.real.rmdirSync(folder)
      taken++
    }
    return real(...args)
  }
  await expect(publishRecord(store, key, one)).rejects.toThrow('it went away meanwhile')
  expect(taken).toBe(9)
  expect(names(parent)).toEqual([])
})

test('bytes are on the disk before the record has its name, and its name is before anybody is told', async () => {
  const { store, folder, parent } = await arrange({ before: undefined, run: async () => undefined })
  const opened = new Map<unknown, string>()
  const synced: string[] = []
  seam.around = (name, real, args) => {
    const result = real(...args)
    if (name === 'openSync') opened.set(result, String(args[0]).replace(/-[0-9a-z]+\.tmp$/, ''))
    if (name === 'fsyncSync') synced.push(`sync ${path.relative(parent, opened.get(args[0]) as string)}`)
    if (name === 'linkSync' || name === 'renameSync') synced.push(`${name} ${path.relative(parent, String(args[1]))}`)
    return result
  }
  await publishRecord(store, key, one)
  await replaceRecord(store, key, two)
  seam.around = untouched
  const temporary = 'sync hermes/.hermes-record'
  const made = ['renameSync hermes', 'sync ']
  const record = `hermes/${key}.json`
  expect(synced).toEqual([
    ...made,
    temporary,
    `linkSync ${record}`,
    'sync hermes',
    temporary,
    `renameSync ${record}`,
    'sync hermes'
  ])
  expect(names(folder)).toEqual([`${key}.json`])
})

test('at every instant of a replace a reader gets the record of before or the new one', async () => {
  const { store, folder } = await arrange({ before: 'two', run: async () => undefined })
  const reader = () => JSON.parse(seam.real.readFileSync(path.join(folder, `${key}.json`), 'utf8')).step
  const seen: string[] = []
  seam.around = (name, real, args) => {
    seen.push(reader())
    const result = real(...args)
    seen.push(reader())
    expect(name).toMatch(/Sync$/)
    return result
  }
  await replaceRecord(store, key, one)
  seam.around = untouched
  expect(seen.join(' ')).toMatch(/^two( two)+( one)+$/)
  expect(seen.length).toBeGreaterThan(20)
})

describe('a file that grows while it is read', () => {
  const grow = (by: number) => {
    const file = path.join(tempFolder(), 'record.json')
    seam.real.writeFileSync(file, 'start')
    seam.around = (name, real, args) => {
      const result = real(...args)
      if (name === 'fstatSync') seam.real.appendFileSync(file, Buffer.alloc(by, 'x'))
      return result
    }
    return readRecordFile(file)
  }
  test('is read to its end', () => {
    expect(grow(100)?.length).toBe(105)
    expect(grow(4 * 1024 * 1024 - 5)?.length).toBe(4 * 1024 * 1024)
  })
  test('is no record over 4 MiB', () => {
    expect(grow(4 * 1024 * 1024 - 4)).toEqual(new Uint8Array())
    expect(grow(8 * 1024 * 1024)).toEqual(new Uint8Array())
  })
})

test('a FIFO that takes the place of a record between two looks does not block', () => {
  const file = path.join(tempFolder(), 'record.json')
  seam.around = (name, real, args) => {
    if (name === 'openSync') execFileSync('mkfifo', [file])
    seam.around = untouched
    return real(...args)
  }
  expect(readRecordFile(file)).toEqual(new Uint8Array())
})
