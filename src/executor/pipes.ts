import type { ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { isAbsolute } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { type Reading, readFifos, readStreams, type Sink, type Three } from './channel.ts'
import { createFifoPool, type FifoPool } from './fifo-pool.ts'
import { closeAll, closeSet, type FifoSet } from './fifo-set.ts'
import { pollFifos } from './poll-fifos.ts'

/** The channels of one script that is about to be started. */
export interface Pipes {
  /** For `stdio`, behind stdin. */
  stdio: Three<number | 'pipe'>
  /** Gives the script its ends alone, so that their end shows, and reads ours. */
  read(child: ChildProcess, sinks: Three<Sink>): Reading
  /** Nothing was started. */
  discard(): void
  /** Why they are plain ones; absent where they are real. */
  readonly plain?: string | undefined
}

export interface PipeSource {
  take(): Promise<Pipes>
  /** Pipes that were made ahead: nothing to wait for, and nothing to be aborted. */
  takeReady(): Pipes | undefined
  answered(): void
}

/**
 * Real pipes where they can be had. Node's own are sockets, and a socket can't be opened by name: `echo x >/dev/stderr`
 * fails with ENXIO ("No such device or address"), and `if echo x >/dev/stderr; then …` takes the wrong branch with exit 0.
 */
export function createPipeSource(pool: FifoPool, readAll: typeof readFifos = readFifos): PipeSource {
  return {
    answered: pool.answered,
    takeReady() {
      const set = pool.takeReady()
      return set && fifoPipes(set, pool, readAll)
    },
    async take() {
      const set = await pool.take()
      return set === undefined ? plainPipes(pool.problem) : fifoPipes(set, pool, readAll)
    }
  }
}

function fifoPipes(set: FifoSet, pool: FifoPool, readAll: typeof readFifos): Pipes {
  const { readers, writers, handles } = set
  return {
    stdio: writers,
    read(_child, sinks) {
      closeAll(writers)
      return readAll(readers, sinks, (allEnded) => (allEnded ? pool.giveBack(handles) : closeAll(handles)))
    },
    discard: () => closeSet(set)
  }
}

function plainPipes(plain: string | undefined): Pipes {
  return { stdio: ['pipe', 'pipe', 'pipe'], read: readStreams, discard() {}, plain }
}

/** Never looked for along a `PATH`. */
const makers = ['/usr/bin/mkfifo', '/bin/mkfifo']

/** `TMPDIR` is this process's own, and all of its environment that is looked at. */
function folders(): string[] {
  return [process.env['TMPDIR'] ?? '', '/tmp', '/dev/shm', '/run'].filter((folder) => isAbsolute(folder))
}

/** Sockets wake nobody up in vain, but are right only in the main thread of Node. */
export function pipesFor(versions: Readonly<Record<string, string | undefined>>, mainThread: boolean): PipeSource {
  const withSockets = mainThread && versions['bun'] === undefined && versions['deno'] === undefined
  const pool = createFifoPool({ folders, mkfifo: () => makers.find(isExecutable) })
  return createPipeSource(pool, withSockets ? readFifos : pollFifos)
}

/** One for the whole process: what was made ahead serves whoever runs a script next. */
export const processPipes = pipesFor(process.versions, isMainThread)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
