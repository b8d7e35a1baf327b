import jsonPatch from 'fast-json-patch'
import { expect } from 'vitest'
import {
  defineSidecars,
  type Injectable,
  type Injection,
  type InjectSidecarsOptions,
  injectSidecars,
  type PatchOperation,
  type SidecarDefinition
} from '../../src/kubernetes/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by their paths
export type Manifest = any

export const image = 'registry.example/module:1'
export const small = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } }

type ModuleGiven = string | { name: string; config?: string; settings?: object; options?: Record<string, string> }

/** A resolution of these modules. */
export function modules(...given: ModuleGiven[]): Injectable {
  return {
    modules: given.map((one) => ({
      settings: {},
      options: {},
      origin: { kind: 'script' as const, source: '/etc/hermes/load-sidecars.sh', line: 1 },
      ...(typeof one === 'string' ? { name: one } : one)
    }))
  }
}

export type Templates = Readonly<Record<string, SidecarDefinition>>

export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const one of Object.values(value)) deepFreeze(one)
  }
  return value
}

export function copyOf<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

/** What the oracle makes of a patch. */
export function patched(workload: unknown, patch: readonly PatchOperation[]): unknown {
  return jsonPatch.applyPatch(copyOf(workload), copyOf(patch) as jsonPatch.Operation[], true, false).newDocument
}

/** Injects into a frozen copy, and holds the answer against the oracle. */
export function inject<W extends object>(
  workload: W,
  resolution: Injectable,
  templates: Templates,
  options: Omit<InjectSidecarsOptions, 'sidecars'> = {}
): Injection<W> {
  const frozen = deepFreeze(copyOf(workload))
  const result = injectSidecars(frozen, resolution, { sidecars: defineSidecars(templates), ...options })
  expect(result.ok).toBe(!result.diagnostics.some(({ severity }) => severity === 'error'))
  expect(patched(workload, result.patch)).toStrictEqual(copyOf(result.workload))
  expect(result.patch.filter(({ op }) => (op as string) === 'test')).toEqual([])
  if (!result.ok) expect(result).toMatchObject({ workload: frozen, patch: [] })
  return result
}

/** The same, where it has to go well. */
export function injected<W extends object>(
  workload: W,
  resolution: Injectable,
  templates: Templates,
  options: Omit<InjectSidecarsOptions, 'sidecars'> = {}
): Manifest {
  const result = inject(workload, resolution, templates, options)
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return result.workload
}

/** `code path: message` of the diagnostics of one severity. */
export function told(result: Pick<Injection<object>, 'diagnostics'>, severity: string): string[] {
  return result.diagnostics
    .filter((one) => one.severity === severity)
    .map(({ code, path, message }) => `${code}${path === undefined ? '' : ` ${path}`}: ${message}`)
}

/** What stands at a place. */
export function at(workload: unknown, pointer: string): unknown {
  return jsonPatch.getValueByPointer(workload, pointer)
}

/** A Pod of one app container; members of `spec` as given. */
export function podOf(spec: Manifest = {}, annotations?: Record<string, unknown>): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...(annotations && { annotations }) },
    spec: { containers: [{ name: 'app', image: 'registry.example/web:1' }], ...spec }
  }
}

/** A workload of this kind around a Pod template. */
export function workloadOf(kind: string, template: Manifest): Manifest {
  const labels = { app: 'web' }
  const metadata = { ...template.metadata, labels }
  const pod = { ...template, metadata }
  const selector = kind === 'ReplicationController' ? labels : { matchLabels: labels }
  switch (kind) {
    case 'Pod':
      return { apiVersion: 'v1', kind, ...template }
    case 'PodTemplate':
      return { apiVersion: 'v1', kind, metadata: { name: 'web' }, template: pod }
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata: { name: 'web' }, spec: { template: pod } }
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata: { name: 'web' },
        spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: pod } } }
      }
    case 'bare':
      return template
    case 'Rollout':
      return { apiVersion: 'argoproj.io/v1alpha1', kind, metadata: { name: 'web' }, spec: { template: pod } }
    default: {
      const apiVersion = kind === 'ReplicationController' ? 'v1' : 'apps/v1'
      const service = kind === 'StatefulSet' && { serviceName: 'web' }
      return { apiVersion, kind, metadata: { name: 'web' }, spec: { selector, ...service, template: pod } }
    }
  }
}

export const kinds = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'PodTemplate'
]

/** Where the Pod (template) of a kind is. */
export function placeOf(kind: string): string {
  if (kind === 'Pod' || kind === 'bare') return ''
  if (kind === 'PodTemplate') return '/template'
  return kind === 'CronJob' ? '/spec/jobTemplate/spec/template' : '/spec/template'
}
