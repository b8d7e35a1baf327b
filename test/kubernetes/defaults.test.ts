import { describe, expect, it } from 'vitest'
import type { SidecarDefaults } from '../../src/kubernetes/index.ts'
import { image, inject, injected, type Manifest, modules, podOf, small, type Templates, told, workloadOf } from './inject.ts'
import { restrictedProblems } from './restricted.ts'

const a = modules('a')
const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true
}
const { allowPrivilegeEscalation, ...escalating } = safe
const { runAsNonRoot, ...maybeRoot } = safe
const sidecarOf = (pod: Manifest, container: Manifest, defaults?: SidecarDefaults): Manifest =>
  injected(pod, a, { a: { container: { image, ...container } } }, { defaults }).spec.initContainers[0]
const contextOf = (context: Manifest | undefined, defaults?: SidecarDefaults, pod = podOf()) =>
  sidecarOf(pod, context === undefined ? {} : { securityContext: context }, defaults).securityContext

describe('the security context', () => {
  it.each<[string, Manifest | undefined, Manifest]>([
    ['nothing is said', undefined, safe],
    ['null is said', { runAsNonRoot: null, capabilities: null }, safe],
    ['a member is said', { readOnlyRootFilesystem: false }, { ...safe, readOnlyRootFilesystem: false }],
    ['another member is said', { runAsUser: 1000, runAsGroup: 2 }, { ...safe, runAsUser: 1000, runAsGroup: 2 }],
    [
      'capabilities are added',
      { capabilities: { add: ['NET_BIND_SERVICE'] } },
      { ...safe, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }
    ],
    ['others are dropped', { capabilities: { drop: ['NET_RAW'] } }, { ...safe, capabilities: { drop: ['NET_RAW'] } }],
    [
      'a profile is said',
      { seccompProfile: { type: 'Localhost', localhostProfile: 'x' } },
      { ...safe, seccompProfile: { type: 'Localhost', localhostProfile: 'x' } }
    ],
    ['privileged', { privileged: true }, { ...escalating, privileged: true }],
    ['not privileged', { privileged: false }, { ...safe, privileged: false }],
    [
      'SYS_ADMIN',
      { capabilities: { add: ['SYS_ADMIN'] } },
      { ...escalating, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }
    ],
    [
      'CAP_SYS_ADMIN',
      { capabilities: { add: ['KILL', 'CAP_SYS_ADMIN'] } },
      { ...escalating, capabilities: { drop: ['ALL'], add: ['KILL', 'CAP_SYS_ADMIN'] } }
    ],
    ['SYS_PTRACE', { capabilities: { add: ['SYS_PTRACE'] } }, { ...safe, capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } }],
    [
      'privileged that may escalate',
      { privileged: true, allowPrivilegeEscalation: true },
      { ...safe, privileged: true, allowPrivilegeEscalation: true }
    ],
    ['its user is root', { runAsUser: 0 }, { ...maybeRoot, runAsUser: 0 }],
    ['its user is root, and runAsNonRoot', { runAsUser: 0, runAsNonRoot: true }, { ...safe, runAsUser: 0 }]
  ])('where %s', (_, said, expected) => {
    expect(contextOf(said)).toEqual(expected)
  })

  it.each<[string, Manifest | undefined, Manifest | undefined, Manifest | undefined, boolean]>([
    ['nobody says a user', undefined, undefined, undefined, true],
    ['the Pod says root', { runAsUser: 0 }, undefined, undefined, false],
    ['the Pod says another', { runAsUser: 1 }, undefined, undefined, true],
    ['the target says root', undefined, { runAsUser: 0 }, undefined, false],
    ['the target says another than the root of the Pod', { runAsUser: 0 }, { runAsUser: 1 }, { runAsUser: 1 }, true],
    ['the target alone says another than the root of the Pod', { runAsUser: 0 }, { runAsUser: 1 }, undefined, false],
    ['the sidecar alone says another than the root of the Pod', { runAsUser: 0 }, undefined, { runAsUser: 1 }, false],
    ['the sidecar says another, the target root', undefined, { runAsUser: 0 }, { runAsUser: 1 }, false]
  ])('runAsNonRoot where %s: %#', (_, podContext, targetContext, own, expected) => {
    const pod = podOf({
      ...(podContext && { securityContext: podContext }),
      containers: [{ name: 'app', image: 'x:1', ...(targetContext && { securityContext: targetContext }) }]
    })
    expect(contextOf(own, undefined, pod).runAsNonRoot).toBe(expected ? true : undefined)
  })

  it.each<[Manifest | null, Manifest | undefined, Manifest | undefined]>([
    [null, undefined, undefined],
    [null, { runAsUser: 1 }, { runAsUser: 1 }],
    [{}, undefined, safe],
    [{ runAsNonRoot: null }, undefined, maybeRoot],
    [{ runAsNonRoot: null }, { runAsNonRoot: true }, safe],
    [{ readOnlyRootFilesystem: false }, undefined, { ...safe, readOnlyRootFilesystem: false }],
    [{ readOnlyRootFilesystem: undefined }, undefined, safe],
    [{ capabilities: null }, { capabilities: { add: ['KILL'] } }, { ...safe, capabilities: { add: ['KILL'] } }],
    [{ capabilities: { drop: null } }, undefined, { ...safe, capabilities: undefined }],
    [{ capabilities: { add: ['KILL'] } }, undefined, { ...safe, capabilities: { drop: ['ALL'], add: ['KILL'] } }],
    [
      { seccompProfile: { type: 'Localhost', localhostProfile: 'x' } },
      { seccompProfile: { type: 'Unconfined' } },
      { ...safe, seccompProfile: { type: 'Unconfined' } }
    ],
    [{ runAsUser: 1000 }, undefined, { ...safe, runAsUser: 1000 }],
    [{ runAsUser: 0 }, undefined, { ...maybeRoot, runAsUser: 0 }],
    [{ allowPrivilegeEscalation: true }, undefined, { ...safe, allowPrivilegeEscalation: true }],
    [{ allowPrivilegeEscalation: false }, { privileged: true }, { ...escalating, privileged: true }],
    [{ privileged: true }, undefined, { ...escalating, privileged: true }]
  ])('defaults %j change what a template that says %j gets', (securityContext, said, expected) => {
    expect(contextOf(said, { securityContext })).toEqual(expected)
  })

  it('is what a restricted namespace takes', () => {
    const pod = podOf({ containers: [{ name: 'app', image: 'x:1', securityContext: safe }] })
    expect(restrictedProblems(injected(pod, a, { a: { container: { image } } }))).toEqual([])
    expect(restrictedProblems(podOf())).not.toEqual([])
  })
})

