import { cleanInPlace } from '../core/clean-text.ts'
import { formatDirectives } from '../index.ts'
import type { LoaderRun } from './loader-run.ts'
import { contextOf } from './run-context.ts'
import type { ScriptSource } from './script-source.ts'
import { constructsIn } from './shell-constructs.ts'

/** One script under several shells. */
export interface ShellComparison {
  /** All gave the same modules, or failed alike; a shell that isn't there agrees with none. */
  agree: boolean
  /** In the order of the shells; one that failed has its `error`. */
  runs: readonly LoaderRun[]
  /** What each gave, and, where they differ, the known constructs of the script with the POSIX way to write them. */
  toString(): string
}

/** Tells runs of one script by several shells apart. */
export function comparison(shells: readonly string[], runs: readonly LoaderRun[]): ShellComparison {
  const isMissing = runs.some(({ error }) => error?.code === 'ERR_HERMES_INTERPRETER_NOT_FOUND')
  const agree = !isMissing && new Set(runs.map(outcomeOf)).size <= 1
  const source = runs[0] && contextOf(runs[0])?.source
  const summary = `${source?.name ?? 'the loader script'}: the shells ${agree ? 'agree' : 'differ'}`
  const told = [summary, ...table(shells, runs), ...(agree || source === undefined ? [] : causes(source))]
  return { agree, runs, toString: () => told.join('\n') }
}

function outcomeOf({ modules, error }: LoaderRun): string {
  return error ? error.code : formatDirectives(modules.map(({ name, config, options }) => ({ module: name, config, options })))
}

function table(shells: readonly string[], runs: readonly LoaderRun[]): string[] {
  const width = Math.max(...shells.map((shell) => shell.length))
  return runs.flatMap((run, index) => {
    const [first = 'none', ...rest] = outcomeOf(run)
      .split('\n')
      .filter((line) => line !== '')
    const said = run.stderr
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .slice(-3)
    return [
      `  ${(shells[index] ?? '').padEnd(width)}  ${first}`,
      ...[...rest, ...said.map((line) => `| ${cleanInPlace(withoutFolder(line, run))}`)].map(
        (line) => `  ${' '.repeat(width)}  ${line}`
      )
    ]
  })
}

function withoutFolder(line: string, run: LoaderRun): string {
  const path = contextOf(run)?.source.path
  return path === undefined ? line : line.replaceAll(path.slice(0, path.lastIndexOf('/') + 1), '')
}

/** With the lines of the file that people edit, where they are known. */
function causes(source: ScriptSource): string[] {
  const found = constructsIn(source.text())
  const place = (line: number) => (source.lineOf(line) === undefined ? `line ${line} of its text` : `line ${source.lineOf(line)}`)
  const lines = found.map(({ line, name, remedy }) => `  ${place(line)}: ${name}; POSIX: ${remedy}`)
  return found.length === 0 ? [] : ['not every shell knows:', ...lines]
}
