import { x } from 'tinyexec'
import { findInterpreter } from './find-program.ts'
import { isPosixShell, pinnedCommand } from './pinned-command.ts'
import { type PipeSource, type Pipes, processPipes } from './pipes.ts'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from './script-executor.ts'
import { startScript } from './start-script.ts'
import { stopRequest } from './stop-request.ts'
import { superviseScript } from './supervise-script.ts'

/** Runs scripts as processes of this machine, their output in pipes of `source`. */
export function processExecutor(source: PipeSource): ScriptExecutor {
  return {
    async execute(request) {
      if (request.signal?.aborted) return notStarted('aborted')
      const words = commandOf(request)
      const pipes = source.takeReady() ?? (await takePipes(source, request))
      if (typeof pipes === 'string') return notStarted(pipes)
      const child = await startScript(x, words, pipes, request)
      const result = await superviseScript(child, pipes, request)
      source.answered()
      return pipes.plain === undefined ? result : { ...result, plainPipes: pipes.plain }
    }
  }
}

/** On the pipes of this process. */
export const onProcessPipes = processExecutor(processPipes)

function notStarted(ended: NonNullable<ScriptResult['ended']>): ScriptResult {
  return { ended, stdout: new Uint8Array(), stderr: '', durationMs: 0 }
}

/** The pipes, or why they are no longer wanted: a hung `mkfifo` must not make an abort late. */
async function takePipes(source: PipeSource, request: ScriptRequest): Promise<Pipes | NonNullable<ScriptResult['ended']>> {
  const stop = stopRequest(request)
  const taken = source.take()
  try {
    const pipes = await Promise.race([taken, stop.happened])
    const why = stop.why ?? (request.signal?.aborted ? 'aborted' : undefined)
    if (why === undefined && pipes) return pipes
    void taken.then((late) => late.discard())
    return why ?? 'aborted'
  } finally {
    stop.dispose()
  }
}

function commandOf({ interpreter, pinned, bytes, path, args, env, cwd }: ScriptRequest): string[] {
  const words = findInterpreter(interpreter, { env, cwd })
  return pinned && isPosixShell(interpreter) ? pinnedCommand(words, bytes, path, args) : [...words, path, ...args]
}