describe('resources', () => {
  const defaults = { resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } } }
  it.each<[string, Manifest | undefined, Manifest | null | undefined, Manifest | undefined]>([
    ['no defaults', undefined, undefined, undefined],
    ['no defaults and empty ones', {}, undefined, undefined],
    ['null', small, null, small],
    ['nothing said', undefined, defaults.resources, defaults.resources],
    [
      'a request said',
      { requests: { cpu: '1' } },
      defaults.resources,
      { requests: { cpu: '1', memory: '32Mi' }, limits: { memory: '64Mi' } }
    ],
    [
      'a limit below the default request',
      { limits: { memory: '16Mi' } },
      defaults.resources,
      { requests: { cpu: '10m' }, limits: { memory: '16Mi' } }
    ],
    [
      'a limit above the default request',
      { limits: { memory: '48Mi' } },
      defaults.resources,
      { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '48Mi' } }
    ],
    [
      'a request above the default limit',
      { requests: { memory: '1Gi' } },
      defaults.resources,
      { requests: { cpu: '10m', memory: '1Gi' } }
    ],
    ['a member taken away', undefined, { requests: { cpu: '10m', memory: null }, limits: null }, { requests: { cpu: '10m' } }],
    ['claims', undefined, { claims: [{ name: 'gpu' }] }, { claims: [{ name: 'gpu' }] }]
  ])('with %s', (_, said, resources, expected) => {
    expect(sidecarOf(podOf(), said === undefined ? {} : { resources: said }, { resources }).resources).toEqual(expected)
  })

  const missing =
    'missing-resources: container "hermes-a" of module "a" has neither requests nor limits: it changes the Pod\'s Quality of Service, a quota refuses it, and a utilisation autoscaler of the workload fails'
  it.each<[string, Manifest, Manifest, SidecarDefaults, string[]]>([
    ['neither requests nor limits', {}, {}, {}, [missing]],
    ['empty ones', {}, { resources: { requests: {}, limits: {} } }, {}, [missing]],
    ['claims alone', {}, { resources: { claims: [] } }, {}, [missing]],
    ['a request', {}, { resources: { requests: { cpu: '1m' } } }, {}, []],
    ['a limit', {}, { resources: { limits: { memory: '1Gi' } } }, {}, []],
    ['those of the defaults', {}, {}, { resources: { requests: { cpu: '1m' } } }, []],
    ['none in a Pod that has its own', { resources: { limits: { cpu: '1' } } }, {}, {}, []],
    ['none in a Pod whose own are empty', { resources: {} }, {}, {}, [missing]]
  ])('with %s: a warning or not', (_, spec, container, given, warnings) => {
    const result = inject(podOf(spec), a, { a: { container: { image, ...container } } }, { defaults: given })
    expect(told(result, 'warning')).toEqual(warnings)
    expect(
      told(inject(result.workload, a, { a: { container: { image, ...container } } }, { defaults: given }), 'warning')
    ).toEqual(warnings)
  })
})

