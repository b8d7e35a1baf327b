import { readProcess } from '../../executor/process-table.ts'
import { type Target, terminate } from '../../executor/terminate.ts'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from '../../index.ts'
import { type CommandReport, openCommands } from '../commands/command-desk.ts'
import { commandNotFound } from '../not-found.ts'
import type { RunSettings } from '../run-options.ts'
import { requireClosedWorld, type ShownScript } from './judge-world.ts'
import { openNamespace } from './namespace-executor.ts'
import { findTool } from './tools.ts'
import { makeWorld, refusedTools, type World } from './world.ts'

/** What was seen of a script that was started. */
export interface SeenRun extends CommandReport {
  result?: ScriptResult
  /** Commands that a shell reported missing. */
  notFound: string[]
}

/** Milliseconds that what a script left behind has to end in good order. */
const graceMs = 100

/** Gives what runs scripts in a world. */
export type ExecutorIn = (place: {
  /** Makes an executor one whose scripts run in the world, as far as that takes more than its request. */
  enter(inner: ScriptExecutor): ScriptExecutor
  /** Goes with the run, and is at the same path for the script. */
  folder: string
}) => ScriptExecutor

/**
 * An executor around another: each script runs in a world of its own, which is gone, with all that was started in it, before
 * the result is given. `onSeen` gets what was seen, also where the run fails.
 */
export function worldExecutor(
  executorIn: ExecutorIn,
  settings: RunSettings,
  shown: ShownScript,
  onSeen: (seen: SeenRun) => void
): ScriptExecutor {
  return {
    async execute(request) {
      requireClosedWorld(request, settings, shown)
      const plan = { ...settings, kind: settings.world, interpreter: request.interpreter }
      const real = { ...request, interpreter: interpreterOf(request, settings) }
      const world = makeWorld(plan)
      try {
        const { programAt, enter } = plan.kind === 'namespace' ? openNamespace(plan, world, real) : here
        const desk = await openCommands(settings.commands, refusedTools(plan), { ...world, programAt })
        const inner = executorIn({ enter, folder: world.root })
        const notFound = new Set<string>()
        const leftovers = watchLeftovers(request, world.root)
        let result: ScriptResult | undefined
        try {
          result = await inner.execute(inWorld(real, world, notFound, leftovers.started))
          return result
        } finally {
          const report = desk.report()
          world.end()
          desk.close()
          await leftovers.end()
          onSeen({ ...report, notFound: [...notFound], ...(result && { result }) })
        }
      } finally {
        world.remove()
      }
    }
  }
}

const here: ReturnType<typeof openNamespace> = { programAt: (file) => file, enter: (inner) => inner }

function inWorld(
  request: ScriptRequest,
  { work, env }: World,
  notFound: Set<string>,
  started: (pid: number) => void
): ScriptRequest {
  return {
    ...request,
    cwd: work,
    env: { ...request.env, ...env },
    onEvent(event) {
      if (event.type === 'started') started(event.pid)
      const missing = event.type === 'stderr' ? commandNotFound(event.line) : undefined
      if (missing !== undefined) notFound.add(missing)
      request.onEvent(event)
    }
  }
}

/** A stub is for what the script calls, not for what runs it. */
function interpreterOf({ interpreter }: ScriptRequest, { commands }: RunSettings): string[] {
  return interpreter.map((word) => (commands.some(([name]) => name === word) ? (findTool(word) ?? word) : word))
}

/**
 * Ends what a script left behind, before its folder goes: after exit 0 the executor ends nothing, and nobody else finds what has
 * a session of its own and no variable of the run.
 */
function watchLeftovers({ env }: ScriptRequest, folder: string): { started(pid: number): void; end(): Promise<void> } {
  let target: Target | undefined
  return {
    started(pid) {
      target = { pid, leader: readProcess(pid), runId: env['HERMES_RUN_ID'], graceMs, folder }
    },
    async end() {
      if (target !== undefined) await terminate(target)
    }
  }
}
