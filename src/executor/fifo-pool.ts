import type { ChildProcess } from 'node:child_process'
import { closeAll, type FifoSet, makeFifoSets, openAgain } from './fifo-set.ts'

/** Where FIFOs can be made, and with what. */
export interface FifoSource {
  /** Tried in turn. */
  folders(): readonly string[]
  /** The program, an absolute path; `undefined` where there is none. */
  mkfifo(): string | undefined
}

export interface FifoPool {
  /** A set of FIFOs; `undefined` where none can be made, see {@link FifoPool.problem}. */
  take(): Promise<FifoSet | undefined>
  /** A set that was made ahead, if one is left. */
  takeReady(): FifoSet | undefined
  /** Takes a set back that a script is done with: its ends are closed, and nobody held them any more. */
  giveBack(handles: readonly number[]): void
  /** To be called when an answer has been given: makes sets ahead for a process that runs scripts more than once. */
  answered(): void
  /** Why the last attempt made none. */
  readonly problem: string | undefined
}

/** Sets made by one spawn, how many may be left when the next is due, and how many are kept. */
const setsAhead = 4
const setsLeft = 1
const setsKept = 8

export function createFifoPool(source: FifoSource): FifoPool {
  const ready: FifoSet[] = []
  let answers = 0
  let waiting = 0
  let making: Promise<void> | undefined
  let maker: ChildProcess | undefined
  let problem: string | undefined

  async function make(count: number): Promise<void> {
    problem = await attempt(count)
    making = undefined
  }

  /** Gives what stood in the way. It may be gone the next time, and costs no process where it is a folder. */
  async function attempt(count: number): Promise<string | undefined> {
    const mkfifo = source.mkfifo()
    if (mkfifo === undefined) return 'there is no mkfifo'
    const problems: string[] = []
    for (const folder of source.folders()) {
      try {
        ready.push(...(await makeFifoSets(folder, mkfifo, count, hold)))
        return undefined
      } catch (error) {
        problems.push((error as Error).message)
        // Once was long enough for who is waiting.
        if ((error as Error).name === 'TimeoutError') break
      }
    }
    return `no FIFO could be made (${problems.join('; ')})`
  }

  /** What is made ahead must not keep the process alive, what is waited for must. */
  function hold(child: ChildProcess | undefined): void {
    maker = child
    if (waiting > 0) child?.ref()
    else child?.unref()
  }

  return {
    get problem() {
      return problem
    },
    takeReady: () => ready.pop(),
    async take() {
      waiting++
      try {
        for (;;) {
          const set = ready.pop()
          if (set !== undefined) return set
          making ??= make(answers > 0 ? Math.max(waiting, setsAhead) : waiting)
          hold(maker)
          await making
          if (problem !== undefined) return undefined
        }
      } finally {
        waiting--
      }
    },
    giveBack(handles) {
      const set = answers > 0 && ready.length < setsKept ? openAgain(handles) : closeAll(handles)
      if (set) ready.push(set)
    },
    answered() {
      answers++
      // A process that asks once, as most init containers do, pays for nothing ahead.
      if (answers > 1 && ready.length <= setsLeft && problem === undefined) making ??= make(setsAhead)
    }
  }
}
