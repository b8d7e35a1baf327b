import { onAbort } from './on-abort.ts'
import type { ScriptRequest, ScriptResult } from './script-executor.ts'

/** Why a script is to be ended before it ends itself. */
export interface StopRequest {
  /** The first reason there was. */
  readonly why: ScriptResult['ended']
  /** Resolves a turn of the event loop after it, so that an exit that has happened already is seen first. */
  happened: Promise<void>
  because(why: NonNullable<ScriptResult['ended']>): void
  /** The script has ended: its time is no longer up. */
  exited(): void
  dispose(): void
}

export function stopRequest({ limits, signal }: Pick<ScriptRequest, 'limits' | 'signal'>): StopRequest {
  let why: ScriptResult['ended']
  let resolve: () => void
  let turn: NodeJS.Immediate | undefined
  const happened = new Promise<void>((done) => {
    resolve = done
  })
  const because: StopRequest['because'] = (reason) => {
    if (why !== undefined) return
    why = reason
    turn = setImmediate(resolve)
  }
  // Where the embedder kept the event loop busy, the timer comes before the exit of a script that ended long ago.
  const timer = setTimeout(() => {
    turn = setImmediate(because, 'timeout')
  }, limits.timeoutMs)
  const exited = () => {
    clearTimeout(timer)
    if (why === undefined) clearImmediate(turn)
  }
  const offAbort = onAbort(signal, () => because('aborted'))
  if (signal?.aborted) because('aborted')
  return {
    get why() {
      return why
    },
    happened,
    because,
    exited,
    dispose() {
      clearTimeout(timer)
      clearImmediate(turn)
      offAbort()
    }
  }
}
