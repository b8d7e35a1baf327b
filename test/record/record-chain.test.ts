import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { recordChanged } from '../../src/errors.ts'
import { HermesError, type RecordStore } from '../../src/index.ts'
import { findRecord, publishRecord, recordKey, replaceRecord } from '../../src/record/record-chain.ts'
import { encodeRecord, type RecordedAnswer } from '../../src/record/record-format.ts'
import { answer, memoryStore } from './answers.ts'

const { name, args } = answer()
const key = recordKey(name, args)
const text = (value: string) => new TextEncoder().encode(value)
const garbage = text('garbage')
const newer = text('{"version":7}')
const by = (step: string, given: Partial<RecordedAnswer> = {}) => answer({ step, ...given })
const written = (step: string) => encodeRecord(by(step))
const storeWith = (...content: (Uint8Array | undefined)[]) =>
  memoryStore(new Map(content.flatMap((bytes, index) => (bytes ? [[index === 0 ? key : `${key}-${index}`, bytes]] : []))))
const stepOf = (found: { answer?: RecordedAnswer }) => found.answer?.step
const failureOf = async (promise: Promise<unknown>): Promise<HermesError> => {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error
  )
  if (failure instanceof HermesError) return failure
  throw new Error(`no HermesError: ${failure}`)
}

