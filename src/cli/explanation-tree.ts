import { formatDiagnostics, type ResolutionExplanation, type ResolveModulesOptions } from '../index.ts'
import { inFlags } from './flag-words.ts'
import { printable } from './printable.ts'

interface Branch {
  text: string
  below?: readonly Branch[]
}

/** The way of a decision, step by step, as it would be gone. */
export function explanationTree(explanation: ResolutionExplanation, options: ResolveModulesOptions, color: boolean): string {
  const { diagnostics } = explanation
  const steps = [recordStep(explanation), scriptStep(explanation), staticStep(explanation)]
  const tree = [
    printable(outcome(explanation, options)),
    ...steps.flatMap((step, index) => drawn(step, '', index === steps.length - 1))
  ]
  return diagnostics.length === 0
    ? tree.join('\n')
    : `${tree.join('\n')}\n\n${inFlags(formatDiagnostics(diagnostics, { color }))}`
}

function drawn({ text, below = [] }: Branch, indent: string, last: boolean): string[] {
  const inner = `${indent}${last ? '   ' : '│  '}`
  return [
    `${indent}${last ? '└─ ' : '├─ '}${printable(text).replaceAll('\n', ' ')}`,
    ...below.flatMap((branch, index) => drawn(branch, inner, index === below.length - 1))
  ]
}

/** What `resolve` would do, as far as it shows without running the script. */
function outcome({ script, record, staticConfig, diagnostics }: ResolutionExplanation, options: ResolveModulesOptions): string {
  const mode = modeOf(options)
  if (record?.state === 'whole' && mode === 'reuse')
    return `The record answers, and no script runs: ${names(record.modules?.map(({ name }) => name) ?? [])}`
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'It would fail: the errors are below'
  const then =
    record && mode === 'verify' ? ', and its answer is held against the record' : record ? ', and its answer is recorded' : ''
  switch (script.state) {
    case 'present':
      return `The script runs${then}`
    case 'masked':
    case 'empty':
      return `The script is ${script.state}, which means no module`
    default:
      return `No script runs, the static configuration decides: ${names(staticConfig.modules)}`
  }
}

function modeOf({ record, env = process.env }: ResolveModulesOptions): string {
  const named = typeof record === 'object' && 'mode' in record ? record.mode : undefined
  return named ?? (env['HERMES_RECORD_MODE'] || 'reuse')
}

function recordStep({ record }: ResolutionExplanation): Branch {
  if (!record) return { text: 'Record: none is kept' }
  const { location, state, decision, modules } = record
  const states: Readonly<Record<string, string>> = {
    whole: 'has an answer',
    none: 'has no answer yet',
    newer: 'is of a newer version of this package',
    full: 'is full of damaged answers',
    unusable: "can't be used"
  }
  const below: Branch[] = []
  if (modules)
    below.push({ text: `Modules: ${names(modules.map(({ name, config }) => (config ? `${name} with ${config}` : name)))}` })
  if (decision) {
    const who = decision.step === undefined ? 'a step without a name' : `step "${decision.step}"`
    below.push({ text: `Decided by ${who} at ${decision.decidedAt} (${decision.reason})` })
    below.push({
      text:
        decision.changedInputs.length === 0
          ? 'Nothing that it depends on has changed'
          : `Changed since: ${names(decision.changedInputs)}`
    })
  }
  return { text: `Record: ${location} ${states[state] ?? state}`, below }
}

function scriptStep({ script, env }: ResolutionExplanation): Branch {
  if (script.path === undefined)
    return { text: `Script: none, switched off ${script.namedBy === 'option' ? 'on the command line' : `by ${script.namedBy}`}` }
  const below: Branch[] = []
  if (script.sha256 !== undefined) below.push({ text: `SHA-256 ${script.sha256}` })
  if (script.interpreter) {
    const { argv, namedBy: by, found } = script.interpreter
    const because = by === '#!' ? 'its #! line says so' : by === 'option' ? '--interpreter says so' : 'it has no #! line'
    below.push({ text: `Run by ${argv.join(' ')}, because ${because}${found ? '' : '; it is not there'}` })
  }
  if (script.trust)
    below.push({
      text: `Trust "${script.trust.level}": ${script.trust.ok ? 'passes' : 'refused, anybody could have written it'}`
    })
  if (script.state === 'present')
    below.push({ text: `Gets ${env.length} ${env.length === 1 ? 'variable' : 'variables'}`, below: [{ text: names(env) }] })
  return { text: `Script: ${script.path} (${namedBy(script.namedBy)}) is ${script.state}`, below }
}

function staticStep({ staticConfig }: ResolutionExplanation): Branch {
  const { lookedAt, found, modules, configs } = staticConfig
  const files = lookedAt.map((file) => ({ text: `${file}${file === found ? ', found' : ''}` }))
  if (found === undefined && lookedAt.length === 0 && modules.length === 0) return { text: 'Static configuration: none' }
  return {
    text: `Static configuration: ${found ?? 'no file is there'}`,
    below: [
      ...(files.length > 0 ? [{ text: 'Looked for', below: files }] : []),
      { text: `Modules: ${names(modules)}` },
      { text: `Configs: ${names(configs)}` }
    ]
  }
}

function namedBy(by: string): string {
  return by === 'option' ? 'named on the command line' : by === 'default' ? 'the default path' : `named by ${by}`
}

function names(list: readonly string[]): string {
  return list.length === 0 ? 'none' : list.join(', ')
}
