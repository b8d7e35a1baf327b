import { type ReadInjectionOptions, requireReadOptions } from './inject-options.ts'
import { member } from './json.ts'
import { annotationName, annotationsOf, readOwnership } from './ownership.ts'
import { locate } from './workload.ts'

/** A module whose container is in a workload. */
export interface InjectedModule {
  /** The module. */
  name: string
  /** The config name that was asked for. */
  config?: string
  /** Values of declared keys; it has no prototype. */
  options?: Readonly<Record<string, string>>
  /** The name of its container. */
  container: string
}

/** What {@link readInjection} gives. */
export interface InjectedModules {
  /** In the order of the resolution. */
  modules: InjectedModule[]
  /** The script that decided. */
  script?: {
    /** Of its bytes, in hex. */
    sha256: string
  }
  /** The step that decided, where a record answered. */
  step?: string
  /** ISO 8601, where a record answered. */
  decidedAt?: string
}

/**
 * What we put into a workload, as its annotation says; `undefined` where there is none of ours. It is a claim by whoever wrote the
 * workload.
 *
 * @throws TypeError for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export function readInjection(workload: object, options: ReadInjectionOptions = {}): InjectedModules | undefined {
  requireReadOptions(options)
  const located = locate(workload, options.at)
  const ownership = 'finding' in located ? undefined : readOwnership(member(annotationsOf(located.pod), annotationName))
  return ownership && { modules: ownership.modules.map(({ digest, ...module }) => module), ...ownership.decision }
}
