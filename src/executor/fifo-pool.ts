import { type FifoSet, type Making, makeFifoSets } from './fifo-set.ts'

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
  /** To be called when an answer has been given: makes sets ahead for a process that runs scripts more than once. */
  answered(): void
  /** Why the last attempt made none. */
  readonly problem: string | undefined
}

/** Sets made by one spawn, and how many may be left when the next is due: while it runs, the next script has its pipes. */
const setsAhead = 8
const setsLeft = 2

export function createFifoPool(source: FifoSource): FifoPool {
  const ready: FifoSet[] = []
  let answers = 0
  let waiting = 0
  let making: Promise<void> | undefined
  let hold: Making['hold'] = () => {}
  let problem: string | undefined

  async function make(count: number): Promise<void> {
    const mkfifo = source.mkfifo()
    problem = 'no mkfifo was found'
    for (const folder of mkfifo === undefined ? [] : source.folders()) {
      const attempt = makeFifoSets(folder, mkfifo ?? '', count)
      hold = attempt.hold
      hold(waiting > 0)
      try {
        ready.push(...(await attempt.sets))
        problem = undefined
        break
      } catch (error) {
        problem = `no FIFO could be made: ${(error as Error).message}`
      }
    }
    making = undefined
  }

  return {
    get problem() {
      return problem
    },
    async take() {
      waiting++
      try {
        for (;;) {
          const set = ready.pop()
          if (set !== undefined) return set
          making ??= make(answers > 0 ? Math.max(waiting, setsAhead) : waiting)
          hold(true)
          await making
          if (problem !== undefined) return undefined
        }
      } finally {
        waiting--
      }
    },
    answered() {
      answers++
      // A process that asks once, as most init containers do, pays for nothing ahead.
      if (answers > 1 && ready.length <= setsLeft && problem === undefined) making ??= make(setsAhead)
    }
  }
}
