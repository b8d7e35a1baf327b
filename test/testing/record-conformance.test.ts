import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createFolderRecordStore, type RecordStore } from '../../src/index.ts'
import { recordStoreConformance } from '../../src/testing/record-conformance.ts'
import { memoryStore } from '../record/answers.ts'
import { tempFolder } from '../temp-folder.ts'

const makers: [string, () => RecordStore | Promise<RecordStore>][] = [
  ['a folder', () => createFolderRecordStore(tempFolder())],
  ['a folder that is not there yet', () => createFolderRecordStore(path.join(tempFolder(), 'hermes'))],
  ['memory', async () => memoryStore()]
]
describe.each(makers)('a store in %s keeps every promise of the port', (_, make) => {
  test.each(recordStoreConformance(make).map(({ name, run }) => [name, run] as const))('%s', async (_, run) => {
    expect(await run()).toBeUndefined()
  })
})

describe('a store that breaks a promise fails its case', () => {
  const broken: [string, (store: ReturnType<typeof memoryStore>) => Partial<RecordStore>][] = [
    ['says where it is', () => ({ location: '' })],
    ['gives nothing where nothing is', () => ({ read: async () => new Uint8Array() })],
    [
      'gives back what was put where nothing was',
      ({ read }) => ({ putIfAbsent: async (key) => (await read(key)) as Uint8Array })
    ],
    [
      'gives the first writer’s bytes to the second, and keeps them',
      ({ content }) => ({
        putIfAbsent: async (key, bytes) => {
          content.set(key, bytes)
          return bytes
        }
      })
    ],
    [
      'lets exactly one of several first writers win, and tells all of them who',
      ({ content }) => ({
        putIfAbsent: async (key, bytes) => {
          const there = content.get(key)
          await setImmediate()
          if (!there) content.set(key, bytes)
          return there ?? bytes
        }
      })
    ],
    ['keeps keys apart', ({ read }) => ({ read: (key) => read(key.replace(/-16$/, '-1')) })],
    [
      'gives bytes untouched, up to 4 MiB',
      ({ putIfAbsent }) => ({ putIfAbsent: (key, bytes) => putIfAbsent(key, Buffer.from(Buffer.from(bytes).toString('utf8'))) })
    ],
    [
      'replaces what is there, and writes where nothing is',
      ({ replace, content }) => ({ replace: async (key, bytes) => (content.has(key) ? undefined : replace(key, bytes)) })
    ],
    [
      'gives one or the other while it replaces',
      ({ content }) => ({
        replace: async (key, bytes) => {
          content.set(key, bytes.subarray(0, 10))
          await setImmediate()
          content.set(key, bytes)
        }
      })
    ]
  ]
  test('there is one for each case', () => {
    expect(broken.map(([name]) => name)).toEqual(recordStoreConformance(memoryStore).map(({ name }) => name))
  })
  test.each(broken)('%s', async (name, breakIt) => {
    const make = () => {
      const store = memoryStore()
      return { ...store, ...breakIt(store) }
    }
    const found = recordStoreConformance(make).find((one) => one.name === name)
    await expect(found?.run()).rejects.toThrow()
  })
})
