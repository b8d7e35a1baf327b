import { createHash } from 'node:crypto'
import type { Diagnostic } from '../core/diagnostic.ts'
import { recordUnusable } from '../errors.ts'
import { ask, bytesOf } from './ask-store.ts'
import { decodeRecord, encodeRecord, type RecordedAnswer } from './record-format.ts'
import { maxRecordBytes, type RecordStore } from './record-store.ts'

// A record that is damaged keeps its name and bytes, and its successor stands at the next key. (Moving it away would race: a
// slow step moves the good record just published.) So of KEY, KEY-1 … KEY-16 the first that is whole counts, and the chain
// ends at the first that is free.
const lastSuccessor = 16

/**
 * The key of a name's answer for some arguments: readable at its beginning, and unique by its digest. It is a valid file name
 * on every system, and with the ending of a successor a valid name of a Kubernetes object.
 */
export function recordKey(name: string, args: readonly string[]): string {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  const readable = base
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 24)
    .replace(/-$/, '')
  const digest = createHash('sha256')
    .update(JSON.stringify([name, ...args]))
    .digest('hex')
    .slice(0, 32)
  return `${readable || 'record'}-${digest}`
}

/** What reuse finds: the first record of a chain that counts. */
export interface FoundRecord {
  /** The key of what was found, else of the first free one; the chain's own key where it is full. */
  at: string
  /** `full`: none is whole, and none is free. */
  found: 'whole' | 'newer' | 'none' | 'full'
  answer?: RecordedAnswer
  version?: number
  /** A warning for each that is damaged. */
  skipped: Diagnostic[]
}

/** @throws HermesError RECORD_UNUSABLE where the store throws */
export async function findRecord(store: RecordStore, key: string): Promise<FoundRecord> {
  const skipped: Diagnostic[] = []
  for (const at of keysFrom(key)) {
    const bytes = await readAt(store, at)
    if (bytes === undefined) return { at, found: 'none', skipped }
    const record = judge(bytes, key)
    if (record.state === 'whole') return { at, found: 'whole', answer: record.answer, skipped }
    if (record.state === 'newer') return { at, found: 'newer', version: record.version, skipped }
    skipped.push(skippedRecord(store, at, record.why))
  }
  return { at: key, found: 'full', skipped }
}

/** What counts after a step wanted to publish its answer. */
export interface PublishedRecord {
  /** Whether this step's answer counts. */
  won: boolean
  /** The one that counts, as every later step reads it. */
  answer: RecordedAnswer
  /** A warning for each that is damaged, those that a {@link findRecord} before found too. */
  skipped: Diagnostic[]
}

/**
 * Publishes an answer at the first free key, without a lock: whoever loses gets the winner's.
 *
 * @throws HermesError RECORD_UNUSABLE where the store throws, a newer version's record stands first, no key is free, or the
 * answer can't be a record
 */
export async function publishRecord(store: RecordStore, key: string, answer: RecordedAnswer): Promise<PublishedRecord> {
  const ours = encodeFor(store, key, answer)
  const skipped: Diagnostic[] = []
  for (const at of keysFrom(key)) {
    const bytes = (await readAt(store, at)) ?? (await putAt(store, at, ours))
    const record = judge(bytes, key)
    if (record.state === 'whole') return { won: Buffer.from(ours).equals(bytes), answer: record.answer, skipped }
    if (record.state === 'newer') throw newerRecord(store, record.version)
    skipped.push(skippedRecord(store, at, record.why))
  }
  throw fullChain(store, key)
}

/**
 * Starts a new sequence: writes where reuse would have read, also over a newer version's record, else at the chain's own key,
 * also over what is damaged there.
 *
 * @throws HermesError RECORD_UNUSABLE where the store throws, or the answer can't be a record; the record of before is then as it was
 */
export async function replaceRecord(store: RecordStore, key: string, answer: RecordedAnswer): Promise<void> {
  const bytes = encodeFor(store, key, answer)
  const { at, found } = await findRecord(store, key)
  await ask(store, 'replace', () => store.replace(found === 'whole' || found === 'newer' ? at : key, bytes))
}

/** The failure of `reuse` and `verify`: deciding again would break the promise of one answer. */
export function newerRecord({ location }: RecordStore, version: number) {
  const why = `a newer version of this package wrote it (format ${version})`
  return recordUnusable(location, why, 'Use one version in all steps, or start a new sequence: record.mode "begin"')
}

/** The failure where none of the keys of a chain can be used any more. */
export function fullChain({ location }: RecordStore, key: string) {
  const why = `what stands at ${key} and its ${lastSuccessor} successors is damaged`
  return recordUnusable(location, why, 'Find out what writes there, and empty it while no step runs')
}

function* keysFrom(key: string): Generator<string> {
  yield key
  for (let number = 1; number <= lastSuccessor; number++) yield `${key}-${number}`
}

async function readAt(store: RecordStore, at: string): Promise<Uint8Array | undefined> {
  const given = (await ask(store, 'read', () => store.read(at))) ?? undefined
  return given && bytesOf(store, 'read', given)
}

async function putAt(store: RecordStore, at: string, bytes: Uint8Array): Promise<Uint8Array> {
  return bytesOf(store, 'putIfAbsent', await ask(store, 'putIfAbsent', () => store.putIfAbsent(at, bytes)))
}

/** A store that mixes keys up, or a file that somebody copied, must not give one script's answer to another. */
function judge(bytes: Uint8Array, key: string) {
  const record = decodeRecord(bytes)
  if (record.state !== 'whole' || recordKey(record.answer.name, record.answer.args) === key) return record
  return { state: 'damaged', why: 'it is the record of another name or other arguments' } as const
}

function encodeFor(store: RecordStore, key: string, answer: RecordedAnswer): Uint8Array {
  if (recordKey(answer.name, answer.args) !== key) throw new TypeError('the key is not that of the name and arguments')
  try {
    return encodeRecord(answer)
  } catch (error) {
    const why = `this answer can't be recorded: ${(error as Error).message}`
    throw recordUnusable(store.location, why, `Settings are JSON values, and a record has at most ${maxRecordBytes} bytes`, error)
  }
}

function skippedRecord({ location }: RecordStore, at: string, why: string): Diagnostic {
  const message = `the record ${at} is skipped: ${why}`
  const hint = 'it stays as it is, and its successor counts; find out what writes there'
  return { code: 'record-skipped', severity: 'warning', message, hint, source: location }
}