describe('a key', () => {
  test('is readable, and of a name and its arguments', () => {
    expect(recordKey('/etc/hermes/load-sidecars.sh', [])).toMatch(/^load-sidecars-sh-[0-9a-f]{32}$/)
    const keys = [
      recordKey('a', []),
      recordKey('b', []),
      recordKey('a', ['b']),
      recordKey('a', ['', 'b']),
      recordKey('a', ['b', '']),
      recordKey('a,b', []),
      recordKey('["a"', []),
      recordKey('a', ['\ud800']),
      recordKey('a', ['\ud801'])
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  test.each(['', '/', '../..', 'Ünïcode – 名前', '-x-', 'a'.repeat(500), `${'a'.repeat(23)}--b`, 'x\0\n', '/A.B_c'])(
    'of %j is a valid name of a file and of a Kubernetes object, its successors too',
    (of) => {
      expect(`${recordKey(of, ['x'])}-16`).toMatch(/^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/)
    }
  )
})

describe('findRecord()', () => {
  test('nothing there', async () => {
    expect(await findRecord(memoryStore(), key)).toEqual({ at: key, found: 'none', skipped: [] })
  })

  test('a whole one', async () => {
    const found = await findRecord(storeWith(written('one')), key)
    expect(found).toMatchObject({ at: key, found: 'whole', answer: { step: 'one' }, skipped: [] })
  })

  test('a newer one, also behind damage', async () => {
    expect(await findRecord(storeWith(newer), key)).toEqual({ at: key, found: 'newer', version: 7, skipped: [] })
    expect(await findRecord(storeWith(garbage, newer, written('two')), key)).toMatchObject({ at: `${key}-1`, found: 'newer' })
  })

  test('the first whole one counts, and each damaged one before it is a warning', async () => {
    const found = await findRecord(storeWith(garbage, text(''), written('two'), written('three')), key)
    expect(found).toMatchObject({ at: `${key}-2`, found: 'whole', answer: { step: 'two' } })
    expect(found.skipped).toEqual([
      {
        code: 'record-skipped',
        severity: 'warning',
        message: `the record ${key} is skipped: it is no JSON text`,
        hint: 'it stays as it is, and its successor counts; find out what writes there',
        source: 'memory'
      },
      expect.objectContaining({ message: expect.stringContaining(`the record ${key}-1 is skipped: it is empty, or no regular`) })
    ])
  })

  test('damage, then a free key', async () => {
    expect(await findRecord(storeWith(garbage, garbage), key)).toMatchObject({ at: `${key}-2`, found: 'none' })
  })

  test('the chain ends at its first free key', async () => {
    expect(await findRecord(storeWith(garbage, undefined, written('two')), key)).toMatchObject({ at: `${key}-1`, found: 'none' })
  })

  test('16 successors, and no more', async () => {
    const damaged = Array.from({ length: 16 }, () => garbage)
    const last = await findRecord(storeWith(...damaged, written('last')), key)
    expect(last).toMatchObject({ at: `${key}-16`, found: 'whole' })
    const full = await findRecord(storeWith(...damaged, garbage, written('too late')), key)
    expect(full).toMatchObject({ at: key, found: 'full' })
    expect(full.skipped).toHaveLength(17)
  })

  test("another name's record is none", async () => {
    const { skipped, found } = await findRecord(storeWith(encodeRecord(by('x', { args: ['other'] }))), key)
    expect([found, skipped[0]?.message]).toEqual(['none', expect.stringContaining('of another name or other arguments')])
  })
})

describe('publishRecord()', () => {
  test('the first wins, and the second gets its answer', async () => {
    const store = memoryStore()
    expect(await publishRecord(store, key, by('one'))).toMatchObject({ won: true, answer: { step: 'one' }, skipped: [] })
    expect(await publishRecord(store, key, by('two'))).toMatchObject({ won: false, answer: { step: 'one' } })
    expect([...store.content.keys()]).toEqual([key])
  })

  test('who wins gets its answer as every later step reads it', async () => {
    const store = memoryStore()
    const { answer: first } = await publishRecord(store, key, by('one'))
    expect(stepOf(await findRecord(store, key))).toBe('one')
    expect((await findRecord(store, key)).answer).toEqual(first)
  })

  test('damage keeps its name and bytes, and its successor stands at the next key', async () => {
    const store = storeWith(garbage, text(''))
    const published = await publishRecord(store, key, by('one'))
    expect(published).toMatchObject({ won: true, skipped: [{ code: 'record-skipped' }, { code: 'record-skipped' }] })
    expect([store.content.get(key), store.content.get(`${key}-1`)]).toEqual([garbage, text('')])
    expect(stepOf(await findRecord(store, key))).toBe('one')
  })

  test('damage that comes between reading and writing', async () => {
    const store = memoryStore()
    const read = store.read
    let first = true
    const racing: RecordStore = {
      ...store,
      read: async (at) => {
        const bytes = await read(at)
        if (first) store.content.set(key, garbage)
        first = false
        return bytes
      }
    }
    expect(await publishRecord(racing, key, by('one'))).toMatchObject({ won: true, skipped: [{ code: 'record-skipped' }] })
    expect(store.content.get(key)).toBe(garbage)
    expect(store.content.has(`${key}-1`)).toBe(true)
  })

  test('many at once, over damage, agree', async () => {
    const store = storeWith(garbage)
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => publishRecord(store, key, by(`step ${index}`))))
    expect(new Set(all.map(stepOf)).size).toBe(1)
    expect(all.filter(({ won }) => won)).toHaveLength(1)
  })

  test("a newer version's record is never decided over", async () => {
    const failure = await failureOf(publishRecord(storeWith(newer), key, by('one')))
    expect(failure.code).toBe('ERR_HERMES_RECORD_UNUSABLE')
    expect(failure.message).toBe(
      'the record in memory can\'t be used: a newer version of this package wrote it (format 7). Use one version in all steps, or start a new sequence: record.mode "begin"'
    )
  })

  test('a full chain', async () => {
    const failure = await failureOf(publishRecord(storeWith(...Array.from({ length: 17 }, () => garbage)), key, by('one')))
    expect(failure).toMatchObject({
      code: 'ERR_HERMES_RECORD_UNUSABLE',
      message: expect.stringContaining('16 successors is damaged')
    })
  })

  test('an answer that is too large, or no JSON, is not written', async () => {
    const store = memoryStore()
    const origin = { kind: 'inline', source: '<inline>' } as const
    for (const settings of [{ text: 'x'.repeat(4 * 1024 * 1024) }, { rate: Number.NaN }]) {
      const unwritable = by('one', { modules: [{ name: 'a', settings, options: {}, origin }] })
      for (const writing of [publishRecord(store, key, unwritable), replaceRecord(store, key, unwritable)]) {
        const failure = await failureOf(writing)
        expect(failure).toMatchObject({
          code: 'ERR_HERMES_RECORD_UNUSABLE',
          message: expect.stringMatching(/can't be recorded: the/)
        })
        expect(failure.cause).toBeInstanceOf(Error)
      }
    }
    expect(store.content.size).toBe(0)
  })

  test("a key that is not the answer's own is a mistake", async () => {
    await expect(publishRecord(memoryStore(), recordKey('other', []), by('one'))).rejects.toThrow(TypeError)
  })
})

describe('replaceRecord() writes', () => {
  const rows: [where: string, store: ReturnType<typeof memoryStore>, at: string][] = [
    ['at the key, where nothing is', storeWith(), key],
    ['over the whole one', storeWith(written('old')), key],
    ['over the whole one behind damage', storeWith(garbage, written('old'), written('older')), `${key}-1`],
    ['over a newer one', storeWith(garbage, newer), `${key}-1`],
    ['at the key, where none is whole', storeWith(garbage, garbage), key],
    ['at the key, where the chain is full', storeWith(...Array.from({ length: 17 }, () => garbage)), key]
  ]
  test.each(rows)('%s', async (_, store, at) => {
    const before = new Map(store.content)
    await replaceRecord(store, key, by('begun'))
    expect(store.content).toEqual(new Map([...before, [at, written('begun')]]))
    expect(await findRecord(store, key)).toMatchObject({ at, answer: { step: 'begun' } })
  })
})

describe('a store that does not keep its promises is RECORD_UNUSABLE', () => {
  const operations: [string, member: string, (store: RecordStore) => Promise<unknown>][] = [
    ['read', 'finding', (store) => findRecord(store, key)],
    ['read', 'publishing', (store) => publishRecord(store, key, by('one'))],
    ['read', 'replacing', (store) => replaceRecord(store, key, by('one'))],
    ['putIfAbsent', 'publishing', (store) => publishRecord(store, key, by('one'))],
    ['replace', 'replacing', (store) => replaceRecord(store, key, by('one'))]
  ]
  test.each(operations)('%s throws, while %s', async (member, _, run) => {
    const thrown = new Error('503 \u001b[31mService Unavailable')
    for (const broken of [
      async () => Promise.reject(thrown),
      () => {
        throw thrown
      }
    ]) {
      const failure = await failureOf(run({ ...memoryStore(), [member]: broken }))
      expect(failure).toMatchObject({ code: 'ERR_HERMES_RECORD_UNUSABLE', cause: thrown })
      expect(failure.message).toBe(
        `the record in memory can't be used: its ${member}() failed: 503 ␛[31mService Unavailable. Look at the store`
      )
    }
    const odd = await failureOf(run({ ...memoryStore(), [member]: () => Promise.reject('odd') }))
    expect(odd.message).toContain('it threw something that is no error')
  })

  test('its own RECORD_UNUSABLE is passed on', async () => {
    const own = await failureOf(publishRecord(storeWith(newer), key, by('one')))
    expect(await failureOf(findRecord({ ...memoryStore(), read: () => Promise.reject(own) }, key))).toBe(own)
    const other = recordChanged({ location: 'elsewhere', decidedAt: 'then', changed: { inputs: [] } })
    const told = await failureOf(findRecord({ ...memoryStore(), read: () => Promise.reject(other) }, key))
    expect(told).toMatchObject({ code: 'ERR_HERMES_RECORD_UNUSABLE', cause: other })
  })

  test.each(['text', 7, {}])('it gives %j where bytes are', async (odd) => {
    const read = await failureOf(findRecord({ ...memoryStore(), read: async () => odd as never }, key))
    expect(read.message).toContain('its read() gave no bytes')
    const put = { ...memoryStore(), putIfAbsent: async () => odd as never }
    expect((await failureOf(publishRecord(put, key, by('one')))).message).toContain('its putIfAbsent() gave no bytes')
  })

  test('it gives no bytes after putting', async () => {
    const store = { ...memoryStore(), putIfAbsent: async () => undefined as never }
    expect((await failureOf(publishRecord(store, key, by('one')))).code).toBe('ERR_HERMES_RECORD_UNUSABLE')
  })
})

test('a store may say null for nothing, and give bytes of another realm', async () => {
  const store = memoryStore()
  const foreign: RecordStore = {
    ...store,
    read: async (at) => {
      const bytes = await store.read(at)
      return bytes ? runInNewContext('Uint8Array.from(bytes)', { bytes: [...bytes] }) : (null as never)
    }
  }
  expect(await findRecord(foreign, key)).toMatchObject({ found: 'none' })
  expect(await publishRecord(foreign, key, by('one'))).toMatchObject({ won: true })
  expect(await publishRecord(foreign, key, by('two'))).toMatchObject({ won: false, answer: { step: 'one' } })
})
