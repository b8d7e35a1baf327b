import { any, type CommandReply, type Stub } from './commands/stub.ts'
import type { LoaderRun } from './loader-run.ts'
import { contextOf, type RunContext } from './run-context.ts'
import type { RunSettings } from './run-options.ts'

/**
 * A run as a case of a `*.loader.yaml`, indented to be pasted below `cases:`; what a file says for all its cases is a comment
 * above it. What functions answered stands there as a list of the calls that were made. Empty for a run that somebody copied.
 */
export async function loaderCase(run: LoaderRun, expected: readonly Readonly<Record<string, string>>[]): Promise<string[]> {
  const context = contextOf(run)
  if (context === undefined) return []
  const { env, commands, files, handedOn } = context.settings
  const expect = expected.map((one) => (Object.keys(one).length === 1 ? one['module'] : one))
  const members = {
    ...(Object.keys(env).length > 0 && { env }),
    ...(commands.length > 0 && {
      commands: Object.fromEntries(commands.map(([name, stub]) => [name, commandOf(name, stub, run, context)]))
    }),
    ...(files.size > 0 && { files: Object.fromEntries(files) }),
    ...((handedOn.args ?? []).length > 0 && { args: handedOn.args }),
    expect: expect.length === 0 ? 'none' : expect
  }
  const { stringify } = await import('yaml')
  // JSON is YAML in one line, whatever a text holds: it is a comment.
  const beside = Object.entries(besideCases(context.settings)).map(
    ([name, value]) => `# beside the cases: ${name}: ${JSON.stringify(value)}`
  )
  const text = stringify([members], { lineWidth: 0 }).trimEnd()
  return [...beside, ...text.split('\n')].map((line) => `  ${line}`)
}

/** What a file says for all its cases, as far as this run was not given the default. */
function besideCases({ absent, tools, world, handedOn }: RunSettings): Readonly<Record<string, unknown>> {
  const { interpreter, keys = [] } = handedOn
  const limits = Object.entries(handedOn.limits ?? {}).filter(([, value]) => value !== undefined)
  return {
    ...(interpreter !== undefined && { interpreter }),
    ...(keys.length > 0 && { keys }),
    ...(absent.length > 0 && { absent }),
    ...(tools.size > 0 && { tools: [...tools.keys()] }),
    ...(limits.length > 0 && { limits: Object.fromEntries(limits) }),
    ...(world !== 'path' && { world })
  }
}

function commandOf(name: string, stub: Stub, run: LoaderRun, { replies }: RunContext): unknown {
  if (typeof stub === 'function') {
    const calls = run.calls.filter((call) => call.command === name && replies.has(call))
    return calls.map((call) => ({ args: call.args, ...replyOf(replies.get(call) ?? {}) }))
  }
  if (!Array.isArray(stub)) return replyOf(stub as CommandReply)
  return (stub as readonly { args: readonly (string | typeof any)[] }[]).map(({ args, ...reply }) => ({
    args: args.map((word) => (word === any ? { any: true } : word)),
    ...replyOf(reply)
  }))
}

/** Members that say something. */
function replyOf(reply: CommandReply): object {
  return Object.fromEntries(Object.entries(reply).filter(([, value]) => value !== undefined))
}
