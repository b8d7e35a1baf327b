import type { Diagnostic, Directive, HermesError, Reason, ResolvedModule, ScriptMessage } from '../index.ts'
import type { Blame, TraceState } from './trace/trace-run.ts'

/** What one run of a loader script gave. */
export interface LoaderRun {
  /** As `resolveModules()` gives them; empty where the run failed. */
  modules: readonly ResolvedModule[]
  /** As the script printed them. */
  directives: readonly Directive[]
  /** Absent where the run failed. */
  reason?: Reason
  messages: readonly ScriptMessage[]
  diagnostics: readonly Diagnostic[]
  stdout: string
  /** Of a script that answers on descriptor 3. */
  descriptor3?: string
  /** Its last 64 KiB. */
  stderr: string
  /** Of a script that ended by itself. */
  exitCode?: number
  /** Calls of stubs, in the order of their start. */
  calls: readonly CommandCall[]
  /** Calls that were refused, those of tools of the network among them. */
  refused: readonly CommandCall[]
  /** Commands that a shell reported missing, each once. */
  notFound: readonly string[]
  /** How far the run could be traced; absent for an untraced run. */
  trace?: TraceState
  /** What printed each of `directives`; absent for an untraced run. */
  blame?: readonly Blame[]
  /** What the run would have been rejected with; with `reject: false` only. */
  error?: HermesError
}

/** What a run is rejected with. */
export type LoaderRunError = HermesError & { readonly run: LoaderRun }

/** One call of a command. */
export interface CommandCall {
  command: string
  /** Bytes that are no UTF-8 are replaced by U+FFFD. */
  args: readonly string[]
  /** What it read of its stdin. */
  stdin: string
  /** 125 where the call was refused, or had no answer when the run ended. */
  exitCode: number
}
