import type { Catalog } from './core/catalog.ts'
import { protocol } from './core/directive-reader.ts'
import { isBytes } from './core/source-text.ts'
import { aborted, errorCodeOf, HermesError } from './errors.ts'
import type { ResolveEvent } from './events.ts'
import { chooseInterpreter } from './executor/interpreter.ts'
import { scriptEnvironment } from './executor/script-environment.ts'
import type { ScriptEvent, ScriptExecutor, ScriptRequest, ScriptResult } from './executor/script-executor.ts'
import { requirePinnable, requireUnchanged } from './guard-script.ts'
import type { ResolveSettings } from './options.ts'
import { interpreterNotFound, platformUnsupported, scriptStart } from './script-errors.ts'

/** A run that came to an end, whatever that was. */
export interface FinishedRun {
  interpreter: readonly string[]
  result: ScriptResult
}

/**
 * Runs the bytes of a script that was read.
 *
 * @throws HermesError INTERPRETER_NOT_FOUND, SCRIPT_START, SCRIPT_HASH_MISMATCH, PLATFORM_UNSUPPORTED, ABORTED
 */
export async function runScript(
  settings: ResolveSettings<Catalog>,
  bytes: Uint8Array,
  tell: (event: ResolveEvent) => void
): Promise<FinishedRun> {
  const { script, cwd, signal } = settings
  const choice = await chooseInterpreter(script.interpreter, bytes)
  if ('why' in choice) throw interpreterNotFound(script.path, choice.why, choice.remedy)
  requirePinnable(script, choice.argv, bytes)
  const executor = settings.executor ?? (await defaultExecutor())
  const { maxDirectives: _, ...limits } = script.limits
  const request: ScriptRequest = {
    path: script.path,
    bytes,
    pinned: script.sha256 !== undefined,
    interpreter: choice.argv,
    args: script.args,
    env: scriptEnvironment(settings.env, { id: newRunId(), step: settings.step, protocol }),
    cwd,
    limits,
    ...(signal && { signal }),
    onEvent: (event) => {
      const told = eventOf(event, choice.argv, settings.filtered)
      if (told) tell(told)
    }
  }
  const result = await execute(executor, request)
  const { exitCode, signalCode, durationMs } = result
  tell({
    type: 'script-ended',
    ...(exitCode !== undefined && { exitCode }),
    ...(signalCode !== undefined && { signalCode }),
    durationMs
  })
  if (!signal?.aborted) await requireUnchanged(script, choice.argv)
  return { interpreter: choice.argv, result }
}

/** Unique, and no secret: it marks processes as those of one run. node:crypto would be loaded for it at the start of a container. */
function newRunId(): string {
  return [process.pid, Date.now(), Math.random() * 2 ** 52].map((part) => Math.floor(part).toString(36)).join('-')
}

async function defaultExecutor(): Promise<ScriptExecutor> {
  if (process.platform === 'win32') throw platformUnsupported('Windows')
  const { onProcessPipes } = await import('./executor/process-executor.ts')
  return onProcessPipes
}

async function execute(executor: ScriptExecutor, request: ScriptRequest): Promise<ScriptResult> {
  const { path, interpreter, signal } = request
  try {
    const result = await executor.execute(request)
    return requireResult(result)
  } catch (thrown) {
    if (signal?.aborted) throw aborted('resolving', signal.reason)
    if (thrown instanceof HermesError) throw thrown
    const missing = missingInterpreter(thrown, interpreter)
    if (missing === undefined) throw scriptStart(path, thrown)
    const why =
      errorCodeOf(thrown) === 'EACCES' ? `${missing} can't be executed` : `there is no ${missing}, or what it needs is not there`
    throw interpreterNotFound(
      path,
      why,
      'Install it, correct the #! line, or set script.interpreter to one that is there',
      thrown
    )
  }
}

/** An executor is somebody else's code: what it gives is not believed to have its form. Descriptor 3 counts where a byte arrived there. */
function requireResult(result: ScriptResult): ScriptResult {
  const { stdout, descriptor3, stderr = '', durationMs = 0 } = result ?? {}
  if (!isBytes(stdout)) throw new TypeError('the executor gave no result: stdout takes bytes')
  if (descriptor3 !== undefined && !isBytes(descriptor3))
    throw new TypeError('the executor gave a wrong result: descriptor3 takes bytes')
  if (typeof stderr !== 'string') throw new TypeError('the executor gave a wrong result: stderr takes a string')
  if (typeof durationMs !== 'number') throw new TypeError('the executor gave a wrong result: durationMs takes a number')
  return { ...result, stdout, descriptor3: descriptor3?.length === 0 ? undefined : descriptor3, stderr, durationMs }
}

/** What is not there, where an error says that of the interpreter. */
function missingInterpreter(thrown: unknown, interpreter: readonly string[]): string | undefined {
  const code = errorCodeOf(thrown)
  if (code !== 'ENOENT' && code !== 'EACCES') return undefined
  const { path } = thrown as { path?: unknown }
  return interpreter.find((word) => word === path)
}

function eventOf(event: ScriptEvent, interpreter: readonly string[], filtered: readonly string[]): ResolveEvent | undefined {
  switch (event.type) {
    case 'started':
      return { type: 'script-started', pid: event.pid, interpreter, filtered }
    case 'stderr':
      return { type: 'script-stderr', line: event.line }
    case 'killed':
      return { type: 'script-killed', why: event.why, pids: event.pids }
    default:
      return undefined // of an executor that is newer than this library
  }
}
