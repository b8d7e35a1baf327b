import { isUint8Array } from 'node:util/types'
import { cleanInPlace } from '../core/clean-text.ts'
import { HermesError, recordUnusable } from '../errors.ts'
import type { RecordStore } from './record-store.ts'

type Member = 'read' | 'putIfAbsent' | 'replace'

/** Calls a store, which may be anybody's. @throws HermesError RECORD_UNUSABLE for whatever it throws */
export async function ask<Answer>(store: RecordStore, member: Member, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof HermesError && error.code === 'ERR_HERMES_RECORD_UNUSABLE') throw error
    const why = error instanceof Error ? cleanInPlace(error.message) : 'it threw something that is no error'
    throw recordUnusable(store.location, `its ${member}() failed: ${why}`, 'Look at the store', error)
  }
}

/** What a store gave, if that is bytes, of whatever realm. @throws HermesError RECORD_UNUSABLE */
export function bytesOf(store: RecordStore, member: Member, given: unknown): Uint8Array {
  if (isUint8Array(given)) return given
  throw recordUnusable(store.location, `its ${member}() gave no bytes`, 'It has to give a Uint8Array')
}
