import type { Node } from 'yaml'
import type { Diagnostic } from '../../index.ts'
import {
  type Injectable,
  type Injection,
  type InjectSidecarsOptions,
  injectSidecars,
  type PatchOperation
} from '../../kubernetes/index.ts'
import { editDocument, extentOf } from './edit-document.ts'
import { changed, stepsOf } from './json-values.ts'
import { offsetOf } from './pointed-place.ts'
import type { TextFile } from './text-file.ts'
import { findWorkloads, isMeant, kinds, type Workload } from './workloads.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** The text of a file with its sidecars, or why there is none. */
export interface InjectedFile {
  /** Nothing where one of the diagnostics is an error. */
  text?: string
  diagnostics: Diagnostic[]
}

/** Which workloads of a file are meant. */
export interface MeantWorkloads {
  file: YamlFile
  workloads: Workload[]
}

/** Reads a file and finds the workloads that are meant; all where `only` names none. */
export function readWorkloads(source: TextFile, only: readonly string[]): MeantWorkloads | { diagnostics: Diagnostic[] } {
  const file = readYaml(source.text)
  if ('fault' in file) return { diagnostics: [source.fault(file.fault, 'invalid-config', hintOf(source.text))] }
  const { workloads, others, faults } = findWorkloads(file)
  if (faults.length > 0) return { diagnostics: faults.map((fault) => source.fault(fault, 'invalid-config')) }
  const there = [...workloads.map(({ name }) => name), ...others]
  if (workloads.length === 0) return { diagnostics: [nothingToInject(source, there)] }
  const missing = only.filter((wanted) => !workloads.some((workload) => isMeant(workload, wanted)))
  if (missing.length > 0) return { diagnostics: missing.map((wanted) => notThere(source, wanted, workloads)) }
  return {
    file,
    workloads: only.length === 0 ? workloads : workloads.filter((one) => only.some((wanted) => isMeant(one, wanted)))
  }
}

function hintOf(text: string): string | undefined {
  return /\{\{/.test(text) ? 'a template has to be rendered first: helm template . | hermes-modules render -f - …' : undefined
}

function nothingToInject({ name }: TextFile, there: readonly string[]): Diagnostic {
  const shown = there.length === 0 ? 'nothing' : shortened(there)
  const message = `nothing here can hold a Pod: there is ${shown}`
  const hint = `name a file with a ${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`
  return { code: 'invalid-workload', severity: 'error', message, hint, source: name }
}

function notThere({ name }: TextFile, wanted: string, workloads: readonly Workload[]): Diagnostic {
  const message = `there is no workload "${wanted}"`
  const hint = `there is ${shortened(workloads.map((workload) => workload.name))}`
  return { code: 'invalid-workload', severity: 'error', message, hint, source: name }
}

function shortened(names: readonly string[]): string {
  const rest = names.length - 5
  return `${names.slice(0, 5).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** Puts the modules into the workloads, and the changes into the text of the file. */
export function injectFile(
  source: TextFile,
  { file, workloads }: MeantWorkloads,
  resolution: Injectable,
  options: InjectSidecarsOptions
): InjectedFile {
  const diagnostics: Diagnostic[] = []
  const patches = new Map<number, PatchOperation[]>()
  const expected = new Map<number, unknown>()
  for (const workload of workloads) {
    const { document, steps } = workload
    const injection = injectWorkload(workload, resolution, options)
    for (const diagnostic of injection.diagnostics) diagnostics.push(located(source, file, document, steps, diagnostic))
    const prefix = steps.map((step) => `/${step}`).join('')
    const moved = injection.patch.map((operation) => ({ ...operation, path: prefix + operation.path }))
    patches.set(document, [...(patches.get(document) ?? []), ...moved])
    expected.set(
      document,
      changed(expected.get(document) ?? rootOf(file, document), steps, { write: injection.workload, insert: false })
    )
  }
  const told = [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()]
  if (told.some(({ severity }) => severity === 'error')) return { diagnostics: told }
  const parts = file.documents.map((_, index) => {
    const patch = patches.get(index) ?? []
    return patch.length === 0
      ? file.text.slice(...extentOf(file, index))
      : edited(source, file, index, { patch, expected: expected.get(index) }, told)
  })
  const text = file.asGiven(parts.join(''))
  const again = readYaml(text)
  if ('fault' in again || again.documents.length !== file.documents.length)
    throw new Error(`${source.name} could not be edited: what came out has other documents`)
  return { text, diagnostics: told }
}

/** Nothing that is injected stands beside the kind: one that only its List names comes in for this, and goes again. */
function injectWorkload(
  { value, kindOfList }: Workload,
  resolution: Injectable,
  options: InjectSidecarsOptions
): Pick<Injection<object>, 'workload' | 'patch' | 'diagnostics'> {
  if (kindOfList === undefined) return injectSidecars(value, resolution, options)
  const { workload, patch, diagnostics } = injectSidecars({ ...value, kind: kindOfList }, resolution, options)
  return { workload: 'kind' in value ? { ...workload, kind: value.kind } : withoutKind(workload), patch, diagnostics }
}

function withoutKind({ kind, ...rest }: { kind: string }): object {
  return rest
}

function located(
  source: TextFile,
  file: YamlFile,
  document: number,
  steps: readonly string[],
  diagnostic: Diagnostic
): Diagnostic {
  if (diagnostic.path === undefined) return diagnostic
  return source.at(offsetOf(file, document, [...steps, ...stepsOf(diagnostic.path)]), diagnostic)
}

/** What a document means; it was read before, so nothing is wrong with it. */
function rootOf(file: YamlFile, index: number): unknown {
  return file.documents[index]?.toJS()
}

function edited(
  source: TextFile,
  file: YamlFile,
  index: number,
  { patch, expected }: { patch: readonly PatchOperation[]; expected: unknown },
  told: Diagnostic[]
): string {
  const { text, writtenOut, isRewritten } = editDocument(file, index, patch, expected)
  for (const alias of writtenOut) told.push(aliasNote(source, alias))
  if (isRewritten) told.push(rewrittenNote(source, file.documents[index]?.range[0] ?? 0))
  return text
}

function aliasNote(source: TextFile, alias: Node): Diagnostic {
  const name = 'source' in alias ? String(alias.source) : ''
  const message = `*${name} is written out here: with the sidecars it is no longer the same as &${name}`
  return source.at(alias.range?.[0] ?? 0, { code: 'alias-written-out', severity: 'note', message })
}

function rewrittenNote(source: TextFile, offset: number): Diagnostic {
  const message = 'this document is written anew: comments and order stay, but spaces and quotes may differ'
  return source.at(offset, { code: 'document-rewritten', severity: 'note', message })
}
