import fc from 'fast-check'
import type { Injectable } from '../../src/kubernetes/index.ts'
import { copyOf, image, kinds, type Manifest, modules, small, type Templates, workloadOf } from './inject.ts'

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>, odds = 2) =>
  fc.option(fc.oneof({ weight: 6, arbitrary }, { weight: 1, arbitrary: fc.constant(null) }), { nil: undefined, freq: odds })

const unknownField = { unknownField: maybe(fc.jsonValue({ maxDepth: 2 }), 1) }

/** Members without a value are absent. */
const record = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Manifest> =>
  fc.record(model).map((value) => copyOf(value))

const env = fc.uniqueArray(
  fc.oneof(
    fc.record({
      name: fc.constantFrom('NODE_OPTIONS', 'A', 'B', '__proto__'),
      value: fc.constantFrom('', '--x', '--x --mine', ' ', '$(A)', 'a b')
    }),
    fc.record({ name: fc.constantFrom('EMPTY', 'constructor') }),
    fc.record({ name: fc.constant('NULL'), value: fc.constant(null) }),
    fc.constant({ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })
  ),
  { selector: ({ name }) => name, maxLength: 4 }
)

const volumeNames = ['data', 'cache', 'info', 'shared']
const mounts = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...volumeNames), mountPath: fc.constantFrom('/a', '/b/', '/c/d', '/etc/x') }),
  { selector: ({ mountPath }) => mountPath, maxLength: 2 }
)

const container = (name: fc.Arbitrary<string>) =>
  record({
    name,
    image: fc.constant('registry.example/other:1'),
    env: maybe(env),
    envFrom: maybe(fc.constant([{ configMapRef: { name: 'settings' } }]), 1),
    volumeMounts: maybe(mounts),
    resources: maybe(fc.constantFrom({}, { requests: { cpu: '0.05' } }, { limits: { memory: '1Gi' } })),
    securityContext: maybe(fc.constantFrom({}, { runAsUser: 0 }, { runAsUser: 1000 })),
    ports: maybe(fc.constantFrom([], [{ containerPort: 80, name: 'http' }])),
    ...unknownField
  })

const named = (names: readonly string[], maxLength: number) =>
  fc.uniqueArray(container(fc.constantFrom(...names)), { selector: ({ name }) => name, maxLength })

const volumes = fc.uniqueArray(
  record({
    name: fc.constantFrom(...volumeNames),
    emptyDir: fc.constantFrom({}, null, undefined, { sizeLimit: '1Gi' }),
    ...unknownField
  }),
  { selector: ({ name }) => name, maxLength: 3 }
)

const spec = record({
  containers: fc.uniqueArray(container(fc.constantFrom('app', 'web', 'proxy')), {
    selector: ({ name }) => name,
    minLength: 1,
    maxLength: 3
  }),
  initContainers: maybe(
    named(['migrate', 'warm', 'mesh'], 3).chain((list) =>
      fc.constantFrom(
        list,
        list.map((one, index) => (index === 0 ? { ...one, restartPolicy: 'Always' } : one))
      )
    )
  ),
  volumes: maybe(volumes),
  imagePullSecrets: maybe(fc.constantFrom([], [{ name: 'theirs' }], [{}])),
  securityContext: maybe(fc.constantFrom({}, { runAsUser: 0 }, { runAsNonRoot: true })),
  shareProcessNamespace: maybe(fc.constant(true), 1),
  restartPolicy: maybe(fc.constantFrom('Always', 'Never')),
  resources: maybe(fc.constant({ requests: { cpu: '4' }, limits: { memory: '64Gi' } }), 1),
  ...unknownField
})

const metadata = maybe(
  record({
    labels: maybe(fc.constant({ app: 'web' })),
    annotations: maybe(
      record({
        'a/b~c': maybe(fc.constant('x')),
        'hermes-memory-installer/modules': fc.constantFrom(null, undefined, undefined),
        'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': maybe(fc.constantFrom('', 'cache', 'cache,info')),
        'kubectl.kubernetes.io/default-container': fc.constantFrom('', null, undefined)
      })
    ),
    ...unknownField
  })
)

/** Workloads of every kind, with what others leave in them. */
export const workload: fc.Arbitrary<Manifest> = fc
  .record({ kind: fc.constantFrom(...kinds, 'bare'), pod: record({ metadata, spec, ...unknownField }) })
  .map(({ kind, pod }) => copyOf(workloadOf(kind, pod)))

