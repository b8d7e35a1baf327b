import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs'

/** Linux's `O_PATH`, for which Node has no name: a descriptor that stands for a file without having it open. */
export const pathOnly = 0o10000000

/**
 * Opens a file, hands it over, and closes it. Never blocks: a FIFO that nobody writes to would hold the event loop for good.
 * Synchronous, since for small files that blocks for less than a promise costs.
 *
 * @throws the system's error where it can't be opened
 */
export function withOpenFile<Result>(path: string, use: (descriptor: number, stats: Stats) => Result): Result {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return use(descriptor, fstatSync(descriptor))
  } finally {
    closeSync(descriptor)
  }
}

/** What something is that is no regular file, in words. */
export function fileTypeOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  if (stats.isBlockDevice()) return 'a block device'
  return 'a character device'
}

/** Whether it is `/dev/null`, under whatever name: by device number, so that a link or bind mount counts too. */
export function isNullDevice(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev
}
