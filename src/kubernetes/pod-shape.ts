import type { Diagnostic } from '../core/diagnostic.ts'
import { jsonPointer } from '../core/json-pointer.ts'
import { found } from './finding.ts'
import { endsSomewhere, isRecord, type Json, member, memberAt } from './json.ts'

type Report = (message: string, ...path: (string | number)[]) => void

/** What of a Pod's shape keeps us from merging. The rest is the server's to judge. */
export function shapeProblems(pod: Json, place: (...path: (string | number)[]) => string): Diagnostic[] {
  const problems: Diagnostic[] = []
  const report: Report = (message, ...path) => problems.push(found('error', 'invalid-workload', message, place(...path)))
  if (!endsSomewhere(pod)) {
    report('the Pod is nested without end, or too deeply')
    return problems
  }
  if (member(pod, 'metadata') !== undefined) {
    checkRecord(pod, ['metadata'], report)
    checkRecord(pod, ['metadata', 'annotations'], report)
  }
  const spec = member(pod, 'spec')
  if (!isRecord(spec)) {
    report(
      spec === undefined ? 'the Pod has no spec' : 'the spec of the Pod is no object',
      ...(spec === undefined ? [] : ['spec'])
    )
    return problems
  }
  if (checkList(spec, 'containers', ['spec'], report) === 0)
    report('the Pod has no containers', 'spec', ...(member(spec, 'containers') === undefined ? [] : ['containers']))
  for (const list of ['initContainers', 'volumes']) checkList(spec, list, ['spec'], report)
  checkList(spec, 'imagePullSecrets', ['spec'], report, [])
  return problems
}

/** What of the target's shape keeps us from adding to it. */
export function targetProblems(target: Json, index: number, place: (...path: (string | number)[]) => string): Diagnostic[] {
  const problems: Diagnostic[] = []
  const report: Report = (message, ...path) => problems.push(found('error', 'invalid-workload', message, place(...path)))
  const at = ['spec', 'containers', index]
  checkList(target, 'env', at, report)
  checkList(target, 'volumeMounts', at, report, ['name', 'mountPath'])
  return problems
}

function checkRecord(pod: Json, path: readonly string[], report: Report): void {
  const value = memberAt(pod, ...path)
  if (value !== undefined && !isRecord(value)) report(`${jsonPointer(path).slice(1)} is no object`, ...path)
}

/** How many elements a list has, when its elements are objects with these members as texts; else a problem each. */
function checkList(of: Json, name: string, at: readonly (string | number)[], report: Report, texts = ['name']): number {
  const list = member(of, name)
  if (list === undefined) return 0
  if (!Array.isArray(list)) {
    report(`${name} is no list`, ...at, name)
    return -1
  }
  for (const [index, element] of list.entries()) {
    if (!isRecord(element)) report(`element ${index} of ${name} is no object`, ...at, name, index)
    for (const text of isRecord(element) ? texts : [])
      if (typeof member(element, text) !== 'string' || member(element, text) === '')
        report(`element ${index} of ${name} has no ${text}`, ...at, name, index)
  }
  return list.length
}
