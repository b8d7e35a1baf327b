import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Three } from './channel.ts'

/** Three FIFOs without a name any more: what a script writes into `writers` is read from `readers`. */
export interface FifoSet {
  readers: Three<number>
  writers: Three<number>
}

/** Sets being made. */
export interface Making {
  /** Rejects with what stood in the way. */
  sets: Promise<FifoSet[]>
  /** Whether the process waits for it before it ends. */
  hold(held: boolean): void
}

/**
 * Makes FIFOs in a private folder of `parent` and opens them; neither name nor folder is left. Node can't make a FIFO
 * itself, and the program that can costs as much as a small script, so several sets are made at once.
 */
export function makeFifoSets(parent: string, mkfifo: string, count: number): Making {
  let folder: string
  try {
    folder = mkdtempSync(join(parent, 'hermes-'))
  } catch (error) {
    return { sets: Promise.reject(error), hold() {} }
  }
  const names = Array.from({ length: count * 3 }, (_, index) => join(folder, String(index)))
  // The folder keeps others out. Readable and writable for all, so that a helper with another user id can open /dev/stderr.
  const child = spawn(mkfifo, ['-m', '666', ...names], { cwd: '/', env: {}, stdio: 'ignore' })
  return {
    sets: whenMade(child, folder).then(() => openSets(names, folder)),
    hold: (held) => (held ? child.ref() : child.unref())
  }
}

function whenMade(child: ChildProcess, folder: string): Promise<void> {
  const leaveNothing = () => {
    child.kill('SIGKILL')
    removeAll(folder)
  }
  process.once('exit', leaveNothing)
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${code ?? signal}`))
    )
  })
    .catch((error) => {
      removeAll(folder)
      throw error
    })
    .finally(() => process.off('exit', leaveNothing))
}

function openSets(names: readonly string[], folder: string): FifoSet[] {
  const opened: number[] = []
  try {
    for (const name of names) {
      // The reader first: opening a FIFO for writing waits for one. The writer blocks, as a script expects of its output.
      opened.push(openSync(name, constants.O_RDONLY | constants.O_NONBLOCK), openSync(name, constants.O_WRONLY))
      unlinkSync(name)
    }
    rmdirSync(folder)
  } catch (error) {
    for (const fd of opened) closeSync(fd)
    removeAll(folder)
    throw error
  }
  return Array.from({ length: names.length / 3 }, (_, set) => {
    const [r0 = 0, w0 = 0, r1 = 0, w1 = 0, r2 = 0, w2 = 0] = opened.slice(set * 6)
    return { readers: [r0, r1, r2], writers: [w0, w1, w2] }
  })
}

function removeAll(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) closeSync(fd)
}
