import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { InjectSidecarsOptions } from '../../src/kubernetes/index.ts'
import { image, inject, type Manifest, modules, podOf, workloadOf } from './inject.ts'
import { restrictedProblems } from './restricted.ts'
import { apiProblems } from './strict-check.ts'

/** What the server was asked, as far as it can be asked of us. */
interface Case {
  spec?: Manifest
  container?: Manifest
  template?: Manifest
  kind?: string
  claims?: Manifest
  annotations?: Record<string, unknown>
  options?: Omit<InjectSidecarsOptions, 'sidecars'>
  /** Where we are stricter than the server, and why; else the verdict is ours too. */
  stricter?: string
  /** Where we leave to the server what it refuses, and why. */
  looser?: string
  /** Whether PodSecurity `restricted` takes what comes out, where the verdict is about that. */
  restricted?: boolean
}

const app = (members: Manifest = {}) => ({ name: 'app', image: 'registry.example/web:1', ...members })
const requests = (cpu: string) => ({ requests: { cpu } })
const ofPod = (resources: Manifest, appResources?: Manifest, initContainers?: Manifest) => ({
  resources,
  containers: [app(appResources && { resources: appResources })],
  ...(initContainers && { initContainers })
})
const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' }
}
const safeApp = { containers: [app({ securityContext: safe })] }
const plainInit = { name: 'i', image: 'i:1', resources: requests('300m') }
const shares = { shareProcessNamespace: true }
const mountedTwice = (mountPath: string): Case => ({
  template: { volumes: [{ name: 'x', emptyDir: {} }] },
  container: {
    volumeMounts: [
      { name: 'x', mountPath: '/x' },
      { name: 'x', mountPath }
    ]
  },
  stricter: 'both paths are one to the kernel'
})
const oneName = 'Services and probes of the app would go to the sidecar'

