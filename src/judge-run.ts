import { type Diagnostic, diagnosticOf, inOrder } from './core/diagnostic.ts'
import {
  countStatements,
  findDirective,
  type ParsedDirectives,
  readMessages,
  type ScriptMessage
} from './core/directive-reader.ts'
import { parseDirectives } from './core/parse-directives.ts'
import { placesIn } from './core/source-text.ts'
import { aborted } from './errors.ts'
import type { Limits, ScriptResult } from './executor/script-executor.ts'
import { remarksOn } from './executor/stderr-remarks.ts'
import {
  directivesInvalid,
  type FailedRun,
  outputLimit,
  scriptExit,
  scriptReported,
  scriptSignal,
  scriptTimeout
} from './script-errors.ts'

/** What a script answered. */
export interface Answer extends ParsedDirectives {
  /** The bytes of the channel that gave it. */
  bytes: Uint8Array
}

interface JudgeOptions {
  path: string
  keys: readonly string[]
  limits: Limits
  onEmpty: 'warn' | 'fail'
  signal: AbortSignal | undefined
}

/** Where a place in a script's output is: not the script's own line. */
export function outputOf(path: string): string {
  return `output of ${path}`
}

/**
 * Makes an answer, or the error of it, of what an executor reported. All that can be wrong with a run is judged here.
 *
 * @throws HermesError SCRIPT_EXIT, SCRIPT_SIGNAL, SCRIPT_TIMEOUT, SCRIPT_REPORTED, OUTPUT_LIMIT, DIRECTIVES_INVALID, ABORTED
 */
export function judgeRun(result: ScriptResult, options: JudgeOptions): Answer {
  const { path, limits } = options
  const { stderr, exitCode, signalCode, ended } = result
  const bytes = result.descriptor3 ?? result.stdout
  const remarks = remarksOn(result)
  const failed = (diagnostics: readonly Diagnostic[]): FailedRun => ({ path, stderr, exitCode, signalCode, remarks, diagnostics })

  // An abort may come while a script that failed is being ended: then the executor has another reason.
  if (ended === 'aborted' || options.signal?.aborted) throw aborted('resolving', options.signal?.reason)
  const said = () => failed(messageDiagnostics(readMessages(bytes), bytes, path))
  if (ended === 'timeout') throw scriptTimeout(said(), limits.timeoutMs, result.durationMs)
  const size = Math.max(result.stdout.length, result.descriptor3?.length ?? 0)
  if (ended === 'output-limit' || size > limits.maxOutputBytes)
    throw outputLimit(failed([]), 'maxOutputBytes', limits.maxOutputBytes, size)
  if (signalCode !== undefined) throw scriptSignal(said())
  if (exitCode !== 0) throw scriptExit(said())

  const statements = countStatements(bytes)
  if (statements > limits.maxDirectives) throw outputLimit(failed([]), 'maxDirectives', limits.maxDirectives, statements)
  const parsed = parseDirectives(bytes, { source: outputOf(path), keys: options.keys, requireFinalNewline: true })
  const diagnostics = [
    ...merged(parsed, bytes, path),
    ...aboutChannel(result, parsed, path, options),
    ...remarks.map((message) => remark(message, path))
  ]
  if (parsed.messages.some(({ severity }) => severity === 'error')) throw scriptReported(failed(diagnostics))
  if (diagnostics.some(({ severity }) => severity === 'error')) throw directivesInvalid(failed(diagnostics))
  return { ...parsed, diagnostics, bytes }
}

/** The parser's diagnostics and the script's messages, in the order of its output. */
function merged({ diagnostics, messages }: ParsedDirectives, bytes: Uint8Array, path: string): Diagnostic[] {
  return inOrder([...diagnostics, ...messageDiagnostics(messages, bytes, path)])
}

function messageDiagnostics(messages: readonly ScriptMessage[], bytes: Uint8Array, path: string): Diagnostic[] {
  const placeOf = placesIn(bytes, outputOf(path))
  return messages.map(({ severity, text, line }) => {
    const { text: whole = '' } = placeOf({ line, column: 1 })
    // The line itself would only say the message again.
    return { code: 'script-message', severity, message: text, source: outputOf(path), line, column: whole.search(/[^ ]/) + 1 }
  })
}

function remark(message: string, path: string): Diagnostic {
  return { code: 'script-environment', severity: 'warning', message, source: path }
}

function aboutChannel(
  result: ScriptResult,
  { verdict, ok, messages }: ParsedDirectives,
  path: string,
  { onEmpty, limits, keys }: JudgeOptions
): Diagnostic[] {
  const place = { source: outputOf(path) }
  const isEmpty = ok && verdict === 'empty' && !messages.some(({ severity }) => severity === 'error')
  const found: Diagnostic[] = []
  if (result.outputHeld) {
    const channel = result.descriptor3 ? 'descriptor 3' : 'stdout'
    const message = `a process that the script left behind still held ${channel} after script.limits.settleMs (${limits.settleMs} ms)${isEmpty ? ', and nothing was said' : ''}`
    const hint = 'redirect its output: command >/dev/null 2>&1 3>&- &, or wait for it'
    found.push(diagnosticOf({ code: 'output-held', severity: isEmpty ? 'error' : 'warning', message, hint }, place))
  } else if (isEmpty) {
    const message = 'the script exited 0 and said nothing: neither a module nor "none"'
    const hint = 'print none where no module is wanted, abstain to use the static configuration'
    found.push(diagnosticOf({ code: 'empty-output', severity: onEmpty === 'fail' ? 'error' : 'warning', message, hint }, place))
  }
  return result.descriptor3 ? [...found, ...ignoredDirectives(result.stdout, path, keys)] : found
}

/** A directive that went to the log: its author may have meant it. */
function ignoredDirectives(stdout: Uint8Array, path: string, keys: readonly string[]): Diagnostic[] {
  const directive = findDirective(stdout, keys)
  if (directive === undefined) return []
  const message = `module=${directive.module} on stdout is log: the answer came on descriptor 3`
  const place = { source: `stdout of ${path}`, line: directive.line, column: directive.column }
  return [
    diagnosticOf({ code: 'stdout-ignored', severity: 'warning', message, hint: 'print directives to descriptor 3 (>&3)' }, place)
  ]
}
