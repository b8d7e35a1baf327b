import type { CommandReply, Stub } from './commands/stub.ts'
import type { LoaderRun } from './loader-run.ts'
import { contextOf, type RunContext } from './run-context.ts'
import { runLoader } from './run-loader.ts'
import type { Blame } from './trace/trace-run.ts'

/**
 * What printed each directive of a run that was not traced: it is run once more, with the trace, and its functions' replies are
 * those of the first time. Nothing where that run answers otherwise, or can't be traced.
 */
export async function blameOfReplay(run: LoaderRun): Promise<readonly Blame[]> {
  if (run.blame !== undefined) return run.blame
  const context = contextOf(run)
  if (context === undefined || run.directives.length === 0) return []
  try {
    const again = await runLoader(context.open, replayed(run, context))
    const isSame = again.stdout === run.stdout && again.descriptor3 === run.descriptor3
    return isSame ? (again.blame ?? []) : []
  } catch {
    // A test that fails is told so in any case.
    return []
  }
}

function replayed(run: LoaderRun, context: RunContext): RunContext['settings'] {
  const commands = context.settings.commands.map(
    ([name, stub]) => [name, typeof stub === 'function' ? replies(name, run, context) : stub] as const
  )
  return { ...context.settings, commands, trace: true, reject: false }
}

/** Answers each call as a call with the same arguments was answered, in the order of those. */
function replies(name: string, { calls }: LoaderRun, { replies: given }: RunContext): Stub {
  const left = calls.filter(({ command }) => command === name)
  return ({ args }): CommandReply => {
    const at = left.findIndex(
      (call) => call.args.length === args.length && call.args.every((word, index) => word === args[index])
    )
    const [call] = at < 0 ? [] : left.splice(at, 1)
    const reply = call && given.get(call)
    if (reply === undefined) throw new Error(`${name} was not called like this before`)
    return reply
  }
}
