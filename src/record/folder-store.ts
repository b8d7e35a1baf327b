import { linkSync, renameSync, rmdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodeOf, optionsInvalid, recordUnusable } from '../errors.ts'
import { folderFailure } from './folder-failure.ts'
import { readRecordFile } from './record-file.ts'
import { makeFolder, syncFolder } from './record-folder.ts'
import { maxRecordBytes, type RecordStore } from './record-store.ts'
import { quietly, withTemporaryFile } from './temporary-file.ts'

/**
 * Keeps records in a folder, one `*.json` file each; the folder is made with the first record, if its parent is there.
 *
 * A record is written to a temporary file, synced, and published with `link()`, which never replaces: of several steps one
 * wins, the others read its record, and no lock can go stale. Synchronous calls in between, since for small files they block
 * for less than promises cost. The file system needs hard links, as every local disk and `emptyDir` has.
 *
 * @throws HermesError OPTIONS_INVALID for what is no path; its members RECORD_UNUSABLE
 */
export function createFolderRecordStore(dir: string | URL): RecordStore {
  const location = toFolder(dir)
  // The chain's keys stay as they are; no key of anybody leaves the folder or meets a temporary name.
  const fileOf = (key: string) => path.join(location, `${encodeURIComponent(key)}.json`)
  const told = <Result>(action: () => Result): Result => {
    try {
      return action()
    } catch (error) {
      throw folderFailure(location, error)
    }
  }
  return {
    location,
    read: async (key) => told(() => readRecordFile(fileOf(key))),
    putIfAbsent: async (key, bytes) => told(() => putIfAbsent(location, fileOf(key), bytes)),
    replace: async (key, bytes) => told(() => replace(location, fileOf(key), bytes))
  }
}

function putIfAbsent(folder: string, file: string, bytes: Uint8Array): Uint8Array {
  try {
    write(folder, bytes, (temporary) => linkSync(temporary, file))
    return bytes
  } catch (error) {
    // Whatever failed, what is there by now counts: another's record (EEXIST, or the disk became full under ours), or our
    // own, where a network file system lost its reply to a link that succeeded.
    const winner = readRecordFile(file)
    if (winner === undefined) throw error
    return winner
  }
}

function replace(folder: string, file: string, bytes: Uint8Array): void {
  try {
    write(folder, bytes, (temporary) => renameSync(temporary, file))
  } catch (error) {
    // As above: a rename that succeeded may report that its source is gone.
    const there = readRecordFile(file)
    if (there === undefined || !Buffer.from(bytes).equals(there)) throw error
  }
}

// Each further one means that a failing step took the folder away that it had made.
const maxAttempts = 10

/** Writes and publishes; makes the folder where it is missing, and takes it away again (if it is empty) where nothing comes of it. */
function write(folder: string, bytes: Uint8Array, publish: (temporary: string) => void): void {
  if (bytes.length > maxRecordBytes) throw recordTooLarge(folder, bytes.length)
  let made = false
  for (let attempt = 1; ; attempt++) {
    try {
      withTemporaryFile(folder, bytes, publish)
      break
    } catch (error) {
      if (errorCodeOf(error) !== 'ENOENT' || attempt === maxAttempts) {
        if (made) quietly(() => rmdirSync(folder))
        throw error
      }
      made = makeFolder(folder) || made
    }
  }
  syncFolder(folder)
}

function recordTooLarge(folder: string, length: number) {
  return recordUnusable(folder, `the answer takes ${length} bytes, a record at most ${maxRecordBytes}`, 'Choose smaller settings')
}

function toFolder(dir: string | URL): string {
  try {
    const named = dir instanceof URL ? fileURLToPath(dir) : dir
    if (typeof named === 'string' && named !== '' && !named.includes('\0')) return path.resolve(named)
  } catch {
    // No file: URL.
  }
  throw optionsInvalid('createFolderRecordStore()', ['dir takes a path (a string that is not empty) or a file: URL'])
}
