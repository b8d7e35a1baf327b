import type { ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { isAbsolute } from 'node:path'
import { type Reading, readFifos, readStreams, type Sink, type Three } from './channel.ts'
import { createFifoPool, type FifoPool } from './fifo-pool.ts'
import { closeAll, type FifoSet } from './fifo-set.ts'

/** The channels of one script that is about to be started. */
export interface Pipes {
  /** For `stdio`, behind stdin. */
  stdio: Three<number | 'pipe'>
  /** Gives the script its ends alone, so that their end shows, and reads ours. */
  read(child: ChildProcess, sinks: Three<Sink>): Reading
  /** Nothing was started. */
  discard(): void
}

export interface PipeSource {
  take(): Promise<Pipes>
  answered(): void
  /** Why the pipes are plain ones; `undefined` where they are real. */
  readonly problem: string | undefined
}

/**
 * Real pipes where they can be had. Node's own are sockets, and a socket can't be opened by name: `echo x >/dev/stderr`
 * fails with ENXIO ("No such device or address"), and `if echo x >/dev/stderr; then …` takes the wrong branch with exit 0.
 */
export function createPipeSource(pool: FifoPool): PipeSource {
  return {
    get problem() {
      return pool.problem
    },
    answered: pool.answered,
    async take() {
      const set = await pool.take()
      return set === undefined ? plainPipes : fifoPipes(set)
    }
  }
}

function fifoPipes({ readers, writers }: FifoSet): Pipes {
  return {
    stdio: writers,
    read(_child, sinks) {
      closeAll(writers)
      return readFifos(readers, sinks)
    },
    discard: () => closeAll([...readers, ...writers])
  }
}

const plainPipes: Pipes = { stdio: ['pipe', 'pipe', 'pipe'], read: readStreams, discard() {} }

/**
 * Never the script's `PATH`, and of this process's environment `TMPDIR` alone. Bun and Deno can't read a FIFO without
 * holding a thread: a socket object on one hangs in the one and throws in the other.
 */
const makers = ['/usr/bin/mkfifo', '/bin/mkfifo']

export const processPipes = createPipeSource(
  createFifoPool({
    folders: () => [process.env['TMPDIR'] ?? '', '/tmp', '/dev/shm', '/run'].filter((folder) => isAbsolute(folder)),
    mkfifo: () => (isNode() ? makers.find(isExecutable) : undefined)
  })
)

/** Why a script of this process could not open `/dev/stderr`, for the message of a run whose stderr shows ENXIO. */
export function whyPlainPipes(): string | undefined {
  return processPipes.problem
}

function isNode({ bun, deno } = process.versions as Record<string, string | undefined>): boolean {
  return (bun ?? deno) === undefined
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
