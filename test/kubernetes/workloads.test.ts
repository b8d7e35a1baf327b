import { describe, expect, it } from 'vitest'
import { defineSidecars, injectSidecars, readInjection } from '../../src/kubernetes/index.ts'
import {
  at,
  image,
  inject,
  injected,
  kinds,
  type Manifest,
  modules,
  placeOf,
  podOf,
  type Templates,
  told,
  workloadOf
} from './inject.ts'
import { apiProblems } from './strict-check.ts'

const templates: Templates = { a: { container: { image } } }
const a = modules('a')
const containerNames = (pod: unknown) => (pod as Manifest).spec.initContainers?.map((one: Manifest) => one.name)

describe.each([...kinds, 'bare', 'Rollout'])('%s', (kind) => {
  const options = kind === 'Rollout' ? { at: '/spec/template' } : {}
  it('gets a sidecar in its Pod (template), and gives it back', () => {
    const workload = workloadOf(kind, { metadata: { name: 'web' }, spec: podOf().spec })
    const result = injected(workload, a, templates, options)
    expect(containerNames(at(result, placeOf(kind)))).toEqual(['hermes-a'])
    expect(readInjection(result, options)?.modules).toEqual([{ name: 'a', container: 'hermes-a' }])
    expect(injected(result, modules(), {}, options)).toEqual(workload)
    if (kinds.includes(kind)) expect(apiProblems(result)).toEqual([])
  })
})

describe('at', () => {
  const list = { kind: 'List', items: [{ kind: 'Deployment' }, workloadOf('Deployment', podOf())] }
  it('goes through lists and escapes', () => {
    const odd = { kind: 'Odd', 'a/b~c': { '': [{}, podOf()] } }
    expect(containerNames(at(injected(odd, a, templates, { at: '/a~1b~0c//1' }), '/a~1b~0c//1'))).toEqual(['hermes-a'])
    expect(containerNames(at(injected(list, a, templates, { at: '/items/1/spec/template' }), '/items/1/spec/template'))).toEqual([
      'hermes-a'
    ])
  })

  it('goes before the kind, and may be the root', () => {
    expect(containerNames(injected({ ...podOf(), kind: 'Deployment' }, a, templates, { at: '' }))).toEqual(['hermes-a'])
  })

  it('finds the claims beside the template', () => {
    const set = { kind: 'CloneSet', spec: { template: podOf(), volumeClaimTemplates: [{ metadata: { name: 'v' } }] } }
    const result = inject(set, a, { a: { container: { image }, volumes: [{ name: 'v' }] } }, { at: '/spec/template' })
    expect(result.diagnostics[0]?.path).toBe('/spec/volumeClaimTemplates/0')
  })

  it.each<[string, string, string]>([
    ['/items/7/spec', '/items', 'there is no Pod template at "/items/7/spec"'],
    ['/items/01/spec', '/items', 'there is no Pod template at "/items/01/spec"'],
    ['/items/-', '/items', 'there is no Pod template at "/items/-"'],
    ['/items/1/spec/nothing', '/items/1/spec', 'there is no Pod template at "/items/1/spec/nothing"'],
    ['/kind', '/kind', 'the Pod template is no object'],
    ['/items', '/items', 'the Pod template is no object']
  ])('%s leads nowhere: an error at %s', (place, path, message) => {
    expect(told(inject(list, a, templates, { at: place }), 'error')).toEqual([`invalid-workload ${path}: ${message}`])
    expect(readInjection(list, { at: place })).toBeUndefined()
  })
})

