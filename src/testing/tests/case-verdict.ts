import { AssertionError } from 'node:assert'
import type { HermesError, StaticModule } from '../../index.ts'
import { assertResolves } from '../assert-resolves.ts'
import { isFailureOfScript } from '../decision-table.ts'
import type { LoaderRun } from '../loader-run.ts'
import { contextOf } from '../run-context.ts'
import type { Expectation, ExpectedModule } from './test-file.ts'

/** What a case's run gave: the run, or what could not be run. */
export type CaseOutcome = { run: LoaderRun } | { thrown: HermesError }

/** Why a run is not what its case expects; nothing where it is. */
export async function verdictOf(outcome: CaseOutcome, expected: Expectation): Promise<Error | undefined> {
  const failure = failureOf(outcome)
  if ('error' in expected) {
    if (failure?.code === expected.error) return undefined
    return 'thrown' in outcome ? outcome.thrown : otherOutcome(outcome.run, expected.error)
  }
  if ('thrown' in outcome) return outcome.thrown
  try {
    await assertResolves(outcome.run, expected as readonly StaticModule[])
    return undefined
  } catch (error) {
    if (error instanceof AssertionError) return error
    throw error
  }
}

/** What the case would have to expect; nothing where that is no answer of the script, so that nobody should. */
export function actualOf(outcome: CaseOutcome): Expectation | undefined {
  if ('thrown' in outcome) return undefined
  const { error, refused, modules } = outcome.run
  if (error === undefined) return modules.map(writtenModule)
  const isAnswer = isFailureOfScript(error) && error.code !== 'ERR_HERMES_COMMAND_REFUSED' && refused.length === 0
  return isAnswer ? { error: error.code } : undefined
}

function failureOf(outcome: CaseOutcome): HermesError | undefined {
  return 'thrown' in outcome ? outcome.thrown : outcome.run.error
}

/** A module as a case writes it: by its name alone where nothing else is known. */
function writtenModule({ name, config, options }: LoaderRun['modules'][number]): ExpectedModule {
  if (config === undefined && Object.keys(options).length === 0) return name
  return { module: name, ...(config !== undefined && { config }), ...options }
}

function otherOutcome(run: LoaderRun, code: string): AssertionError {
  const { source } = contextOf(run) ?? {}
  const folder = source ? source.path.slice(0, source.path.lastIndexOf('/') + 1) : ''
  const actual = run.error ? `failed with ${run.error.code}` : run.modules.length === 0 ? 'gave none' : 'gave modules'
  const lines = run.error
    ? run.error.message.replaceAll(folder, '').split('\n')
    : run.modules.map((module) => JSON.stringify(writtenModule(module)))
  return new AssertionError({
    message: [
      `${source?.name ?? 'the loader script'} was expected to fail with ${code}, and ${actual}${lines.length > 0 ? ':' : ''}`,
      ...lines.map((line) => `  ${line}`)
    ].join('\n'),
    actual: run.error?.code ?? run.modules.map(writtenModule),
    expected: code,
    operator: 'runLoaderTests',
    stackStartFn: verdictOf
  })
}