describe('pull secrets', () => {
  const templates: Templates = {
    a: { container: { image, resources: small }, imagePullSecrets: [{ name: 'ours' }, { name: 'both' }] }
  }
  const first =
    'image-pull-secrets: the first imagePullSecrets of a Pod template: those of the ServiceAccount no longer count for its Pods'
  it.each<[string, string, Manifest, string[]]>([
    ['the first of a Deployment', 'Deployment', {}, [first]],
    ['the first of a CronJob', 'CronJob', { imagePullSecrets: [] }, [first]],
    ['the first where null was', 'Deployment', { imagePullSecrets: null }, [first]],
    ['the first of a bare template', 'bare', {}, [first]],
    ['further ones of a Deployment', 'Deployment', { imagePullSecrets: [{ name: 'theirs' }] }, []],
    ['the first of a Pod', 'Pod', {}, []]
  ])('%s', (_, kind, spec, warnings) => {
    const workload = workloadOf(kind, { metadata: {}, spec: podOf(spec).spec })
    const result = inject(workload, a, templates)
    expect(told(result, 'warning')).toEqual(warnings)
    expect(inject(result.workload, a, templates).patch).toEqual([])
    expect(injected(result.workload, modules(), {})).toEqual(workload)
  })

  it('that are there are left to them, order included', () => {
    const pod = podOf({ imagePullSecrets: [{ name: 'both' }, { name: 'z' }] })
    const workload = injected(pod, a, templates)
    expect(workload.spec.imagePullSecrets).toEqual([{ name: 'both' }, { name: 'z' }, { name: 'ours' }])
    expect(injected(workload, modules(), {})).toEqual(pod)
  })
})

describe('shareProcessNamespace', () => {
  const templates: Templates = { a: { container: { image, resources: small }, shareProcessNamespace: true } }
  const opens =
    'shared-processes: shareProcessNamespace is turned on: every container of the Pod sees the processes of the others, their environments and, through /proc/PID/root, their files; PID 1 is no longer the app'
  const unknown =
    'shared-processes /spec/containers/0: nobody knows the user of container "app": a sidecar that looks into its processes must run as the same'
  it.each<[string, Manifest, string[], string[]]>([
    ['turned on', {}, [opens], [unknown]],
    ['turned on where null was', { shareProcessNamespace: null }, [opens], [unknown]],
    ['turned on, with a user of the Pod', { securityContext: { runAsUser: 1 } }, [opens], []],
    ['on already', { shareProcessNamespace: true }, [], []]
  ])('%s', (_, spec, warnings, notes) => {
    const result = inject(podOf(spec), a, templates)
    expect([told(result, 'warning'), told(result, 'note')]).toEqual([warnings, notes])
    expect((result.workload as Manifest).spec.shareProcessNamespace).toBe(true)
    expect(inject(result.workload, a, templates).patch).toEqual([])
    expect(JSON.stringify(injected(result.workload, modules(), {}))).toBe(JSON.stringify(podOf(spec)))
  })

  it('that was turned off meanwhile stays off when we go', () => {
    const off = injected(podOf(), a, templates)
    off.spec.shareProcessNamespace = false
    expect(inject(off, a, templates).diagnostics[0]?.path).toBe('/spec/shareProcessNamespace')
    expect(injected(off, modules(), {})).toEqual(podOf({ shareProcessNamespace: false }))
  })
})