const cases: Readonly<Record<string, Case>> = {
  'plain sidecar': {},
  'dup name with app': { spec: { containers: [app(), { name: 'hermes-s', image: 'x:1' }] } },
  'init and app container of one name': { spec: { initContainers: [{ name: 'hermes-s', image: 'x:1' }] } },
  'StatefulSet: init container and app of one name': { kind: 'StatefulSet', spec: { containers: [app({ name: 'hermes-s' })] } },
  'restartPolicy Sometimes': { container: { restartPolicy: 'Sometimes' } },
  'restartPolicy Sometimes on init': { container: { restartPolicy: 'Sometimes' } },
  'restartPolicy (empty) on init': { container: { restartPolicy: '' } },
  'restartPolicy Never on init': { container: { restartPolicy: 'Never' }, stricter: 'silently no sidecar' },
  'restartPolicy OnFailure on init': { container: { restartPolicy: 'OnFailure' }, stricter: 'silently no sidecar' },
  'restartPolicy Always on init': { container: { restartPolicy: 'Always' }, stricter: 'ours to set' },
  'restartPolicy null on init': { container: { restartPolicy: null } },
  'startup+readiness+liveness+lifecycle w Always': {
    container: {
      startupProbe: { exec: { command: ['true'] } },
      readinessProbe: { exec: { command: ['true'] } },
      lifecycle: { preStop: { exec: { command: ['true'] } } }
    }
  },
  'mount missing volume': { container: { volumeMounts: [{ name: 'x', mountPath: '/x' }] } },
  'StatefulSet: mount of a volume that nobody defines': {
    kind: 'StatefulSet',
    container: { volumeMounts: [{ name: 'nope', mountPath: '/x' }] }
  },
  'Deployment: mount of a volume that nobody defines': {
    kind: 'Deployment',
    template: { target: { volumeMounts: [{ name: 'nope', mountPath: '/x' }] } }
  },
  'dup mountPath': { ...mountedTwice('/x'), stricter: '' },
  'dup mountPath trailing slash': mountedTwice('/x/'),
  'mounts at /x and /x/ in the app': mountedTwice('/x/'),
  'mounts at /x and /x/../x': mountedTwice('/x/../x'),
  'mounts at /x and //x': mountedTwice('//x'),
  'mount at a relative path': {
    template: { volumes: [{ name: 'x', emptyDir: {} }] },
    container: { volumeMounts: [{ name: 'x', mountPath: 'x' }] }
  },
  'dup volume name': {
    spec: { volumes: [{ name: 'x', hostPath: { path: '/x' } }] },
    template: { volumes: [{ name: 'x', emptyDir: {} }] }
  },
  'StatefulSet: two template volumes of one name': {
    kind: 'StatefulSet',
    spec: { volumes: [{ name: 'x', secret: { secretName: 's' } }] },
    template: { volumes: [{ name: 'x', emptyDir: {} }] }
  },
  'StatefulSet: claim and template volume of one name': {
    kind: 'StatefulSet',
    claims: [{ metadata: { name: 'data' }, spec: {} }],
    template: { volumes: [{ name: 'data', emptyDir: {} }] },
    stricter: 'the claim wins silently'
  },
  'StatefulSet: mount of a claim, no template volume': {
    kind: 'StatefulSet',
    claims: [{ metadata: { name: 'data' }, spec: {} }],
    container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] }
  },
  'image volume': { template: { volumes: [{ name: 'x', image: { reference: 'r.example/x:1' } }] } },
  'volume with a name only': { template: { volumes: [{ name: 'x' }] } },
  'emptyDir: null': { template: { volumes: [{ name: 'x', emptyDir: null }] } },
  'hostPath volume': { template: { volumes: [{ name: 'x', hostPath: { path: '/x' } }] } },
  'sizeLimit 1024Mi': { template: { volumes: [{ name: 'x', emptyDir: { sizeLimit: '1024Mi' } }] } },
  'same containerPort name as app': {
    spec: { containers: [app({ ports: [{ name: 'http', containerPort: 80 }] })] },
    container: { ports: [{ name: 'http', containerPort: 80 }] },
    stricter: oneName
  },
  'port name twice: sidecar and app, other numbers': {
    spec: { containers: [app({ ports: [{ name: 'http', containerPort: 80 }] })] },
    container: { ports: [{ name: 'http', containerPort: 81 }] },
    stricter: oneName
  },
  'port name twice: two sidecars': {
    spec: { initContainers: [{ name: 'o', image: 'o:1', restartPolicy: 'Always', ports: [{ name: 'm', containerPort: 80 }] }] },
    container: { ports: [{ name: 'm', containerPort: 81 }] },
    stricter: oneName
  },
  'port name twice: two app containers': {
    spec: {
      containers: [
        app({ ports: [{ name: 'http', containerPort: 80 }] }),
        app({ name: 'b', ports: [{ name: 'http', containerPort: 81 }] })
      ]
    }
  },
  'port name twice: plain init and app': {
    spec: { initContainers: [{ name: 'i', image: 'i:1', ports: [{ name: 'm', containerPort: 80 }] }] },
    container: { ports: [{ name: 'm', containerPort: 81 }] }
  },
  'port number twice, other names: sidecar and app': {
    spec: { containers: [app({ ports: [{ name: 'http', containerPort: 80 }] })] },
    container: { ports: [{ name: 'm', containerPort: 80 }] }
  },
  'hostNetwork, port number twice: sidecar and app': {
    spec: { hostNetwork: true, containers: [app({ ports: [{ containerPort: 80 }] })] },
    container: { ports: [{ containerPort: 80 }] }
  },
  'port name twice in one container': {
    container: {
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'http', containerPort: 81 }
      ]
    }
  },
  'port name of 16 characters': { container: { ports: [{ name: 'abcdefghijklmnop', containerPort: 80 }] } },
  'port name with upper case': { container: { ports: [{ name: 'Http', containerPort: 80 }] } },
  'shareProcessNamespace+hostPID': { spec: { hostPID: true }, template: shares },
  'shareProcessNamespace false + hostPID': { spec: { hostPID: true, shareProcessNamespace: false } },
  shareProcessNamespace: { template: shares },
  'os windows + shareProcessNamespace': { spec: { os: { name: 'windows' } }, template: shares },
  'os windows + capabilities': { spec: { os: { name: 'windows' } } },
  'pod-level resources + windows': { spec: { os: { name: 'windows' }, resources: requests('1') } },
  'cap CAP_SYS_PTRACE prefix': { container: { securityContext: { capabilities: { add: ['CAP_SYS_PTRACE'] } } } },
  'ape=false + SYS_ADMIN': {
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } }
  },
  'ape=false + privileged': { container: { securityContext: { allowPrivilegeEscalation: false, privileged: true } } },
  'ape absent + privileged': { container: { securityContext: { privileged: true } } },
  'ape=false + add SYS_ADMIN (no CAP_ prefix)': {
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['SYS_ADMIN'] } } }
  },
  'ape=false + add CAP_SYS_ADMIN': {
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } }
  },
  'ape=false + add sys_admin (lower case)': {
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['sys_admin'] } } }
  },
  'ape=false + add ALL': { container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['ALL'] } } } },
  'ape=false + add SYS_PTRACE': {
    container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['SYS_PTRACE'] } } }
  },
  'runAsNonRoot + runAsUser 0 in the same container': { container: { securityContext: { runAsUser: 0, runAsNonRoot: true } } },
  'runAsNonRoot in the container + runAsUser 0 of the Pod': {
    spec: { securityContext: { runAsUser: 0 } },
    container: { securityContext: { runAsNonRoot: true } }
  },
  'runAsUser -1': { container: { securityContext: { runAsUser: -1 } }, looser: "a field of the template's own" },
  'seccompProfile Localhost without a file': {
    container: { securityContext: { seccompProfile: { type: 'Localhost' } } },
    looser: "a field of the template's own"
  },
  'resources.claims on a sidecar of a claim that the Pod has not': {
    container: { resources: { claims: [{ name: 'x' }] } },
    looser: "a field of the template's own"
  },
  'sidecar without image': { container: { image: null } },
  'image with a leading space': { container: { image: ' i:1' } },
  'env empty name': { container: { env: [{ name: '', value: 'a' }] } },
  'env number value': { container: { env: [{ name: 'A', value: 1 }] } },
  'webhook: a number for an env value in the patch': { template: { target: { env: [{ name: 'A', value: 1 }] } } },
  'env value and valueFrom': {
    container: { env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }
  },
  'env value empty and valueFrom': {
    container: { env: [{ name: 'A', value: '', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }
  },
  'env with empty value': { container: { env: [{ name: 'A', value: '' }] } },
  'dup env name': {
    container: {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' }
      ]
    }
  },
  'env name with a dash and a leading digit': { container: { env: [{ name: '1-a', value: '1' }] } },
  'command with $(NAME) and $$(NAME)': { container: { command: ['$(A)', '$$(A)'] } },
  'annotation >256KiB': { annotations: { x: 'x'.repeat(262_144) } },
  'annotation: key and value together 262145 bytes': { annotations: { x: 'x'.repeat(262_144) } },
  'annotations: two, together 262145 bytes': { annotations: { x: 'x'.repeat(131_072), y: 'x'.repeat(131_071) } },
  'annotation: key and value together 262144 bytes': {
    annotations: { x: 'x'.repeat(262_143) },
    stricter: 'ours would be one more'
  },
  'webhook: annotation above 256 KiB in the patch': { annotations: { x: 'é'.repeat(131_072) } },
  'annotation that is a number': { annotations: { 'hermes-memory-installer/modules': 1 } },
  'limit<request': { container: { resources: { requests: { memory: '64Mi' }, limits: { memory: '32Mi' } } } },
  'empty initContainers []': { spec: { initContainers: [] } },
  'nulls for initContainers, volumes, env, args, imagePullSecrets, annotations': {
    spec: { initContainers: null, volumes: null, imagePullSecrets: null, containers: [app({ env: null, args: null })] }
  },
  'null entry in initContainers': { spec: { initContainers: [null] } },
  'containers: []': { spec: { containers: [] } },
  'imagePullSecrets twice the same name': { spec: { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] } },
  'imagePullSecrets with an empty name': { spec: { imagePullSecrets: [{}] } },
  'sidecar in a Pod with restartPolicy Never': { spec: { restartPolicy: 'Never' } },
  'Job: sidecar in a Pod with restartPolicy OnFailure': { kind: 'Job', spec: { restartPolicy: 'OnFailure' } },
  'resources cpu 0.5 and 1000m, memory 0.5Gi': {
    container: { resources: { requests: { cpu: '0.5', memory: '0.5Gi' }, limits: { cpu: '1000m', memory: '1Gi' } } }
  },
  'pod-level requests: app + sidecar above': {
    spec: ofPod(requests('500m'), requests('400m')),
    container: { resources: requests('200m') }
  },
  'pod-level requests: app + sidecar exactly': {
    spec: ofPod(requests('600m'), requests('400m')),
    container: { resources: requests('200m') }
  },
  'pod-level requests: init after sidecar, both above': {
    spec: ofPod(requests('500m'), requests('100m'), [plainInit]),
    container: { resources: requests('300m') }
  },
  'pod-level requests: same init before the sidecar': {
    spec: ofPod(requests('500m'), requests('100m'), [plainInit]),
    container: { resources: requests('300m') },
    options: { position: 'last' }
  },
  'pod-level requests: one init alone above': { spec: ofPod(requests('200m'), requests('100m'), [plainInit]) },
  'pod-level requests: app and init (no sidecar) together above, each below': {
    spec: ofPod(requests('350m'), requests('300m'), [plainInit])
  },
  'pod-level requests: memory above, cpu not given at Pod level': {
    spec: ofPod({ requests: { memory: '100Mi' } }, { requests: { memory: '60Mi' } }),
    container: { resources: { requests: { memory: '60Mi', cpu: '9' } } }
  },
  'pod-level requests: only cpu given, memory of containers free': {
    spec: ofPod(requests('1'), { requests: { memory: '60Gi' } }),
    container: { resources: { requests: { memory: '60Gi' } } }
  },
  'pod-level requests: sidecar with a limit alone (its request becomes the limit) above': {
    spec: ofPod(requests('500m'), requests('400m')),
    container: { resources: { limits: { cpu: '200m' } } }
  },
  'pod-level limits: sidecar limit alone above': {
    spec: ofPod({ limits: { cpu: '500m' }, requests: { cpu: '200m' } }, requests('100m')),
    container: { resources: { requests: { cpu: '100m' }, limits: { cpu: '600m' } } }
  },
  'webhook: sidecar limit above the pod-level limit': {
    spec: ofPod({ limits: { cpu: '1' }, requests: { cpu: '1' } }, requests('100m')),
    container: { resources: { requests: { cpu: '100m' }, limits: { cpu: '2' } } }
  },
  'pod-level limits: app limit alone above': { spec: ofPod({ limits: { cpu: '500m' } }, { limits: { cpu: '600m' } }) },
  'pod-level limits: plain init container limit alone above': {
    spec: ofPod({ limits: { cpu: '500m' }, requests: { cpu: '300m' } }, undefined, [
      { ...plainInit, resources: { requests: { cpu: '300m' }, limits: { cpu: '600m' } } }
    ])
  },
  'pod-level limits: sum of limits above, each below': {
    spec: ofPod({ limits: { cpu: '500m' } }, { limits: { cpu: '400m' }, requests: { cpu: '1m' } }),
    container: { resources: { limits: { cpu: '400m' }, requests: { cpu: '1m' } } }
  },
  'pod-level limits only, app and sidecar with requests': {
    spec: ofPod({ limits: { cpu: '1' } }, requests('100m')),
    container: { resources: requests('200m') }
  },
  'pod-level limits only, app with a request, sidecar without': { spec: ofPod({ limits: { cpu: '1' } }, requests('200m')) },
  'pod-level limits only, no container has a request': { spec: ofPod({ limits: { cpu: '1' } }) },
  'pod-level limits only, requests together above them': {
    spec: ofPod({ limits: { cpu: '1' } }, requests('700m')),
    container: { resources: requests('700m') }
  },
  'pod-level hugepages limits: sum of containers above': {
    spec: ofPod({ limits: { 'hugepages-2Mi': '2Mi' } }, { limits: { 'hugepages-2Mi': '2Mi' } }),
    container: { resources: { limits: { 'hugepages-2Mi': '2Mi' } } }
  },
  'pod-level limits, cpu of a container finer than 1m': {
    spec: ofPod({ requests: { cpu: '247m' }, limits: { cpu: '1' } }, requests('0.2465')),
    container: { resources: requests('0.0005') }
  },
  'pod-level resources {}': { spec: ofPod({}, requests('5')), container: { resources: requests('5') } },
  'Deployment: sums above pod-level requests': {
    kind: 'Deployment',
    spec: ofPod(requests('500m'), requests('400m')),
    container: { resources: requests('200m') }
  },
  'Deployment: pod-level limits only, app and sidecar with requests': {
    kind: 'Deployment',
    spec: ofPod({ limits: { cpu: '1' } }, requests('400m')),
    container: { resources: requests('200m') }
  },
  'Deployment: pod-level limits only, requests together above them': {
    kind: 'Deployment',
    spec: ofPod({ limits: { cpu: '500m' } }, requests('400m')),
    container: { resources: requests('200m') },
    stricter: 'its Pods are refused'
  },
  'webhook: pod-level limits only, app with a request, sidecar with a request': {
    spec: ofPod({ limits: { cpu: '1' }, requests: { cpu: '200m' } }, requests('200m')),
    container: { resources: requests('100m') }
  },
  'webhook: pod-level limits only, app with a request, sidecar with a limit alone': {
    spec: ofPod({ limits: { cpu: '1' }, requests: { cpu: '200m' } }, requests('200m')),
    container: { resources: { limits: { cpu: '100m' } } }
  },
  'webhook: pod-level limits only, app with a request, sidecar without': {
    spec: ofPod({ limits: { cpu: '1' }, requests: { cpu: '200m' } }, requests('200m'))
  },
  'webhook: pod-level limits only, no request, sidecar with a request': {
    spec: ofPod({ limits: { cpu: '1' }, requests: { cpu: '1' } }),
    container: { resources: requests('100m') }
  },
  'webhook: pod-level requests, sidecar above': {
    spec: ofPod(requests('250m'), requests('200m')),
    container: { resources: requests('100m') }
  },
  'guaranteed by pod-level resources + sidecar without resources': {
    spec: ofPod({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } })
  },
  'guaranteed by pod-level resources + sidecar with small requests': {
    spec: ofPod({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }),
    container: { resources: requests('10m') }
  },
  'guaranteed app + sidecar without resources': {
    spec: { containers: [app({ resources: { limits: { cpu: '1', memory: '1Gi' } } })] }
  },
  'restricted: sidecar with the five defaults': { spec: safeApp, restricted: true },
  'restricted: sidecar without securityContext': {
    spec: safeApp,
    options: { defaults: { securityContext: null } },
    restricted: false
  },
  'restricted: the same without allowPrivilegeEscalation': {
    spec: safeApp,
    options: { defaults: { securityContext: { allowPrivilegeEscalation: null } } },
    restricted: false
  },
  'restricted: the same without capabilities': {
    spec: safeApp,
    options: { defaults: { securityContext: { capabilities: null } } },
    restricted: false
  },
  'restricted: the same without runAsNonRoot': {
    spec: safeApp,
    options: { defaults: { securityContext: { runAsNonRoot: null } } },
    restricted: false
  },
  'restricted: the same without seccompProfile': {
    spec: safeApp,
    options: { defaults: { securityContext: { seccompProfile: null } } },
    restricted: false
  },
  'restricted: the same without runAsNonRoot, Pod says it': {
    spec: { ...safeApp, securityContext: { runAsNonRoot: true } },
    options: { defaults: { securityContext: { runAsNonRoot: null } } },
    restricted: true
  },
  'restricted: runAsNonRoot and runAsUser 0': {
    spec: safeApp,
    container: { securityContext: { runAsUser: 0 } },
    restricted: false
  },
  'restricted: runAsNonRoot in the sidecar, Pod runAsUser 0': {
    spec: { ...safeApp, securityContext: { runAsUser: 0 } },
    restricted: false
  },
  'restricted: capability NET_BIND_SERVICE': {
    spec: safeApp,
    container: { securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } },
    restricted: true
  },
  'restricted: capability SYS_PTRACE': {
    spec: safeApp,
    container: { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } },
    restricted: false
  },
  'restricted: capabilities drop all in lower case': {
    spec: safeApp,
    container: { securityContext: { capabilities: { drop: ['all'] } } },
    restricted: false
  },
  'restricted: shareProcessNamespace': { spec: safeApp, template: shares, restricted: true },
  'restricted: image volume': {
    spec: safeApp,
    template: { volumes: [{ name: 'x', image: { reference: 'r.example/x:1' } }] },
    restricted: true
  },
  'restricted: hostPath volume': {
    spec: safeApp,
    template: { volumes: [{ name: 'x', hostPath: { path: '/x' } }] },
    restricted: false
  },
  'restricted: probe to another host': {
    spec: safeApp,
    container: { livenessProbe: { httpGet: { host: '10.1.1.1', port: 80 } } },
    restricted: false
  },
  'baseline: privileged': { spec: safeApp, container: { securityContext: { privileged: true } }, restricted: false },
  'baseline: hostPort': { spec: safeApp, container: { ports: [{ containerPort: 80, hostPort: 81 }] }, restricted: false }
}

