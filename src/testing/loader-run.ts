import type { Diagnostic, Directive, HermesError, Reason, ResolvedModule, ScriptMessage } from '../index.ts'

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
  /** Absent for an untraced run. */
  trace?: { state: 'full' | 'partial' | 'none'; reason?: string; line?: number }
  /** Absent for an untraced run. */
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

/** The command that printed a directive; without a place where that can't be known. */
export interface Blame {
  module: string
  config?: string
  source?: string
  line?: number
}
