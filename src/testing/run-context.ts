import type { CommandReply } from './commands/stub.ts'
import type { CommandCall, LoaderRun } from './loader-run.ts'
import type { RunSettings } from './run-options.ts'
import type { OpenSource, ScriptSource } from './script-source.ts'
import type { RunTrace } from './trace/trace-run.ts'

/** How a run came about: what telling of it needs, and running it again with the same replies. */
export interface RunContext {
  /** To run it again. */
  open: OpenSource
  source: ScriptSource
  settings: RunSettings
  /** What each call was answered; refused ones are missing. */
  replies: ReadonlyMap<CommandCall, CommandReply>
  /** Of a traced run that came to run at all. */
  traced: RunTrace | undefined
}

const contexts = new WeakMap<LoaderRun, RunContext>()

/** Kept apart from the run, which is compared and printed by tests. */
export function rememberRun(run: LoaderRun, context: RunContext): void {
  contexts.set(run, context)
}

/** `undefined` for a run that somebody copied. */
export function contextOf(run: LoaderRun): RunContext | undefined {
  return contexts.get(run)
}
