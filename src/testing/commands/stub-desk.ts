import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import path from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { readProcess } from '../../executor/process-table.ts'
import { requestFifo, slotClaim, slotFifo, slots } from './stub-shim.ts'

/** A call that waits for its answer. */
export interface Question {
  /** Its name in the spool, which begins with the pid. */
  unique: string
  /** Which stub. */
  stub: number
  argCount: number
  /** Of stdin: `p` is its own, `s` shared, `-` neither pipe nor file. */
  stdin: string
}

/** Where calls ask this process. */
export interface Desk {
  /** Calls that wait end, with 125. */
  close(): void
}

interface Slot {
  fd: number
  /** The call that waits for what will be written, or still reads it. */
  holder: string | undefined
}

/** Milliseconds between two looks for callers that were killed while they waited. */
const reapMs = 50
/** Milliseconds that `mkfifo` may take. */
const makeMs = 5_000

/**
 * Makes the FIFOs of a run, and answers what calls ask through them. `answer` gives the name of a file in the spool.
 *
 * All are opened for both directions without blocking: that never waits, and a call that waits for its answer sees the end
 * of it where this process ends.
 */
export async function openDesk(spool: string, mkfifo: string, answer: (question: Question) => Promise<string>): Promise<Desk> {
  const names = [requestFifo, ...Array.from({ length: slots }, (_, index) => slotFifo(index))]
  await makeFifos(
    mkfifo,
    names.map((name) => path.join(spool, name))
  )
  const opened: number[] = []
  try {
    for (const name of names) opened.push(openSync(path.join(spool, name), constants.O_RDWR | constants.O_NONBLOCK))
  } catch (error) {
    for (const fd of opened) closeSync(fd)
    throw error
  }
  const [requests = 0, ...rest] = opened
  return attend(spool, requests, rest, answer)
}

function attend(spool: string, requests: number, fds: readonly number[], answer: (question: Question) => Promise<string>): Desk {
  const waiting: Slot[] = fds.map((fd) => ({ fd, holder: undefined }))
  let closed = false
  let text = ''
  const take = (bytes: string) => {
    const lines = (text + bytes).split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) attendTo(line.split(' '))
  }
  const attendTo = ([verb, ...words]: string[]) => {
    if (verb === 'done') return isHeldBy(Number(words[0]), words[1]) ? release(Number(words[0])) : undefined
    const [unique = '', slot = '', stub, argCount, stdin = '-'] = words
    const place = waiting[Number(slot)]
    if (place === undefined) return
    place.holder = unique
    const question = { unique, stub: Number(stub), argCount: Number(argCount), stdin }
    // What can't be answered (a full disk, a run that has ended) is the name of no file, and the call ends with 125.
    void answer(question)
      .catch(() => 'none')
      .then((file) => {
        if (!closed) writeSync(place.fd, `${file}\n`)
      })
  }
  const isHeldBy = (index: number, unique = '') => waiting[index]?.holder === unique
  const release = (index: number) => {
    const slot = waiting[index]
    if (slot === undefined) return
    slot.holder = undefined
    drain(slot.fd)
    rmSync(path.join(spool, slotClaim(index)), { force: true })
  }
  const reap = setInterval(() => {
    for (const [index, { holder }] of waiting.entries()) {
      const pid = holder === undefined ? claimedBy(spool, index) : Number.parseInt(holder, 10)
      if (pid !== undefined && !isThere(pid)) release(index)
    }
  }, reapMs)
  const stop = watch(requests, take)
  return {
    close() {
      closed = true
      clearInterval(reap)
      stop()
      for (const { fd } of waiting) closeSync(fd)
    }
  }
}

/** As the executor reads its pipes: a socket object is right only in the main thread of Node. */
function watch(fd: number, take: (text: string) => void): () => void {
  const buffer = Buffer.allocUnsafe(4096)
  if (isMainThread && process.versions['bun'] === undefined && process.versions['deno'] === undefined) {
    const callback = (count: number) => {
      take(buffer.toString('latin1', 0, count))
      return true
    }
    const options: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd,
      readable: true,
      writable: false,
      onread: { buffer, callback }
    }
    const socket = new Socket(options)
    return () => socket.destroy()
  }
  const timer = setInterval(() => {
    for (let count = readNow(fd, buffer); count > 0; count = readNow(fd, buffer)) take(buffer.toString('latin1', 0, count))
  }, 1)
  return () => {
    clearInterval(timer)
    closeSync(fd)
  }
}

/** An answer that nobody came to read must not be the next one's. */
function drain(fd: number): void {
  const buffer = Buffer.allocUnsafe(256)
  while (readNow(fd, buffer) > 0);
}

function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, null)
  } catch {
    return 0
  }
}

/** Who took a place, and has not asked yet. */
function claimedBy(spool: string, index: number): number | undefined {
  try {
    return Number(readFileSync(path.join(spool, slotClaim(index)), 'latin1')) || undefined
  } catch {
    return undefined
  }
}

/** A zombie that PID 1 never reaps is not there, and yet takes signals. */
function isThere(pid: number): boolean {
  if (process.platform === 'linux') return /^[^ZX]$/.test(readProcess(pid)?.state ?? 'X')
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function makeFifos(mkfifo: string, files: readonly string[]): Promise<void> {
  const child = spawn(mkfifo, ['-m', '666', ...files], { cwd: '/', env: {}, stdio: 'ignore' })
  try {
    const [code, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(makeMs) })
    if (code !== 0) throw new Error(`${mkfifo} ended with ${code ?? signal}`)
  } finally {
    child.on('error', () => {}).kill('SIGKILL')
  }
}

/** Writes what {@link Desk} hands out. */
export function keep(spool: string, name: string, text: string): string {
  const file = path.join(spool, name)
  writeFileSync(file, text)
  return file
}
