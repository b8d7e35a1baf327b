import type { ScriptExecutor } from './script-executor.ts'

/**
 * The default executor: runs a script as a process of this machine (docs/executing.md). What it needs for that is loaded with
 * the first script, so that a process that runs none does not pay for it.
 */
export function createShellExecutor(): ScriptExecutor {
  return {
    async execute(request) {
      const { onProcessPipes } = await import('./process-executor.ts')
      return onProcessPipes.execute(request)
    }
  }
}
