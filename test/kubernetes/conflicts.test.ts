import { describe, expect, it } from 'vitest'
import { at, image, inject, injected, type Manifest, modules, podOf, type Templates, told, workloadOf } from './inject.ts'

const app = (members: Manifest = {}) => ({ name: 'app', image: 'registry.example/web:1', ...members })
const other = (name: string, members: Manifest = {}) => ({ name, image: 'o:1', ...members })
const volume = (source: Manifest): Templates => ({ a: { container: { image }, volumes: [{ name: 'v', ...source }] } })
const plain: Templates = { a: { container: { image } } }
const mounting: Templates = { a: { container: { image, volumeMounts: [{ name: 'nope', mountPath: '/x' }] } } }
const ports: Templates = { a: { container: { image, ports: [{ name: 'metrics', containerPort: 9 }] } } }
const shares: Templates = { a: { container: { image }, shareProcessNamespace: true } }
const a = modules('a')

const refusals: [string, Manifest, Templates, string][] = [
  [
    'a container of our name',
    podOf({ containers: [app(), other('hermes-a')] }),
    plain,
    '/spec/containers/1: module "a" needs a container "hermes-a", and the Pod has one that is not ours'
  ],
  [
    'an init container of our name',
    podOf({ initContainers: [other('x'), other('hermes-a')] }),
    plain,
    '/spec/initContainers/1: module "a" needs a container "hermes-a", and the Pod has one that is not ours'
  ],
  [
    'an ephemeral container of our name',
    podOf({ ephemeralContainers: [other('hermes-a')] }),
    plain,
    '/spec/ephemeralContainers/0: module "a" needs a container "hermes-a", and the Pod has one that is not ours'
  ],
  [
    'a volume with another source',
    podOf({ volumes: [other('x'), { name: 'v', hostPath: { path: '/v' } }] }),
    volume({ emptyDir: {} }),
    '/spec/volumes/1: a template gives volume "v", and the Pod has one with another source'
  ],
  [
    'a volume with other contents',
    podOf({ volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }] }),
    volume({ emptyDir: { sizeLimit: '2Gi' } }),
    '/spec/volumes/0: a template gives volume "v", and the Pod has one with another source'
  ],
  ['a mount of no volume', podOf(), mounting, '/spec: the template of "a" mounts volume "nope", which nobody defines'],
  [
    'a mount of no volume beside others',
    podOf({ volumes: [{ name: 'x' }] }),
    mounting,
    '/spec/volumes: the template of "a" mounts volume "nope", which nobody defines'
  ],
  [
    'a port name of the app',
    podOf({ containers: [app({ ports: [{ containerPort: 1 }, { name: 'metrics', containerPort: 2 }] })] }),
    ports,
    '/spec/containers/0/ports/1: module "a" has a port "metrics", and so has container "app"'
  ],
  [
    'shareProcessNamespace false',
    podOf({ shareProcessNamespace: false }),
    shares,
    '/spec/shareProcessNamespace: a template needs shareProcessNamespace, and the Pod says false'
  ],
  [
    'hostPID',
    podOf({ hostPID: true }),
    shares,
    '/spec/hostPID: a template needs shareProcessNamespace, which can not be with hostPID'
  ]
]

describe.each(refusals)('%s', (_, pod, templates, message) => {
  it.each(['Pod', 'Deployment', 'CronJob'])('in a %s is an error with its place', (kind) => {
    const workload = workloadOf(kind, pod)
    const result = inject(workload, a, templates)
    const prefix = { Pod: '', Deployment: '/spec/template', CronJob: '/spec/jobTemplate/spec/template' }[kind]
    expect(told(result, 'error')).toEqual([`injection-conflict ${prefix}${message}`])
    expect(at(workload, result.diagnostics.find(({ severity }) => severity === 'error')?.path ?? '')).toBeDefined()
  })
})

it('a claim of a StatefulSet counts as a volume', () => {
  const workload = workloadOf('StatefulSet', podOf())
  workload.spec.volumeClaimTemplates = [{ metadata: { name: 'x' } }, { metadata: { name: 'v' } }]
  expect(told(inject(workload, a, volume({ emptyDir: {} })), 'error')).toEqual([
    'injection-conflict /spec/volumeClaimTemplates/1: a template gives volume "v", which is a claim of the workload'
  ])
})

