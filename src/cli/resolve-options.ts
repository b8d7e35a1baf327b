import type { RecordOptions, ResolveModulesOptions, ScriptOptions } from '../index.ts'
import type { CommandIo } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'

const scriptFlags = ['args', 'interpreter', 'sha256', 'trust', 'on-failure', 'on-absent', 'on-empty']
const limitFlags = ['timeout-ms', 'kill-grace-ms', 'settle-ms', 'max-output-bytes', 'max-directives']
const recordFlags = ['record-name', 'record-mode', 'inputs', 'on-inputs-changed', 'on-unusable']

/** The options of `resolveModules()` that flags stand for. @throws UsageError for flags that exclude one another */
export function resolveOptions(invocation: Invocation, io: CommandIo): ResolveModulesOptions {
  const { values } = invocation
  const problems = exclusions(invocation, io)
  if (problems.length > 0) throw new UsageError(problems, invocation.command.name)
  return {
    script: values.has('no-script') ? false : scriptOptions(invocation),
    staticConfig: values.has('no-static-config') ? false : one(values, 'static-config'),
    record: values.has('no-record') ? false : recordOptions(values, io),
    keys: many(values, 'keys'),
    step: one(values, 'step'),
    cwd: io.cwd,
    // The process's own environment is filtered by resolveModules(); another one is given as it is.
    env: io.env === process.env ? undefined : io.env,
    signal: io.signal
  }
}

function scriptOptions({ values, operands, passed }: Invocation): ScriptOptions {
  const limits = limitFlags.map((flag) => [camelCase(flag), one(values, flag)] as const)
  const named = ['trust', 'on-failure', 'on-absent', 'on-empty'].map((flag) => [camelCase(flag), one(values, flag)] as const)
  return {
    path: one(values, 'script') ?? operands[0],
    args: [...(many(values, 'args') ?? []), ...passed],
    interpreter: one(values, 'interpreter'),
    sha256: one(values, 'sha256'),
    limits: Object.fromEntries(limits.map(([name, value]) => [name, value === undefined ? undefined : Number(value)])),
    // The table holds what each takes.
    ...(Object.fromEntries(named) as Pick<ScriptOptions, 'trust' | 'onFailure' | 'onAbsent' | 'onEmpty'>)
  }
}

function recordOptions(values: Invocation['values'], io: CommandIo): ResolveModulesOptions['record'] {
  const dir = recordFolder(values, io)
  if (dir === undefined) return undefined
  return {
    dir,
    name: one(values, 'record-name'),
    mode: one(values, 'record-mode') as RecordOptions['mode'],
    inputs: many(values, 'inputs'),
    onInputsChanged: one(values, 'on-inputs-changed') as RecordOptions['onInputsChanged'],
    onUnusable: one(values, 'on-unusable') as RecordOptions['onUnusable']
  }
}

function recordFolder(values: Invocation['values'], io: CommandIo): string | undefined {
  return one(values, 'record') ?? (io.env['HERMES_RECORD'] || undefined)
}

function exclusions({ values, operands, passed }: Invocation, io: CommandIo): string[] {
  const problems: string[] = []
  const given = (flags: readonly string[]) => flags.filter((flag) => values.has(flag)).map((flag) => `--${flag}`)
  const operand = operands.map((path) => `the argument "${path}"`)
  const [named, ...others] = [...given(['script']), ...operand]
  if (others.length > 0) problems.push(`${named} and ${others.join(', ')} name the script: one of them is enough`)
  const forScript = [
    ...given(['script']),
    ...operand,
    ...given([...scriptFlags, ...limitFlags]),
    ...(passed.length > 0 ? ['--'] : [])
  ]
  if (values.has('no-script') && forScript.length > 0)
    problems.push(`--no-script runs no script, so it takes nothing of it: ${forScript.join(', ')}`)
  if (values.has('no-static-config') && values.has('static-config'))
    problems.push('--no-static-config and --static-config exclude each other')
  const forRecord = given(recordFlags)
  if (values.has('no-record') && (forRecord.length > 0 || values.has('record')))
    problems.push(`--no-record keeps none, so it takes nothing of it: ${[...given(['record']), ...forRecord].join(', ')}`)
  else if (forRecord.length > 0 && recordFolder(values, io) === undefined)
    problems.push(`${forRecord.join(', ')}: of which record? --record takes its folder`)
  if (one(values, 'on-failure') === 'last-good' && (values.has('no-record') || recordFolder(values, io) === undefined))
    problems.push('--on-failure last-good takes the answer of a record: --record takes its folder')
  return problems
}

/** The value of a flag that is given once. */
export function one(values: Invocation['values'], flag: string): string | undefined {
  return many(values, flag)?.[0]
}

/** The values of a flag that repeats. */
export function many(values: Invocation['values'], flag: string): readonly string[] | undefined {
  const given = values.get(flag)
  return given === true ? undefined : given
}

function camelCase(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
