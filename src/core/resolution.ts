import type { ScriptMessage } from './directive-reader.ts'

/** What a config name stands for: JSON values. They are public: never put a secret there, but the name under which it is found. */
export type Settings = Readonly<Record<string, unknown>>

/** Where a module was asked for. */
export interface ModuleOrigin {
  /** A script's output, a static configuration's file, `HERMES_MODULES`, or an object given as option. */
  kind: 'script' | 'file' | 'env' | 'inline'
  /** The script's path, the file, `HERMES_MODULES` or `<inline>`. */
  source: string
  /** From 1; of a script, a line of its output. */
  line?: number
  /** From 1, in UTF-16 code units. */
  column?: number
}

/** One resolved module, its name and settings typed. */
export interface ModuleOf<Name extends string, S> {
  /** The module. */
  name: Name
  /** The config name that was asked for. */
  config?: string
  /** What the config name stands for; `{}` without one. With a schema, what that makes of it. */
  settings: S
  /** Values of declared keys; it has no prototype. */
  options: Readonly<Record<string, string>>
  /** Where it was asked for. */
  origin: ModuleOrigin
}

/** A resolved module, whatever its catalog. */
export interface ModuleLike {
  readonly name: string
  readonly config?: string | undefined
  readonly settings: object
  readonly options: Readonly<Record<string, string>>
  readonly origin: ModuleOrigin
}

/** One run of a loader script. */
export interface ScriptRun {
  /** Absolute, links unresolved. */
  path: string
  /** Of the script's bytes, in hex. */
  sha256: string
  /** The argv before the script, such as `['/bin/bash', '-e']`. */
  interpreter: readonly string[]
  /** Milliseconds from its start to its exit. */
  durationMs: number
  /** Its last 64 KiB. */
  stderr: string
  /** Its `note=` and `warning=` lines. */
  messages: ScriptMessage[]
}

/** Why modules were decided as they were, by a step that decided. */
export type DecidedReason =
  | 'script-ran'
  | 'script-empty'
  | 'script-masked'
  | 'script-absent'
  | 'script-disabled'
  | 'script-abstained'
  | 'script-failed'

/** The decision that a record holds. */
export interface RecordedDecision {
  /** Of the store. */
  location: string
  /** The step that decided. */
  step?: string
  /** ISO 8601. */
  decidedAt: string
  /** The deciding step's. */
  reason: DecidedReason
  /** What has changed since: 'script', 'interpreter', 'static', 'keys' or a variable's name. */
  changedInputs: readonly string[]
}