it.each<[string, Manifest, Manifest]>([
  ['emptyDir', { emptyDir: {} }, { emptyDir: {} }],
  ['emptyDir: null', { emptyDir: null }, { emptyDir: {} }],
  ['a name only', {}, { emptyDir: {} }],
  ['an empty medium', { emptyDir: { medium: '' } }, {}],
  ['a rewritten quantity', { emptyDir: { sizeLimit: '1Gi' } }, { emptyDir: { sizeLimit: '1024Mi' } }],
  ['defaultMode of a configMap', { configMap: { name: 'c', defaultMode: 420 } }, { configMap: { name: 'c' } }],
  [
    'defaultMode of a secret',
    { secret: { secretName: 's', defaultMode: 420, optional: false } },
    { secret: { secretName: 's' } }
  ],
  ['the type of a hostPath', { hostPath: { path: '/v', type: '' } }, { hostPath: { path: '/v' } }],
  [
    'apiVersion of a fieldRef',
    { downwardAPI: { defaultMode: 420, items: [{ path: 'l', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } }] } },
    { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } }
  ],
  [
    'a projected token',
    { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }
  ],
  [
    'the pull policy of an image',
    { image: { reference: 'r.example:5000/x:1', pullPolicy: 'IfNotPresent' } },
    { image: { reference: 'r.example:5000/x:1' } }
  ],
  [
    'the pull policy of a moving image',
    { image: { reference: 'r.example:5000/x', pullPolicy: 'Always' } },
    { image: { reference: 'r.example:5000/x' } }
  ],
  [
    'an ephemeral claim',
    {
      ephemeral: {
        volumeClaimTemplate: { metadata: {}, spec: { volumeMode: 'Filesystem', resources: { requests: { storage: '1Gi' } } } }
      }
    },
    { ephemeral: { volumeClaimTemplate: { spec: { resources: { requests: { storage: '1024Mi' } } } } } }
  ]
])('a volume that is there alike but for %s is left to them', (_, theirs, ours) => {
  const pod = podOf({ volumes: [{ name: 'v', ...theirs }] })
  const workload = injected(pod, a, volume(ours))
  expect(workload.spec.volumes).toEqual(pod.spec.volumes)
  expect(injected(workload, modules(), {})).toEqual(pod)
})

it.each<[string, Manifest, Manifest]>([
  ['another mode', { configMap: { name: 'c', defaultMode: 256 } }, { configMap: { name: 'c' } }],
  ['another type', { hostPath: { path: '/v', type: 'Directory' } }, { hostPath: { path: '/v' } }],
  ['another pull policy', { image: { reference: 'x:1', pullPolicy: 'Always' } }, { image: { reference: 'x:1' } }],
  ['a member more', { secret: { secretName: 's', items: [] } }, { secret: { secretName: 's' } }]
])('a volume with %s is another one', (_, theirs, ours) => {
  expect(inject(podOf({ volumes: [{ name: 'v', ...theirs }] }), a, volume(ours)).ok).toBe(false)
})

it.each<[string, Manifest]>([
  [
    'of another native sidecar is an error too',
    { initContainers: [other('o', { restartPolicy: 'Always', ports: [{ name: 'metrics', containerPort: 1 }] })] }
  ],
  ['of a plain init container is none', { initContainers: [other('o', { ports: [{ name: 'metrics', containerPort: 1 }] })] }]
])('a port name %s', (text, spec) => {
  expect(inject(podOf(spec), a, ports).ok).toBe(/none/.test(text))
})

it('a port name of two sidecars is an error of their templates, told once', () => {
  const metrics = { container: { image, ports: [{ name: 'metrics', containerPort: 9 }] } }
  const templates = { a: metrics, b: { container: { image, ports: [{ name: 'other', containerPort: 9 }] } }, c: metrics }
  expect(told(inject(podOf(), modules('a', 'b'), templates), 'error')).toEqual([])
  expect(told(inject(podOf(), modules('a', 'b', 'c'), templates), 'error')).toEqual([
    'invalid-template: the templates of "a" and "c" both name a port "metrics"'
  ])
})

