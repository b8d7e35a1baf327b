import type { Sink } from './channel.ts'
import { growingBytes } from './growing-bytes.ts'

export interface CappedOutput extends Sink {
  readonly length: number
  /** From now on nothing is kept: a channel that turned out not to be the answer. */
  close(): void
  take(): Uint8Array
}

/**
 * A channel that may hold `limit` bytes. The chunk that goes over is still kept, so that the error can say how much came;
 * what comes after is read and thrown away, so that a script that cleans up on SIGTERM doesn't block while it says so.
 */
export function cappedOutput(limit: number, onOver: () => void): CappedOutput {
  const kept = growingBytes()
  let closed = false
  return {
    get full() {
      return closed
    },
    get length() {
      return kept.length
    },
    write(chunk) {
      if (closed) return
      kept.append(chunk)
      if (kept.length <= limit) return
      closed = true
      onOver()
    },
    close() {
      closed = true
    },
    take: kept.take
  }
}
