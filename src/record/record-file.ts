import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { errorCodeOf } from '../errors.ts'
import { maxRecordBytes } from './record-store.ts'

/**
 * The bytes of a record's file; nothing where none is there; zero bytes where it can't be a record: no regular file, or over 4 MiB.
 *
 * The folder may hold anything. A link could lead to `/dev/zero`, and opening a FIFO that nobody writes to would hold the
 * event loop for good: so neither is followed nor waited for, and what was opened is looked at, not what was there before.
 *
 * @throws the system's error for a regular file that can't be read: it may be a record, so deciding again could break the promise
 */
export function readRecordFile(file: string): Uint8Array | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined
    // A link gives ELOOP, a socket ENXIO, and what this user may not open EACCES.
    if (isNoRegularFile(file)) return noRecord
    throw error
  }
  try {
    const stats = fstatSync(descriptor)
    return stats.isFile() && stats.size <= maxRecordBytes ? readWhole(descriptor, stats.size) : noRecord
  } finally {
    closeSync(descriptor)
  }
}

const noRecord = new Uint8Array()

function isNoRegularFile(file: string): boolean {
  try {
    return !lstatSync(file).isFile()
  } catch {
    return false
  }
}

/** All bytes of a file, also of one that grows meanwhile. */
function readWhole(descriptor: number, size: number): Uint8Array {
  // One byte more than expected: the read that finds the end.
  let bytes = new Uint8Array(size + 1)
  let filled = 0
  for (;;) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, null)
    filled += count
    if (count === 0) return bytes.subarray(0, filled)
    if (filled > maxRecordBytes) return noRecord
    if (filled === bytes.length) bytes = enlarged(bytes)
  }
}

function enlarged(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(bytes.length * 2, maxRecordBytes + 1))
  larger.set(bytes)
  return larger
}