describe('a wrong shape', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'Pod', ': the workload is no object'],
    ['a list', [], ': the workload is no object'],
    ['nothing', null, ': the workload is no object'],
    ['an empty object', {}, ': the Pod has no spec'],
    ['an unknown kind', { kind: 'Deploymnet' }, '/kind: nobody knows where a workload of kind "Deploymnet" has its Pod template'],
    [
      'a kind of every object',
      { kind: 'constructor' },
      '/kind: nobody knows where a workload of kind "constructor" has its Pod template'
    ],
    ['a kind that is no text', { kind: 1 }, '/kind: nobody knows where a workload of kind that is no text has its Pod template'],
    ['a Deployment without a spec', { kind: 'Deployment' }, ': there is no Pod template at "/spec/template"'],
    [
      'a Deployment without a template',
      { kind: 'Deployment', spec: { template: null } },
      '/spec: there is no Pod template at "/spec/template"'
    ],
    [
      'a CronJob without a Job',
      { kind: 'CronJob', spec: {} },
      '/spec: there is no Pod template at "/spec/jobTemplate/spec/template"'
    ],
    [
      'metadata that is none',
      { kind: 'Pod', metadata: 'x', spec: { containers: [{ name: 'a' }] } },
      '/metadata: metadata is no object'
    ],
    [
      'annotations that are none',
      { kind: 'Pod', metadata: { annotations: [] }, spec: { containers: [{ name: 'a' }] } },
      '/metadata/annotations: metadata/annotations is no object'
    ],
    ['a spec that is none', { kind: 'Pod', spec: [] }, '/spec: the spec of the Pod is no object'],
    ['no containers', { kind: 'Pod', spec: {} }, '/spec: the Pod has no containers'],
    ['an empty list of containers', { kind: 'Pod', spec: { containers: [] } }, '/spec/containers: the Pod has no containers'],
    ['containers that are no list', { kind: 'Pod', spec: { containers: {} } }, '/spec/containers: containers is no list'],
    [
      'a container that is none',
      { kind: 'Pod', spec: { containers: ['a'] } },
      '/spec/containers/0: element 0 of containers is no object'
    ],
    [
      'a container without a name',
      { kind: 'Pod', spec: { containers: [{ name: 'a' }, { name: '' }] } },
      '/spec/containers/1: element 1 of containers has no name'
    ],
    [
      'an init container that is null',
      podOf({ initContainers: [null] }),
      '/spec/initContainers/0: element 0 of initContainers is no object'
    ],
    ['a volume without a name', podOf({ volumes: [{}] }), '/spec/volumes/0: element 0 of volumes has no name'],
    ['pull secrets that are no list', podOf({ imagePullSecrets: 'x' }), '/spec/imagePullSecrets: imagePullSecrets is no list']
  ])('of %s is an error', (_, workload, message) => {
    const result = inject(workload as object, a, templates)
    expect(told(result, 'error')).toEqual([`invalid-workload ${message}`])
    expect(readInjection(workload as object)).toBeUndefined()
  })

  it('of a kind that is nearly known gets the remedies', () => {
    expect(inject({ kind: 'Deploymnet' }, a, templates).diagnostics[0]?.hint).toBe(
      'name its place, such as at: \'/spec/template\'; did you mean "Deployment"?'
    )
    expect(inject({ kind: 'Rollout' }, a, templates).diagnostics[0]?.hint).toBe("name its place, such as at: '/spec/template'")
  })

  it('of a Pod that stands in itself, or is nested too deeply, is an error', () => {
    const sidecars = defineSidecars(templates)
    const endless = podOf({ a: {} })
    endless.spec.a.self = endless.spec
    let deep: object = {}
    for (let depth = 0; depth < 100_000; depth++) deep = { deep }
    for (const pod of [endless, podOf({ deep })])
      expect(told(injectSidecars(pod, a, { sidecars }), 'error')).toEqual([
        'invalid-workload : the Pod is nested without end, or too deeply'
      ])
  })

  it('all faults come in one pass', () => {
    const pod = { kind: 'Pod', metadata: { annotations: 1 }, spec: { containers: [1], volumes: [{}] } }
    expect(inject(pod, a, templates).diagnostics.map(({ path }) => path)).toEqual([
      '/metadata/annotations',
      '/spec/containers/0',
      '/spec/volumes/0'
    ])
  })
})

describe('Windows', () => {
  const label = 'kubernetes.io/os'
  const required = (...nodeSelectorTerms: Manifest[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
  })
  const term = (...matchExpressions: Manifest[]) => ({ matchExpressions })
  const on = (operator: string, ...values: string[]) => ({ key: label, operator, values })
  const zone = { key: 'zone', operator: 'In', values: ['windows'] }
  const affinity = '/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution'
  it.each<[string, Manifest, string | undefined]>([
    ['os.name', { os: { name: 'windows' } }, '/spec/os/name'],
    ['os.name linux', { os: { name: 'linux' } }, undefined],
    ['nodeSelector', { nodeSelector: { [label]: 'windows' } }, '/spec/nodeSelector/kubernetes.io~1os'],
    ['nodeSelector linux', { nodeSelector: { [label]: 'linux' } }, undefined],
    ['one term', required(term(on('In', 'windows'))), affinity],
    ['every term', required(term(zone, on('In', 'windows')), term(on('In', 'windows', 'linux'), on('NotIn', 'linux'))), affinity],
    ['requirements that leave it', required(term(on('In', 'windows', 'linux'), on('In', 'windows'))), affinity],
    [
      'a term that no node can match beside it',
      required(term(on('In', 'windows')), {}, term(on('In', 'windows'), on('In', 'linux'))),
      affinity
    ],
    ['one term of two', required(term(on('In', 'windows')), term(zone)), undefined],
    ['a choice', required(term(on('In', 'windows', 'linux'))), undefined],
    ['another label', required(term(zone)), undefined],
    ['what it is not', required(term(on('NotIn', 'linux'))), undefined],
    ['a node by name', required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }), undefined],
    ['no term', required(), undefined],
    [
      'terms of odd shapes',
      required('x', { matchExpressions: [null, 1, { key: label, operator: 'In', values: 'windows' }] }),
      undefined
    ],
    [
      'a preference',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: term(on('In', 'windows')) }]
          }
        }
      },
      undefined
    ],
    ['nulls', { os: null, nodeSelector: null, affinity: { nodeAffinity: null } }, undefined]
  ])('by %s', (_, spec, path) => {
    const result = inject(podOf(spec), a, templates)
    expect(result.ok).toBe(path === undefined)
    expect(told(result, 'error')).toEqual(
      path === undefined ? [] : [`windows-pod ${path}: the Pod runs on Windows, and our sidecars on Linux`]
    )
  })
})

it('a mirror Pod is left alone, and one whose annotation is null is none', () => {
  const mirror = (value: unknown) => inject(podOf({}, { 'kubernetes.io/config.mirror': value }), a, templates)
  expect(mirror('abc')).toMatchObject({ ok: true, patch: [], diagnostics: [{ code: 'mirror-pod', severity: 'note' }] })
  expect(mirror(null).patch).not.toEqual([])
})
