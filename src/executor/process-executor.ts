import { x } from 'tinyexec'
import { findInterpreter } from './find-program.ts'
import { isPosixShell, pinnedCommand } from './pinned-command.ts'
import { type PipeSource, processPipes } from './pipes.ts'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from './script-executor.ts'
import { startScript } from './start-script.ts'
import { superviseScript } from './supervise-script.ts'

/** Runs scripts as processes of this machine, their output in pipes of `source`. */
export function processExecutor(source: PipeSource): ScriptExecutor {
  return {
    async execute(request) {
      if (request.signal?.aborted) return notStarted
      const words = commandOf(request)
      const pipes = await source.take()
      if (request.signal?.aborted) {
        pipes.discard()
        return notStarted
      }
      const child = await startScript(x, words, pipes, request)
      const result = await superviseScript(child, pipes, request)
      source.answered()
      return pipes.plain === undefined ? result : { ...result, plainPipes: pipes.plain }
    }
  }
}

/** On the pipes of this process. */
export const onProcessPipes = processExecutor(processPipes)

const notStarted: ScriptResult = { ended: 'aborted', stdout: new Uint8Array(), stderr: '', durationMs: 0 }

function commandOf({ interpreter, pinned, bytes, path, args, env, cwd }: ScriptRequest): string[] {
  const words = findInterpreter(interpreter, { env, cwd })
  return pinned && isPosixShell(interpreter) ? pinnedCommand(words, bytes, path, args) : [...words, path, ...args]
}
