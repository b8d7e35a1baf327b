import { captureOutput } from './capture-output.ts'
import type { Reading } from './channel.ts'
import { killAtExit } from './kill-at-exit.ts'
import type { Pipes } from './pipes.ts'
import { readProcess } from './process-table.ts'
import type { ScriptEvent, ScriptRequest, ScriptResult } from './script-executor.ts'
import type { Started } from './start-script.ts'
import { type StopRequest, stopRequest } from './stop-request.ts'
import { terminate } from './terminate.ts'

interface Exit {
  exitCode: number | undefined
  signalCode: string | undefined
  at: number
}

/** For how long the exit of a script that was killed is waited for: one in an uninterruptible system call has none. */
const exitMs = 500

/**
 * Follows a script until it and its output have ended, or until it has been ended.
 *
 * The output is complete when all that had been written at the exit has been read: not at the end of the channel, which a
 * background child can hold for hours, and not a while after the exit, which is too early on a busy machine.
 */
export async function superviseScript(child: Started, pipes: Pipes, request: ScriptRequest): Promise<ScriptResult> {
  const startedAt = performance.now()
  const { limits, env, onEvent } = request
  const emit = (event: ScriptEvent) => quietly(() => onEvent(event))
  // One that has ended already can still be read: nobody has reaped it before the event loop's next turn.
  const target = { pid: child.pid, leader: readProcess(child.pid), runId: env['HERMES_RUN_ID'], graceMs: limits.killGraceMs }
  const release = killAtExit(child.pid)
  const stop = stopRequest(request)
  const output = captureOutput({
    limit: limits.maxOutputBytes,
    onOver: () => stop.because('output-limit'),
    onLine: (line) => emit({ type: 'stderr', line })
  })
  const exited = exitOf(child)
  const reading = pipes.read(child, output.sinks)
  const report = (exit: Exit | undefined, rest: Pick<ScriptResult, 'ended' | 'outputHeld'>): ScriptResult => ({
    exitCode: exit?.exitCode,
    signalCode: exit?.signalCode,
    ...rest,
    ...output.take(),
    durationMs: (exit?.at ?? performance.now()) - startedAt
  })

  try {
    emit({ type: 'started', pid: child.pid })
    const exit = await Promise.race([exited, stop.happened])
    const why = stop.why
    if (exit) {
      stop.exited()
      await reading.drain()
      output.decide()
      if (exit.exitCode === 0) {
        release()
        const outputHeld = await isHeld(reading, output.answer, stop, limits.settleMs)
        return report(exit, { ended: stop.why, outputHeld })
      }
    }
    const pids = await terminate(target)
    if (pids.length > 0) emit({ type: 'killed', why: why ?? 'failed', pids })
    const end = exit ?? (await within(exitMs, exited))
    await reading.drain()
    return report(end, { ended: why })
  } finally {
    stop.dispose()
    release()
    reading.close()
    child.unref()
  }
}

function exitOf(child: Started): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signalCode) => {
      resolve({ exitCode: exitCode ?? undefined, signalCode: signalCode ?? undefined, at: performance.now() })
    })
  })
}

/**
 * Waits for the end of the answer's channel, which a background child may hold, and says whether it still does. The others
 * are still read meanwhile: a `tee` that writes into them as well must not die of SIGPIPE.
 */
async function isHeld({ channels, drain }: Reading, answer: 0 | 2, stop: StopRequest, settleMs: number): Promise<boolean> {
  const channel = channels[answer]
  if (!channel.ended && stop.why === undefined) {
    await within(settleMs, channel.whenEnded, stop.happened)
    await drain()
  }
  return !channel.ended
}

function within<T>(ms: number, ...promises: Promise<T>[]): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  return Promise.race([...promises, patience]).finally(() => clearTimeout(timer))
}

/** A listener that throws changes nothing. */
function quietly(tell: () => void): void {
  try {
    tell()
  } catch {}
}
