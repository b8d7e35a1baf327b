import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Three } from './channel.ts'
import { pathOnly } from './open-file.ts'

/** Three FIFOs without a name any more: what a script writes into `writers` is read from `readers`. */
export interface FifoSet {
  readers: Three<number>
  writers: Three<number>
  /** Three descriptors through which they can be opened again; none where the system has no such thing. */
  handles: readonly number[]
}

/** Milliseconds that `mkfifo` may take: a file system that hangs must not hold a script up for longer. */
const makeMs = 2000

/**
 * Makes FIFOs in a private folder of `parent` and opens them; neither name nor folder is left. Node can't make a FIFO
 * itself, and the program that can costs as much as a small script, so several sets are made at once.
 */
export async function makeFifoSets(
  parent: string,
  mkfifo: string,
  count: number,
  onSpawn: (child: ChildProcess) => void
): Promise<FifoSet[]> {
  const folder = mkdtempSync(join(parent, 'hermes-'))
  const names = Array.from({ length: count * 3 }, (_, index) => join(folder, String(index)))
  let child: ChildProcess | undefined
  const removeAll = () => {
    // This process may be ending while FIFOs are still being made, and one more may appear during the removal.
    child?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 2 })
  }
  process.once('exit', removeAll)
  try {
    // The folder keeps others out. Open to all, so that a helper with another user id can still open /dev/stderr.
    child = spawn(mkfifo, ['-m', '666', ...names], { cwd: '/', env: {}, stdio: 'ignore' })
    onSpawn(child)
    const [code, signal] = await once(child, 'exit', { signal: AbortSignal.timeout(makeMs) })
    if (code !== 0) throw new Error(`${mkfifo} ended with ${code ?? signal}`)
    const sets = openSets(names)
    rmdirSync(folder)
    return sets
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw gaveUp(mkfifo, child, folder)
    removeAll()
    throw error
  } finally {
    process.off('exit', removeAll)
  }
}

/** Where `mkfifo` hangs a removal may hang too: nobody waits for it. */
function gaveUp(mkfifo: string, child: ChildProcess | undefined, folder: string): Error {
  child?.once('exit', () => void rm(folder, { recursive: true, force: true }).catch(() => {}))
  child?.on('error', () => {}).kill('SIGKILL')
  child?.unref()
  return Object.assign(new Error(`${mkfifo} took more than ${makeMs} ms`), { name: 'TimeoutError' })
}

function openSets(names: readonly string[]): FifoSet[] {
  const sets: FifoSet[] = []
  try {
    for (let first = 0; first < names.length; first += 3) {
      const three = names.slice(first, first + 3)
      sets.push(openSet(three, process.platform === 'linux' ? openEach(three, pathOnly) : []))
      for (const name of three) unlinkSync(name)
    }
    return sets
  } catch (error) {
    for (const set of sets) closeSet(set)
    throw error
  }
}

/** The readers first: opening a FIFO for writing waits for one. The writers block, as a script expects of its output. */
function openSet(paths: readonly string[], handles: readonly number[]): FifoSet {
  const opened = [...handles]
  try {
    const readers = openEach(paths, constants.O_RDONLY | constants.O_NONBLOCK)
    opened.push(...readers)
    return { readers, writers: openEach(paths, constants.O_WRONLY), handles }
  } catch (error) {
    closeAll(opened)
    throw error
  }
}

function openEach(paths: readonly string[], flags: number): Three<number> {
  const opened: number[] = []
  try {
    for (const path of paths) opened.push(openSync(path, flags))
  } catch (error) {
    closeAll(opened)
    throw error
  }
  const [first = 0, second = 0, third = 0] = opened
  return [first, second, third]
}

/**
 * Opens FIFOs for another script, or gives `undefined` and lets go of them. Only such that nobody has open: the caller has
 * seen the end of each, so nobody can write into it, and Linux refuses to open a FIFO for writing without waiting (ENXIO)
 * where nobody can read it. What a FIFO held is gone with the last who had it open.
 */
export function openAgain(handles: readonly number[]): FifoSet | undefined {
  const paths = handles.map((handle) => `/proc/self/fd/${handle}`)
  if (paths.length === 0 || !paths.every(hasNoReader)) {
    closeAll(handles)
    return undefined
  }
  try {
    return openSet(paths, handles)
  } catch {
    // Too few descriptors, say: no reason to lose the answer that the last script gave.
    return undefined
  }
}

function hasNoReader(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK))
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENXIO'
  }
}

export function closeSet({ readers, writers, handles }: FifoSet): void {
  closeAll([...readers, ...writers, ...handles])
}

export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) closeSync(fd)
}
