import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { RecordStore } from '../index.ts'
import type { ConformanceCase } from './conformance.ts'

/**
 * What `resolveModules()` relies on in a record store, as cases for any test runner:
 *
 *     for (const { name, run } of recordStoreConformance(() => myStore())) test(name, run)
 *
 * Each case uses keys of its own, and leaves what it wrote: give it a store that may be thrown away.
 */
export function recordStoreConformance(make: () => RecordStore | Promise<RecordStore>): ConformanceCase[] {
  return cases.map(([name, check]) => ({ name, run: async () => check(await make(), newKey()) }))
}

/** As long as keys get, but for the ending of a successor. */
const newKey = (): string => `conformance-of-a-store-xx-${randomBytes(16).toString('hex')}`

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Plain arrays, since a store may give a `Buffer`. */
const same = (actual: Uint8Array | undefined, expected: Uint8Array) =>
  assert.ok(actual !== undefined && Buffer.from(expected).equals(actual), 'the bytes are not those that were expected')

const cases: readonly (readonly [name: string, check: (store: RecordStore, key: string) => Promise<void>])[] = [
  [
    'says where it is',
    async ({ location }) => {
      assert.equal(typeof location, 'string')
      assert.notEqual(location, '')
    }
  ],
  ['gives nothing where nothing is', async (store, key) => assert.equal(await store.read(key), undefined)],
  [
    'gives back what was put where nothing was',
    async (store, key) => {
      same(await store.putIfAbsent(key, bytesOf('first')), bytesOf('first'))
      same(await store.read(key), bytesOf('first'))
    }
  ],
  [
    'gives the first writer’s bytes to the second, and keeps them',
    async (store, key) => {
      await store.putIfAbsent(key, bytesOf('first'))
      same(await store.putIfAbsent(key, bytesOf('second')), bytesOf('first'))
      same(await store.read(key), bytesOf('first'))
    }
  ],
  [
    'lets exactly one of several first writers win, and tells all of them who',
    async (store, key) => {
      for (let round = 0; round < 20; round++) {
        const offers = Array.from({ length: 20 }, (_, index) => bytesOf(`${round}: writer ${index}`))
        const answers = await Promise.all(offers.map((offer) => store.putIfAbsent(`${key}-${round}`, offer)))
        const winner = await store.read(`${key}-${round}`)
        assert.ok(winner && offers.some((offer) => Buffer.from(offer).equals(winner)), 'the winner is none of the writers')
        for (const answer of answers) same(answer, winner)
      }
    }
  ],
  [
    'keeps keys apart',
    async (store, key) => {
      await store.putIfAbsent(`${key}-1`, bytesOf('successor'))
      assert.equal(await store.read(key), undefined)
      assert.equal(await store.read(`${key}-16`), undefined)
      await store.putIfAbsent(key, bytesOf('first'))
      same(await store.read(key), bytesOf('first'))
      same(await store.read(`${key}-1`), bytesOf('successor'))
    }
  ],
  [
    'gives bytes untouched, up to 4 MiB',
    async (store, key) => {
      const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      same(await store.putIfAbsent(key, every), every)
      same(await store.read(key), every)
      const largest = randomBytes(4 * 1024 * 1024)
      same(await store.putIfAbsent(`${key}-1`, largest), largest)
      same(await store.read(`${key}-1`), largest)
    }
  ],
  [
    'replaces what is there, and writes where nothing is',
    async (store, key) => {
      await store.replace(key, bytesOf('begun'))
      same(await store.read(key), bytesOf('begun'))
      await store.replace(key, bytesOf('begun again'))
      same(await store.read(key), bytesOf('begun again'))
      same(await store.putIfAbsent(key, bytesOf('late')), bytesOf('begun again'))
    }
  ],
  [
    'gives one or the other while it replaces',
    async (store, key) => {
      const versions = [Buffer.alloc(1024 * 1024, 'a'), Buffer.alloc(512 * 1024, 'b')] as const
      await store.replace(key, versions[0])
      for (let round = 1; round <= 20; round++) {
        const replaced = store.replace(key, versions[round % 2 === 0 ? 0 : 1])
        const seen = await Promise.all([store.read(key), store.read(key), replaced.then(() => store.read(key)), store.read(key)])
        for (const bytes of seen) assert.ok(bytes && versions.some((version) => version.equals(bytes)), 'a mixture was read')
      }
    }
  ]
]
