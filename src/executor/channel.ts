import type { ChildProcess } from 'node:child_process'
import { readSync } from 'node:fs'
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Takes the bytes of one channel. The chunk is only lent: the next one overwrites it. */
export interface Sink {
  write(chunk: Uint8Array): void
  /** Nothing more is wanted. */
  readonly full: boolean
}

/** Our end of one of the script's channels. */
export interface Channel {
  /** Nobody holds the other end any more. */
  readonly ended: boolean
  readonly whenEnded: Promise<void>
  close(): void
}

/** The script's three channels: stdout, stderr, descriptor 3. */
export type Three<T> = readonly [T, T, T]

/** Channels that are being read. */
export interface Reading {
  channels: Three<Channel>
  /** Reads all that has been written by now. */
  drain(): Promise<void>
  /** Reads nothing more; whoever still writes gets SIGPIPE. */
  close(): void
}

/** What a pipe holds at most where nobody with privileges made it larger: the bound for stderr, which has no cap. */
const pipeCapacity = 1024 * 1024
/** How much of each channel is read to drain it. */
export const drainAtMost: Three<number> = [Number.POSITIVE_INFINITY, pipeCapacity, Number.POSITIVE_INFINITY]
/** Reads are synchronous up to the sink, so one buffer serves all channels. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * Reads FIFOs. A socket object on the descriptor costs no thread while it waits, where `fs.read` would hold one of the few
 * of libuv's pool for the script's whole run; with `onread` its data never waits in a stream's buffer, so that reading the
 * same descriptor with `readSync` keeps the order.
 */
export function readFifos(descriptors: Three<number>, sinks: Three<Sink>, onClosed: (allEnded: boolean) => void): Reading {
  const open = (index: 0 | 1 | 2) => fifoChannel(descriptors[index], sinks[index], drainAtMost[index])
  const channels = [open(0), open(1), open(2)] as const
  return {
    channels,
    async drain() {
      for (const channel of channels) channel.drain()
    },
    close() {
      for (const channel of channels) channel.close()
      onClosed(channels.every(({ ended }) => ended))
    }
  }
}

function fifoChannel(fd: number, sink: Sink, most: number): Channel & { drain(): void } {
  const take = (count: number, buffer: Uint8Array) => {
    sink.write(buffer.subarray(0, count))
    return true
  }
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    fd,
    readable: true,
    writable: false,
    onread: { buffer: scratch, callback: take }
  }
  const socket = new Socket(options)
  const end = endOf(socket)
  return {
    get ended() {
      return end.seen
    },
    whenEnded: end.promise,
    drain: () => void drainFifo(fd, sink, most, end),
    close: () => socket.destroy()
  }
}

/** Reads what is there, `most` bytes or a little more, and gives how many there were. */
export function drainFifo(fd: number, sink: Sink, most: number, end: End): number {
  let drained = 0
  while (!end.seen && !sink.full && drained < most) {
    const count = readNow(fd)
    if (count === undefined) break
    if (count === 0) end.see()
    else sink.write(scratch.subarray(0, count))
    drained += count
  }
  return drained
}

/** 0 at the end, `undefined` where nothing is there yet. */
function readNow(fd: number): number | undefined {
  try {
    return readSync(fd, scratch, 0, scratch.length, null)
  } catch {
    return undefined
  }
}

/** After as many turns all that a pipe can hold has been read, also while somebody goes on writing. */
const mostTurns = 32

/**
 * Reads the runtime's own pipes. Their descriptors can't be had, so the event loop does the draining: in each turn every
 * readable descriptor is read, and two turns without a byte mean that there is none.
 */
export function readStreams({ stdio }: ChildProcess, sinks: Three<Sink>): Reading {
  let quiet = 0
  const open = (index: 0 | 1 | 2): Channel => {
    const stream = stdio[index + 1] as Readable
    const end = endOf(stream)
    stream.on('data', (chunk: Uint8Array) => {
      quiet = 0
      sinks[index].write(chunk)
    })
    return {
      get ended() {
        return end.seen
      },
      whenEnded: end.promise,
      close: () => stream.destroy()
    }
  }
  const channels = [open(0), open(1), open(2)] as const
  return {
    channels,
    close() {
      for (const channel of channels) channel.close()
    },
    async drain() {
      quiet = 0
      for (let turns = 0; quiet < 2 && turns < mostTurns; turns++) {
        quiet++
        await nextTurn()
      }
    }
  }
}

export interface End {
  readonly seen: boolean
  promise: Promise<void>
  see(): void
}

export function watchedEnd(): End {
  let seen = false
  let resolve: () => void
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return {
    get seen() {
      return seen
    },
    promise,
    see() {
      seen = true
      resolve()
    }
  }
}

function endOf(stream: Readable): End {
  const end = watchedEnd()
  // An error on our own end leaves nothing more to be read, as an end does.
  stream.once('end', end.see).once('error', end.see)
  return end
}
