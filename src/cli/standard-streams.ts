import { fstatSync, writeSync } from 'node:fs'
import type { Output } from './io.ts'

/**
 * stdout or stderr, written synchronously. `process.stdout` loads Node's network stack first, which takes longer than a
 * recorded answer; and a result that can't be written is an exception here, where it would be an event there.
 */
export function standardOutput(fd: number, whatIsLost: 'fails' | 'is ignored'): Output {
  return {
    write(text) {
      try {
        writeAll(fd, Buffer.from(text))
      } catch (error) {
        // Of messages that can't be written nobody can be told.
        if (whatIsLost === 'fails') throw new Error(`the results can't be written: ${(error as Error).message}`, { cause: error })
      }
    },
    get isTTY() {
      return terminal(fd)?.isTTY
    },
    get columns() {
      return terminal(fd)?.columns
    }
  }
}

/** @throws what the system says of a disk that is full; a reader that went away wants no more, which is no error */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') return
      // Somebody else who has the same pipe made it non-blocking, and its reader is slow.
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** The stream of a terminal, asked for only where it can be one. */
function terminal(fd: number): NodeJS.WriteStream | undefined {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return undefined
  } catch {
    return undefined // it was closed before this process started
  }
  const stream = fd === 1 ? process.stdout : process.stderr
  return stream.isTTY ? stream : undefined
}