it('port names that two app containers share are their own affair', () => {
  const twice = [{ name: 'http', containerPort: 80 }]
  expect(inject(podOf({ containers: [app({ ports: twice }), other('b', { ports: twice })] }), a, ports).ok).toBe(true)
})

it('all conflicts come in one pass', () => {
  const templates = {
    a: {
      ...ports['a'],
      ...volume({ emptyDir: {} })['a'],
      shareProcessNamespace: true,
      container: { image, ports: [{ name: 'metrics', containerPort: 1 }] }
    }
  } as Templates
  const pod = podOf({
    hostPID: true,
    containers: [app({ ports: [{ name: 'metrics', containerPort: 1 }] })],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
    initContainers: [other('hermes-a')]
  })
  expect(inject(pod, a, templates).diagnostics.map(({ path }) => path)).toEqual([
    '/spec/initContainers/0',
    '/spec/containers/0/ports/0',
    '/spec/hostPID',
    '/spec/volumes/0'
  ])
})

describe('an annotation of our name', () => {
  const name = 'hermes-memory-installer/modules'
  const there = injected(podOf({ initContainers: [other('migrate')] }), a, plain)
  const text = there.metadata.annotations[name] as string
  const claiming = (change: (claim: Manifest) => void) => {
    const claim = JSON.parse(text)
    change(claim)
    return JSON.stringify(claim)
  }
  it.each<[string, unknown]>([
    ['no JSON', 'mem-logger'],
    ['an empty text', ''],
    ['a number', 1],
    ['another version', claiming((claim) => (claim.version = 2))],
    ['no modules', '{"version":1}'],
    ['a module without a container', claiming((claim) => delete claim.modules[0].container)],
    ['a joined text of another kind', claiming((claim) => (claim.joined = [{ name: 'N', sep: ' ', text: 'x', was: 'y' }]))],
    ['a joined text of nobody', claiming((claim) => (claim.joined = [{ sep: ' ', text: 'x', was: 'none' }]))],
    ['another safe-to-evict', claiming((claim) => (claim.safeToEvict = {}))],
    ['an unknown parent', claiming((claim) => (claim.made = [['spec', 'absent']]))],
    ['a parent that was something else', claiming((claim) => (claim.made = [['volumes', 'x']]))],
    ['pairs that are none', claiming((claim) => (claim.volumes = ['v']))],
    ['secrets that are none', claiming((claim) => (claim.imagePullSecrets = [1]))],
    ['no resolution', claiming((claim) => delete claim.resolution)]
  ])('that is %s is not one of ours: an error', (_, value) => {
    const pod = { ...there, metadata: { annotations: { [name]: value } } }
    for (const resolution of [a, modules()])
      expect(told(inject(pod, resolution, plain), 'error')).toEqual([
        'foreign-annotation /metadata/annotations/hermes-memory-installer~1modules: the annotation hermes-memory-installer/modules is not one that this version wrote'
      ])
  })

  it('that is null is none', () => {
    const pod = podOf({}, { [name]: null })
    expect(injected(injected(pod, a, plain), modules(), {})).toEqual(pod)
  })

  it.each(['app', 'migrate'])('that claims container %s takes nothing', (claimed) => {
    const forged = JSON.parse(JSON.stringify(there).replaceAll('\\"hermes-a\\"', `\\"${claimed}\\"`))
    const back = injected(forged, modules(), {})
    expect(back.spec.containers).toEqual(there.spec.containers)
    expect(back.spec.initContainers.map((one: Manifest) => one.name)).toEqual(['hermes-a', 'migrate'])
  })

  it('takes none of a Pod that has our container in the other list', () => {
    const moved = { ...there, spec: { containers: [app(), other('hermes-a')] } }
    expect(told(inject(moved, a, plain), 'error')).toHaveLength(1)
    expect(injected(moved, modules(), {}).spec).toEqual(moved.spec)
  })
})
