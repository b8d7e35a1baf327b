import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Three } from './channel.ts'

/** Three FIFOs without a name any more: what a script writes into `writers` is read from `readers`. */
export interface FifoSet {
  readers: Three<number>
  writers: Three<number>
}

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
  const removeAll = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeAll)
  try {
    // The folder keeps others out. Open to all, so that a helper with another user id can still open /dev/stderr.
    const child = spawn(mkfifo, ['-m', '666', ...names], { cwd: '/', env: {}, stdio: 'ignore' })
    onSpawn(child)
    const [code, signal] = await once(child, 'exit')
    if (code !== 0) throw new Error(`${mkfifo} ended with ${code ?? signal}`)
    return openSets(names)
  } finally {
    process.off('exit', removeAll)
    removeAll()
  }
}

function openSets(names: readonly string[]): FifoSet[] {
  const opened: number[] = []
  try {
    for (const name of names) {
      // The reader first: opening a FIFO for writing waits for one. The writer blocks, as a script expects of its output.
      opened.push(openSync(name, constants.O_RDONLY | constants.O_NONBLOCK), openSync(name, constants.O_WRONLY))
      unlinkSync(name)
    }
  } catch (error) {
    closeAll(opened)
    throw error
  }
  return Array.from({ length: names.length / 3 }, (_, set) => {
    const [r0 = 0, w0 = 0, r1 = 0, w1 = 0, r2 = 0, w2 = 0] = opened.slice(set * 6)
    return { readers: [r0, r1, r2], writers: [w0, w1, w2] }
  })
}

export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) closeSync(fd)
}