/** Templates that ask for all that there is, and clash with nothing above. */
export const templates: Templates = {
  plain: { container: { image, resources: small } },
  'a.b': { container: { image, command: ['x', '$(A)'], env: [{ name: 'OWN', value: '1' }] } },
  a_b: { container: { image, resources: { limits: { cpu: '0.05' } } } },
  full: ({ settings, config }, { target }) => ({
    container: {
      image: `${image}-${config ?? ''}`,
      args: [String(settings['rate'])],
      env: [{ name: 'TARGET', value: String(target['name']) }],
      volumeMounts: [{ name: 'hermes-out', mountPath: '/out' }]
    },
    volumes: [
      { name: 'hermes-out', emptyDir: { sizeLimit: '1024Mi' } },
      { name: 'hermes-info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }
    ],
    imagePullSecrets: [{ name: 'ours' }, { name: 'theirs' }],
    shareProcessNamespace: true,
    target: {
      env: [
        { name: 'NODE_OPTIONS', value: '--mine', append: ' ' },
        { name: 'EMPTY', value: 'e', append: ',' },
        { name: 'NULL', value: 'n', append: '' },
        { name: 'HERMES_OUT', value: '/hermes/out' },
        { name: 'HERMES_POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
      ],
      volumeMounts: [{ name: 'hermes-out', mountPath: '/hermes/out/' }]
    }
  }),
  scratch: {
    container: { image, volumeMounts: [{ name: 'hermes-scratch', mountPath: '/tmp' }] },
    volumes: [
      { name: 'hermes-scratch', emptyDir: { medium: 'Memory' } },
      { name: 'hermes-logs', hostPath: { path: '/var/log' } }
    ],
    target: { env: [{ name: 'NODE_OPTIONS', value: '--other', append: ' ' }] }
  }
}

/** Resolutions of those modules. */
export const resolution: fc.Arbitrary<Injectable> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...Object.keys(templates)),
      settings: fc.constantFrom({}, { rate: 1 }, { rate: 2, text: '$(HOME) $$' }),
      config: fc.constantFrom(undefined, 'prod', 'dev')
    }),
    { selector: ({ name }) => name, maxLength: 4 }
  )
  .map((list) => ({
    ...modules(...list.map(({ config, ...rest }) => ({ ...rest, ...(config !== undefined && { config }) }))),
    script: { sha256: String(list.length) },
    record: { decidedAt: '2026-11-24T10:05:17.133Z' }
  }))

/** Where a generated workload has its Pod. */
export function podIn(workload: Manifest): Manifest {
  if (workload.template) return workload.template
  return (
    workload.spec?.jobTemplate?.spec?.template ?? (Array.isArray(workload.spec?.containers) ? workload : workload.spec?.template)
  )
}

/** What the API server and other webhooks do to a Pod after us. */
export function afterServer(workload: Manifest, seed: number): Manifest {
  const changed = copyOf(workload)
  const pod = podIn(changed)
  const does = (bit: number) => ((seed >> bit) & 1) === 1
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  for (const container of all) {
    if (does(0)) Object.assign(container, { terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'IfNotPresent' })
    if (does(1))
      container.volumeMounts = [...(container.volumeMounts ?? []), { name: 'kube-api-access-x', mountPath: '/var/run/secrets' }]
    if (does(2)) container.resources ??= {}
    if (does(3) && container.resources?.limits?.cpu === '0.05') container.resources.limits.cpu = '50m'
    for (const variable of container.env ?? [])
      if (does(4) && variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion = 'v1'
    if (does(5) && container.name.startsWith('hermes-')) container.env.push({ name: 'MESH', value: '1' })
    if (does(6) && container.name.startsWith('hermes-')) delete container.securityContext
  }
  for (const volume of pod.spec.volumes ?? []) {
    if (does(7) && volume.downwardAPI) volume.downwardAPI.defaultMode = 420
    if (does(7) && volume.emptyDir?.sizeLimit === '1024Mi') volume.emptyDir.sizeLimit = '1Gi'
  }
  if (does(1)) pod.spec.volumes = [...(pod.spec.volumes ?? []), { name: 'kube-api-access-x', projected: { sources: [] } }]
  if (does(8)) pod.spec.initContainers = [{ name: 'late', image: 'l:1' }, ...(pod.spec.initContainers ?? [])]
  if (does(9)) pod.spec.containers = [{ name: 'sidecar', image: 's:1' }, ...pod.spec.containers]
  if (does(10)) pod.metadata = { ...pod.metadata, labels: { late: 'yes' } }
  return changed
}
