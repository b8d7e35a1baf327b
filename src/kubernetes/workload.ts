import { quote } from '../core/clean-text.ts'
import { jsonPointer } from '../core/json-pointer.ts'
import { didYouMean } from '../core/suggest.ts'
import { type Finding, finding } from './finding.ts'
import { isRecord, type Json, listOf, member, textOf } from './json.ts'

/** The Pod, or the Pod template, in a workload. */
export interface Located {
  pod: Json
  /** From the workload's root to it. */
  steps: readonly string[]
  /** A template's Pods are yet to be made: admission has not seen it. */
  isTemplate: boolean
  /** Beside a template: volumes by the name of a claim. */
  claims: readonly unknown[]
}

const places: Readonly<Record<string, string>> = {
  Pod: '',
  Deployment: '/spec/template',
  StatefulSet: '/spec/template',
  DaemonSet: '/spec/template',
  ReplicaSet: '/spec/template',
  ReplicationController: '/spec/template',
  Job: '/spec/template',
  CronJob: '/spec/jobTemplate/spec/template',
  PodTemplate: '/template'
}

/** Finds the Pod (template): by kind, or at a place that the caller names. */
export function locate(workload: unknown, at: string | undefined): Located | Finding {
  if (!isRecord(workload)) return finding('invalid-workload', 'the workload is no object', '')
  const kind = member(workload, 'kind')
  const pointer = at ?? (kind === undefined ? '' : placeOf(kind))
  if (pointer === undefined) return unknownKind(kind)
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let pod: unknown = workload
  let owner: unknown
  for (const [depth, step] of steps.entries()) {
    owner = pod
    pod = Array.isArray(pod) ? (/^(0|[1-9]\d*)$/.test(step) ? pod[Number(step)] : undefined) : member(pod, step)
    if (pod === undefined || pod === null)
      return finding('invalid-workload', `there is no Pod template at ${quote(pointer)}`, jsonPointer(steps.slice(0, depth)))
  }
  if (!isRecord(pod)) return finding('invalid-workload', 'the Pod template is no object', jsonPointer(steps))
  return { pod, steps, isTemplate: textOf(pod, 'kind') !== 'Pod', claims: listOf(owner, 'volumeClaimTemplates') }
}

function placeOf(kind: unknown): string | undefined {
  return typeof kind === 'string' && Object.hasOwn(places, kind) ? places[kind] : undefined
}

function unknownKind(kind: unknown): Finding {
  const shown = typeof kind === 'string' ? quote(kind) : 'that is no text'
  const meant = typeof kind === 'string' ? didYouMean(kind, Object.keys(places)) : undefined
  return finding(
    'invalid-workload',
    `nobody knows where a workload of kind ${shown} has its Pod template`,
    '/kind',
    `name its place, such as at: '/spec/template'${meant?.startsWith('did') ? `; ${meant}` : ''}`
  )
}

/** A copy of a workload with another Pod (template) in the place of the one that is there. */
export function withPod(workload: unknown, [step, ...rest]: readonly string[], pod: Json): unknown {
  if (step === undefined) return pod
  if (Array.isArray(workload)) return workload.map((one, index) => (index === Number(step) ? withPod(one, rest, pod) : one))
  return { ...(workload as Json), [step]: withPod((workload as Json)[step], rest, pod) }
}
