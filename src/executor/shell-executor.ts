import type { x } from 'tinyexec'
import { findInterpreter } from './find-program.ts'
import { isPosixShell, pinnedCommand } from './pinned-command.ts'
import { type PipeSource, processPipes } from './pipes.ts'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from './script-executor.ts'
import { startScript } from './start-script.ts'
import { superviseScript } from './supervise-script.ts'

/** The executor that runs a script as a process of this machine. */
export function createShellExecutor(): ScriptExecutor {
  return shellExecutor(processPipes)
}

/** The same on pipes from elsewhere. */
export function shellExecutor(source: PipeSource): ScriptExecutor {
  let spawn: typeof x | undefined
  return {
    async execute(request) {
      if (request.signal?.aborted) return notStarted
      const words = commandOf(request)
      // Not loaded before a script is run: an installer that reads a record runs none.
      spawn ??= (await import('tinyexec')).x
      const pipes = await source.take()
      if (request.signal?.aborted) {
        pipes.discard()
        return notStarted
      }
      const child = await startScript(spawn, words, pipes, request)
      const result = await superviseScript(child, pipes, request)
      source.answered()
      return result
    }
  }
}

const notStarted: ScriptResult = { ended: 'aborted', stdout: new Uint8Array(), stderr: '', durationMs: 0 }

function commandOf({ interpreter, pinned, bytes, path, args, env, cwd }: ScriptRequest): string[] {
  const words = findInterpreter(interpreter, { env, cwd })
  return pinned && isPosixShell(interpreter) ? pinnedCommand(words, bytes, path, args) : [...words, path, ...args]
}
