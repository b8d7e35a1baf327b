import { optionsInvalid } from '../errors.ts'
import { HermesError } from '../index.ts'
import { comparison, type ShellComparison } from './compare-shells.ts'
import { type DecisionTable, decisionTable } from './decision-table.ts'
import type { LoaderRun } from './loader-run.ts'
import { contextOf } from './run-context.ts'
import { emptyRun, runLoader, withRun } from './run-loader.ts'
import { type LoaderRunOptions, readRunOptions } from './run-options.ts'
import { type ConfigMapText, configMapSource, fileSource, type OpenSource } from './script-source.ts'
import type { DecisionAxes, DecisionTableOptions } from './table/decision-axes.ts'
import { type Coverage, createCoverage } from './trace/coverage.ts'

/** A loader script under test. */
export interface LoaderScript {
  /**
   * Runs the real script by its real interpreter, in a world of its own (docs/testing.md).
   *
   * @throws HermesError with the codes of `resolveModules()`, WORLD_OPEN and COMMAND_REFUSED; its `run` has the rest
   */
  run(options?: LoaderRunOptions): Promise<LoaderRun>
  /** The lines that traced runs of this script have reached so far, those of libraries that it sources included. */
  coverage(): Promise<Coverage>
  /**
   * Runs it by one interpreter after the other: `['bash', 'dash', 'busybox sh']`. A run that fails has its `error`.
   *
   * @throws HermesError OPTIONS_INVALID
   */
  compareShells(shells: readonly string[], options?: LoaderRunOptions): Promise<ShellComparison>
  /**
   * Runs it in every combination of the axes, several at a time: `{ CLUSTER_ENV: ['production', undefined] }`. Rows hold
   * failures of the script; what an axis says goes before what the options say.
   *
   * @throws HermesError OPTIONS_INVALID, also for more rows than `limit`; what else would fail in every row
   */
  decisionTable(axes: DecisionAxes, options?: DecisionTableOptions): Promise<DecisionTable>
}

/** {@link loaderScript} and what it has. */
export interface MakeLoaderScript {
  /** `options` are defaults for every run: `env`, `commands` and `files` are merged by key, the rest is replaced. */
  (path: string | URL, options?: LoaderRunOptions): LoaderScript
  /** A script that stands in a ConfigMap, as a YAML file or as its text (what `helm template` prints). */
  fromConfigMap(source: string | URL | ConfigMapText, key: string, options?: LoaderRunOptions): LoaderScript
}

/**
 * A loader script to be tested. Whatever is wrong with what is given here, its runs reject with it.
 *
 * @example
 *     const script = loaderScript('deploy/load-sidecars.sh')
 *     const run = await script.run({ env: { CLUSTER_ENV: 'production' }, commands: { kubectl: { stdout: 'zone-a\n' } } })
 */
export const loaderScript: MakeLoaderScript = Object.assign(
  (path: string | URL, options: LoaderRunOptions = {}) => scriptOf(fileSource(path), options),
  {
    fromConfigMap: (source: string | URL | ConfigMapText, key: string, options: LoaderRunOptions = {}) =>
      scriptOf(configMapSource(source, key), options)
  }
)

function scriptOf(open: OpenSource, defaults: LoaderRunOptions): LoaderScript {
  const reached = createCoverage()
  const add = (run: LoaderRun) => {
    const traced = contextOf(run)?.traced
    if (traced) reached.add(traced)
    return run
  }
  const run = async (options: LoaderRunOptions = {}) => {
    try {
      return add(await runLoader(open, readRunOptions(defaults, options)))
    } catch (error) {
      if (!(error instanceof HermesError)) throw error
      if (!('run' in error)) throw withRun(error, emptyRun())
      add(error.run as LoaderRun)
      throw error
    }
  }
  return {
    run,
    decisionTable: (axes, options) => decisionTable(run, axes, options),
    coverage: async () => reached.report(),
    async compareShells(shells, options = {}) {
      if (!Array.isArray(shells) || shells.length === 0 || !shells.every((shell) => typeof shell === 'string'))
        throw optionsInvalid('compareShells()', ['shells takes a list of command lines such as "busybox sh", not an empty one'])
      if (options?.interpreter !== undefined)
        throw optionsInvalid('compareShells()', ['interpreter has no effect: what runs the script is named in shells'])
      const runs: LoaderRun[] = []
      for (const interpreter of shells) runs.push(await run({ ...options, interpreter, reject: false }))
      return comparison(shells, runs)
    }
  }
}
