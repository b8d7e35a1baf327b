import { closeSync } from 'node:fs'
import { type Channel, drainAtMost, drainFifo, type Reading, type Sink, type Three, watchedEnd } from './channel.ts'

/** Milliseconds between two looks: soon again after a byte, then less and less often. */
const shortest = 1
const longest = 8
/** As much is read of a channel at one look, so that a flood leaves turns to others. */
const slice = 256 * 1024

/**
 * Reads FIFOs by looking at them again and again, where a socket object won't do: it hangs in Bun, it throws in Deno, and in
 * a worker thread it closes a descriptor that the thread goes on believing its own, and closes again at its end, when it may
 * be another thread's. At the script's exit all is drained at once, so that no answer waits for a look.
 */
export function pollFifos(descriptors: Three<number>, sinks: Three<Sink>, onClosed: (allEnded: boolean) => void): Reading {
  const open = (index: 0 | 1 | 2) => polledChannel(descriptors[index], sinks[index], drainAtMost[index])
  const channels = [open(0), open(1), open(2)] as const
  let pause = shortest
  const look = () => {
    const most = Math.max(...channels.map((channel) => channel.look()))
    pause = most > 0 ? shortest : Math.min(pause * 2, longest)
    // Where a slice was full, somebody is likely to wait for room.
    if (!channels.every(({ ended }) => ended)) timer = setTimeout(look, most < slice ? pause : 0)
  }
  let timer = setTimeout(look, shortest)
  return {
    channels,
    async drain() {
      for (const channel of channels) channel.drain()
    },
    close() {
      clearTimeout(timer)
      for (const channel of channels) channel.close()
      onClosed(channels.every(({ ended }) => ended))
    }
  }
}

function polledChannel(fd: number, sink: Sink, most: number): Channel & { look(): number; drain(): void } {
  const end = watchedEnd()
  // A channel that went over its limit is full, and still read: its script may have something to say before it ends.
  const open: Sink = { write: sink.write, full: false }
  return {
    get ended() {
      return end.seen
    },
    whenEnded: end.promise,
    look: () => drainFifo(fd, open, slice, end),
    drain: () => void drainFifo(fd, sink, most, end),
    close: () => closeSync(fd)
  }
}