describe('the annotation of the cluster autoscaler', () => {
  const name = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'
  const templates: Templates = {
    a: {
      container: { image, resources: small },
      volumes: [
        { name: 'disk', emptyDir: {} },
        { name: 'memory', emptyDir: { medium: 'Memory' } },
        { name: 'host', hostPath: { path: '/x' } },
        { name: 'bare' },
        { name: 'map', configMap: { name: 'm' } },
        { name: 'theirs', emptyDir: {} }
      ]
    }
  }
  const joinedIn = (workload: Manifest) => workload.metadata.annotations[name]
  it.each<[string, Record<string, unknown> | undefined, string]>([
    ['absent', undefined, 'disk,host,bare'],
    ['null', { [name]: null }, 'disk,host,bare'],
    ['empty', { [name]: '' }, 'disk,host,bare'],
    ['there', { [name]: 'theirs, spaced' }, 'theirs, spaced,disk,host,bare'],
    ['there with one of ours', { [name]: 'host' }, 'host,disk,bare']
  ])('that is %s is joined, reversibly', (_, annotations, expected) => {
    const pod = podOf({ volumes: [{ name: 'theirs', emptyDir: {} }] }, annotations)
    const workload = injected(pod, a, templates)
    expect(joinedIn(workload)).toBe(expected)
    expect(inject(workload, a, templates).patch).toEqual([])
    expect(JSON.stringify(injected(workload, modules(), {}))).toBe(JSON.stringify(pod))
  })

  it('keeps what others join to it', () => {
    const workload = injected(podOf({}, { [name]: 'x' }), a, templates)
    workload.metadata.annotations[name] += ',late'
    expect(inject(workload, a, templates).patch).toEqual([])
    expect(joinedIn(injected(workload, modules(), {}))).toBe('x,late')
  })

  it('is joined anew where ours is gone', () => {
    const workload = injected(podOf({}, { [name]: 'x' }), a, templates)
    workload.metadata.annotations[name] = 'y'
    expect(joinedIn(injected(workload, a, templates))).toBe('y,disk,host,bare,theirs')
  })

  it.each(['x,disk,host,bare,theirs;z', 'z disk,host,bare,theirs'])('stays where others wrote into ours (%s)', (now) => {
    const workload = injected(podOf({}, { [name]: 'x' }), a, templates)
    workload.metadata.annotations[name] = now
    expect(inject(workload, a, templates)).toMatchObject({ ok: true, patch: [] })
    const gone = inject(workload, modules(), {})
    expect(joinedIn(gone.workload)).toBe(now)
    expect(told(gone, 'warning')).toEqual([
      `kept-addition /metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes: the annotation ${name} has names of ours that stay: others wrote into them`
    ])
  })

  it('takes no name of theirs for ours that only begins alike', () => {
    const two: Templates = { a: { container: { image, resources: small }, volumes: [{ name: 'disk' }, { name: 'disk-cache' }] } }
    const workload = injected(podOf({}, { [name]: 'disk-cache' }), a, two)
    expect(joinedIn(workload)).toBe('disk-cache,disk')
    expect(inject(workload, a, two).patch).toEqual([])
  })

  it.each([5, true, ['x']])('that is no text (%j) is an error where ours would join it, and is never lost', (value) => {
    const pod = podOf({}, { [name]: value })
    const result = inject(pod, a, templates)
    expect(told(result, 'error')).toEqual([
      `invalid-workload /metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes: the annotation ${name} is no text`
    ])
    expect(inject(pod, modules(), {})).toMatchObject({ ok: true, patch: [] })
    const untouched = injected(pod, a, templates, { defaults: { safeToEvict: false } })
    expect(joinedIn(untouched)).toEqual(value)
    expect(injected(untouched, modules(), {})).toEqual(pod)
    const workload = injected(podOf(), a, templates)
    workload.metadata.annotations[name] = value
    expect(joinedIn(injected(workload, modules(), {}))).toEqual(value)
  })

  it('is left alone with safeToEvict: false', () => {
    const options = { defaults: { safeToEvict: false } }
    expect(joinedIn(injected(podOf(), a, templates, options))).toBeUndefined()
    expect(joinedIn(injected(injected(podOf({}, { [name]: 'x' }), a, templates), a, templates, options))).toBe('x')
  })
})