/** Verdicts that say nothing of what we make, by the reason. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^(Upper\/dot name|63 char name|64 char name|container name ends with a dash)/, 'names are made: container-name.test.ts'],
  [
    /^(bogus field|webhook: unknown field|stopSignal|restartPolicyRules|probe w\/o Always|lifecycle on init|readinessProbe on init)/,
    "fields of the template's own; ours always has restartPolicy Always"
  ],
  [
    /^(restartPolicy (OnFailure|Always) on (a )?regular container|hostNetwork, port number twice: two app|hostPort twice|guaranteed app alone|pod-level requests above limits|pod-level ephemeral-storage|label |annotation key)/,
    'the Pod alone'
  ],
  [
    /^(env of |mount at a path with a colon|sidecar fully filled by us|imagePullPolicy|webhook: two injected sidecars)/,
    'what the server stores'
  ],
  [/^(LimitRange|quota|webhook: LimitRange)/, 'of the namespace, which is not known here'],
  [/^(baseline: (sidecar|capability|hostPath)|restricted: (windows|Deployment|ephemeral))/, 'PodSecurity of what we do not make'],
  [/^(ServiceAccount|webhook: imagePullSecrets)/, 'pull secrets of the ServiceAccount: defaults.test.ts has the warning'],
  [
    /^(ephemeral|Pod created with ephemeralContainers|sidecar added|image of a sidecar changed|(environment|restartPolicy|resources) of a sidecar changed|annotation of a stored Pod)/,
    'a stored Pod'
  ],
  [
    /^webhook( for|: (the same|failing|add under|sidecar (that|without|with a mount)|answer|out of reach|patch|patchType|warning|allowed|dry run|nobody)| registration)/,
    "the webhook's own answer and registration: docs/kubernetes.md"
  ],
  [/^Pod (bound|created with nodeName)/, 'labels of the node']
]

const verdicts = readFileSync(new URL('../corpus/admission/server-verdicts.txt', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, verdict, text = ''] = /^(ACCEPT|REJECT) (.*)$/.exec(line) ?? []
    if (verdict === undefined) return []
    const name = Object.keys(cases)
      .filter((one) => text.startsWith(`${one}:`))
      .sort((a, b) => b.length - a.length)[0]
    return [{ text, isAccepted: verdict === 'ACCEPT', name }]
  })

it('has a place for each of the 257 verdicts, and no other', () => {
  expect(verdicts).toHaveLength(257)
  const reasonsOf = (text: string) => elsewhere.filter(([pattern]) => pattern.test(text))
  expect(
    verdicts.filter(({ text, name }) => reasonsOf(text).length !== (name === undefined ? 1 : 0)).map(({ text }) => text)
  ).toEqual([])
  expect(Object.keys(cases).filter((name) => !verdicts.some((one) => one.name === name))).toEqual([])
  expect(elsewhere.filter(([pattern]) => !verdicts.some(({ text }) => pattern.test(text)))).toEqual([])
})

describe('what the server was asked', () => {
  it.each(verdicts.filter(({ name }) => name !== undefined))('$text', ({ name = '', isAccepted }) => {
    const {
      spec,
      container,
      template,
      kind = 'Pod',
      claims,
      annotations,
      options,
      stricter,
      looser,
      restricted
    } = cases[name] as Case
    const workload = workloadOf(kind, { metadata: { name: 'web', ...(annotations && { annotations }) }, spec: podOf(spec).spec })
    if (claims) workload.spec.volumeClaimTemplates = claims
    const templates = { s: { container: { image, ...container }, ...template } as never }
    const { ok, diagnostics, workload: result } = inject(workload, modules('s'), templates, options)
    if (restricted !== undefined) {
      expect(ok).toBe(true)
      expect(restrictedProblems(result as Manifest).length === 0).toBe(restricted)
      expect(isAccepted).toBe(restricted)
      return
    }
    expect({ ok, diagnostics: ok ? [] : diagnostics.map(({ code }) => code) }).toMatchObject({
      ok: (isAccepted || looser !== undefined) && !stricter
    })
    if (ok && looser === undefined) expect(apiProblems(result)).toEqual(apiProblems(workload))
  })
})
