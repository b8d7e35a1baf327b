import { diagnosticOf } from '../core/diagnostic.ts'
import { createShellExecutor, type Diagnostic, HermesError, parseDirectives, type Resolution, resolveModules } from '../index.ts'
import { commandRefused, withRefusedCalls } from '../kit-errors.ts'
import { scriptAbsent, scriptUnreadable } from '../script-errors.ts'
import type { CommandReply } from './commands/stub.ts'
import { commandLine, type Miss } from './commands/stub-answers.ts'
import type { CommandCall, LoaderRun } from './loader-run.ts'
import { rememberRun } from './run-context.ts'
import type { RunSettings } from './run-options.ts'
import type { OpenSource, ScriptSource } from './script-source.ts'
import { addToFolder } from './trace/process-coverage.ts'
import { type TracingExecutor, traceExecutor } from './trace/trace-executor.ts'
import type { RunTrace, SourceName } from './trace/trace-run.ts'
import { type ExecutorIn, type SeenRun, worldExecutor } from './world/world-executor.ts'

/** How a run went: what `resolveModules()` gave or threw, and what was seen of the script. */
interface Outcome {
  resolution?: Resolution
  failure?: HermesError
  seen: SeenRun
  traced: RunTrace | undefined
}

/** Runs a script once. @throws HermesError as `resolveModules()`, and COMMAND_REFUSED; each with `run` */
export async function runLoader(open: OpenSource, settings: RunSettings): Promise<LoaderRun> {
  const source = await open()
  try {
    const outcome = await resolveIn(source, settings)
    if (outcome.traced) addToFolder(outcome.traced)
    const error = errorOf(source, settings, outcome)
    const run = runOf(source, settings, outcome, error)
    rememberRun(run, { open, source, settings, replies: outcome.seen.replies, traced: outcome.traced })
    if (error === undefined) return run
    if (!settings.reject && error.code !== 'ERR_HERMES_OPTIONS_INVALID') return Object.assign(run, { error })
    throw withRun(error, run)
  } finally {
    source.dispose()
  }
}

/** An error of the kit carries its run, out of sight of who prints errors with all their members. */
export function withRun(error: HermesError, run: LoaderRun): HermesError {
  return Object.defineProperty(error, 'run', { value: run, configurable: true })
}

/** A run of nothing, for what fails before. */
export function emptyRun(): LoaderRun {
  return {
    modules: [],
    directives: [],
    messages: [],
    diagnostics: [],
    stdout: '',
    stderr: '',
    calls: [],
    refused: [],
    notFound: []
  }
}

async function resolveIn(source: ScriptSource, settings: RunSettings): Promise<Outcome> {
  let seen: SeenRun = {
    calls: [],
    refused: [],
    replies: new Map<CommandCall, CommandReply>(),
    misses: [],
    leftShared: [],
    notFound: []
  }
  const { args, interpreter, limits, keys, catalog, staticConfig, signal } = settings.handedOn
  let tracing = undefined as TracingExecutor | undefined
  const executorIn: ExecutorIn = ({ enter, folder }) => {
    const plain = enter(createShellExecutor())
    if (!settings.trace) return plain
    tracing = traceExecutor(plain, { keys, sources: sourcesOf(source), folder })
    return tracing.executor
  }
  try {
    const resolution = await resolveModules({
      script: { path: source.path, args, interpreter, limits, trust: 'off', onAbsent: 'fail' },
      env: settings.env,
      keys,
      catalog,
      staticConfig,
      record: false,
      signal,
      executor: worldExecutor(executorIn, settings, source, (what) => {
        seen = what
      })
    })
    return { resolution, seen, traced: tracing?.run }
  } catch (failure) {
    if (!(failure instanceof HermesError)) throw failure
    return { failure, seen, traced: tracing?.run }
  }
}

/** Where the lines of the script stand for people. */
function sourcesOf({ path, file, lineOf }: ScriptSource): ReadonlyMap<string, SourceName> {
  return new Map([[path, { source: file, lineOffset: (lineOf(1) ?? 1) - 1 }]])
}

/** What a run is rejected with: what was missed of a test's own wishes goes before how the script made do with it. */
function errorOf(
  { path }: ScriptSource,
  { masked }: RunSettings,
  { resolution, failure, seen }: Outcome
): HermesError | undefined {
  // Of `onAbsent`, which the usual message speaks of, a test knows nothing.
  if (failure?.message === scriptAbsent(path).message)
    return scriptUnreadable(path, 'there is no file', 'Correct the path', failure.cause)
  if (resolution?.reason === 'script-masked' && !masked) {
    const why = 'it is /dev/null or a file of no bytes, so nothing was run'
    return scriptUnreadable(path, why, 'masked: true says that this is meant')
  }
  const diagnostics = [...((failure ?? resolution)?.diagnostics ?? []), ...notesOf(path, seen)]
  const refused = seen.refused.map(({ command, args }) => commandLine(command, args))
  if (seen.misses.length > 0) {
    const cause = seen.misses.find((miss: Miss) => miss.cause !== undefined)?.cause
    return commandRefused(path, { problems: seen.misses.map(({ text }) => text), cause, failure, diagnostics })
  }
  if (refused.length === 0) return failure
  if (failure) return withRefusedCalls(failure, refused, diagnostics)
  const remedy = '(a tool of the network: stub it in commands, or name it in absent)'
  return commandRefused(path, { problems: refused.map((call) => `${call}  ${remedy}`), diagnostics })
}

function runOf(
  source: ScriptSource,
  settings: RunSettings,
  { resolution, failure, seen, traced }: Outcome,
  error: HermesError | undefined
): LoaderRun {
  const { result } = seen
  const bytes = result?.descriptor3 ?? result?.stdout ?? new Uint8Array()
  const parsed = parseDirectives(bytes, { keys: settings.handedOn.keys, requireFinalNewline: true })
  const decode = (channel: Uint8Array) => new TextDecoder().decode(channel)
  return {
    modules: error === undefined ? (resolution?.modules ?? []) : [],
    directives: parsed.directives,
    ...(resolution && error === undefined && { reason: resolution.reason }),
    messages: parsed.messages,
    diagnostics: [...((failure ?? resolution)?.diagnostics ?? []), ...notesOf(source.path, seen)],
    stdout: decode(result?.stdout ?? new Uint8Array()),
    ...(result?.descriptor3 && { descriptor3: decode(result.descriptor3) }),
    stderr: result?.stderr ?? '',
    ...(result?.exitCode !== undefined && { exitCode: result.exitCode }),
    calls: seen.calls,
    refused: seen.refused,
    notFound: seen.notFound,
    ...(traced && { trace: traced.trace, blame: traced.blame })
  }
}

function notesOf(path: string, { leftShared }: SeenRun): Diagnostic[] {
  return leftShared.map((name) =>
    diagnosticOf(
      {
        code: 'stub-left-shared-stdin',
        severity: 'note',
        message: `the stub of ${name} left its stdin unread, since its parent shares it`,
        hint: `where the input is meant for it: commands: { '${name}': { stdin: true } }; false says that it is not`
      },
      { source: path }
    )
  )
}
