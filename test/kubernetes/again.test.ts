import { describe, expect, it } from 'vitest'
import { type Injectable, readInjection } from '../../src/kubernetes/index.ts'
import { copyOf, image, inject, injected, type Manifest, modules, podOf, type Templates, told, workloadOf } from './inject.ts'

const name = 'hermes-memory-installer/modules'
const other = (called: string, members: Manifest = {}) => ({ name: called, image: 'o:1', ...members })
const container = (members: Manifest = {}): Manifest => ({ container: { image, ...members } })
const templates = Object.fromEntries(['a', 'b', 'c', 'd'].map((one) => [one, container()])) as Templates
const orderOf = (workload: Manifest): string[] =>
  workload.spec.initContainers.map((one: Manifest) => one.name.replace('hermes-', '').toUpperCase())
const a = modules('a')
const none = modules()

const full: Templates = {
  a: {
    container: { image, volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    volumes: [{ name: 'v', emptyDir: {} }],
    imagePullSecrets: [{ name: 'ours' }],
    shareProcessNamespace: true,
    target: {
      env: [
        { name: 'A', value: '1' },
        { name: 'N', value: 'n', append: ' ' }
      ],
      volumeMounts: [{ name: 'v', mountPath: '/v' }]
    }
  }
}

describe('places', () => {
  const pod = podOf({ initContainers: [other('x'), other('y')] })
  it.each<[string, object, string[]]>([
    ['first by default', {}, ['A', 'B', 'X', 'Y']],
    ['first', { position: 'first' }, ['A', 'B', 'X', 'Y']],
    ['last', { position: 'last' }, ['X', 'Y', 'A', 'B']],
    ['before the first', { position: { before: 'x' } }, ['A', 'B', 'X', 'Y']],
    ['before', { position: { before: 'y' } }, ['X', 'A', 'B', 'Y']],
    ['after', { position: { after: 'x' } }, ['X', 'A', 'B', 'Y']],
    ['after the last', { position: { after: 'y' } }, ['X', 'Y', 'A', 'B']]
  ])('%s', (_, options, order) => {
    expect(orderOf(injected(pod, modules('a', 'b'), templates, options))).toEqual(order)
  })

  it.each<object>([{ position: { before: 'nobody' } }, { position: { after: 'app' } }])(
    'for an absent name: first, with a note (%j)',
    (options) => {
      const result = inject(pod, a, templates, options)
      expect(orderOf(result.workload)).toEqual(['A', 'X', 'Y'])
      expect(told(result, 'note')[0]).toMatch(
        /^unknown-container: the Pod has no init container "(nobody|app)", which the option position names: the sidecars come first$/
      )
      expect(told(inject(result.workload, a, templates, options), 'note')).toEqual([]) // the position no longer counts
    }
  )

  it('stay: the position counts only while none of ours is there', () => {
    const workload = injected(pod, a, templates, { position: 'last' })
    expect(inject(workload, a, templates).patch).toEqual([])
    expect(orderOf(injected(workload, modules('a', 'b'), templates))).toEqual(['X', 'Y', 'A', 'B'])
  })

  it.each<[string[], string[]]>([
    [
      ['a', 'b', 'c'],
      ['A', 'X', 'B', 'C', 'Y']
    ],
    [
      ['b', 'a'],
      ['B', 'X', 'A', 'Y']
    ],
    [
      ['c', 'd'],
      ['C', 'X', 'D', 'Y']
    ],
    [['b'], ['B', 'X', 'Y']],
    [
      ['c', 'a', 'd', 'b'],
      ['C', 'X', 'A', 'D', 'B', 'Y']
    ],
    [[], ['X', 'Y']]
  ])('are filled anew for %j: %j', (names, order) => {
    const workload = injected(podOf({ initContainers: [other('x'), other('y')] }), modules('a', 'b'), templates)
    const [first, second, x, y] = workload.spec.initContainers
    const mixed = { ...workload, spec: { ...workload.spec, initContainers: [first, x, second, y] } }
    expect(orderOf(injected(mixed, modules(...names), templates))).toEqual(order)
  })

  it('keep the order that others gave ours, for the same resolution', () => {
    const workload = injected(pod, modules('a', 'b'), templates)
    workload.spec.initContainers.reverse()
    expect(inject(workload, modules('a', 'b'), templates).patch).toEqual([])
    expect(orderOf(injected(workload, modules('b', 'a'), templates))).toEqual(['Y', 'X', 'B', 'A'])
  })

  it('of one that is gone are found again', () => {
    for (const gone of [0, 1, 2]) {
      const workload = injected(pod, modules('a', 'b', 'c'), templates)
      workload.spec.initContainers.splice(gone, 1)
      expect(orderOf(injected(workload, modules('a', 'b', 'c'), templates))).toEqual(['A', 'B', 'C', 'X', 'Y'])
    }
  })

  it('of one that changed are kept, in a patch of what changed', () => {
    const workload = injected(pod, modules('a', 'b'), templates)
    const { patch } = inject(workload, modules('a', 'b'), { ...templates, b: container({ image: 'new:2' }) })
    expect(patch.filter(({ path }) => !path.startsWith('/metadata'))).toEqual([
      { op: 'replace', path: '/spec/initContainers/1/image', value: 'new:2' }
    ])
  })
})

describe('the second injection', () => {
  it('puts restartPolicy back, and nothing else of what is there', () => {
    const workload = injected(podOf(), a, templates)
    const sidecar = workload.spec.initContainers[0]
    for (const restartPolicy of ['Never', 'OnFailure', null, undefined]) {
      Object.assign(sidecar, { image: 'theirs:2', restartPolicy, env: [] })
      const { patch } = inject(workload, a, templates)
      expect(patch).toEqual([
        { op: restartPolicy === undefined ? 'add' : 'replace', path: '/spec/initContainers/0/restartPolicy', value: 'Always' }
      ])
    }
  })

  it.each<[string, (spec: Manifest, pod: Manifest) => void]>([
    [
      'the container',
      (spec) => {
        delete spec.initContainers
      }
    ],
    [
      'the volume',
      (spec) => {
        delete spec.volumes
      }
    ],
    [
      'the secret',
      (spec) => {
        spec.imagePullSecrets = []
      }
    ],
    [
      'shareProcessNamespace',
      (spec) => {
        delete spec.shareProcessNamespace
      }
    ],
    [
      'the variables',
      (spec) => {
        spec.containers[0].env = null
      }
    ],
    [
      'a joined text',
      (spec) => {
        spec.containers[0].env.at(-1).value = ''
      }
    ],
    [
      'the mount',
      (spec) => {
        spec.containers[0].volumeMounts = []
      }
    ],
    [
      'safe-to-evict',
      (_, pod) => {
        delete pod.metadata.annotations['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes']
      }
    ]
  ])('puts back %s that is gone altogether', (_, take) => {
    const workload = injected(podOf(), a, full)
    const without = copyOf(workload)
    take(without.spec, without)
    const back = injected(without, a, full)
    const env = (pod: Manifest) => pod.spec.containers[0].env.map((one: Manifest) => `${one.name}=${one.value}`).sort()
    expect(env(back)).toEqual(env(workload))
    const rest = ({ spec: { containers, ...spec } }: Manifest) => ({ spec, mounts: containers[0].volumeMounts })
    expect(rest(back)).toEqual(rest(workload))
  })

  it('finds a change of the template, and not what the server did', () => {
    const workload = injected(podOf(), a, templates)
    Object.assign(workload.spec.initContainers[0], { imagePullPolicy: 'Always', resources: { limits: { cpu: '1' } } })
    expect(inject(workload, a, templates).patch).toEqual([])
    const changed = injected(workload, a, { a: container({ args: ['x'] }) })
    expect(changed.spec.initContainers[0]).toEqual(injected(podOf(), a, { a: container({ args: ['x'] }) }).spec.initContainers[0])
  })

  it('finds a Pod that was made of an injected template', () => {
    const deployment = injected(workloadOf('Deployment', podOf()), a, full)
    const { metadata, spec } = deployment.spec.template
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-', annotations: metadata.annotations }, spec }
    expect(inject(pod, a, full)).toMatchObject({ ok: true, patch: [] })
  })

  it('does not look at the order of the members of settings', () => {
    const workload = injected(podOf(), modules({ name: 'a', settings: { x: 1, y: { p: 1, q: [2] } } }), templates)
    expect(inject(workload, modules({ name: 'a', settings: { y: { q: [2], p: 1 }, x: 1 } }), templates).patch).toEqual([])
  })
})

describe('the decision', () => {
  const by = (sha256: string, step: string | undefined, resolution: Injectable = a): Injectable => ({
    ...resolution,
    script: { sha256 },
    ...(step !== undefined && { record: { step, decidedAt: `2026-11-24T10:0${step.at(-1)}:00.000Z` } })
  })
  const decisionIn = (workload: Manifest) => {
    const { modules: _, ...decision } = readInjection(workload) ?? { modules: [] }
    return decision
  }
  const first = { script: { sha256: 'one' }, step: 'init-1', decidedAt: '2026-11-24T10:01:00.000Z' }

  it('stays that of the first, for the same resolution', () => {
    const workload = injected(podOf(), by('one', 'init-1'), templates)
    expect(decisionIn(workload)).toEqual(first)
    const again = inject(workload, by('two', 'init-2'), templates)
    expect(again.patch).toEqual([])
    expect(decisionIn(again.workload)).toEqual(first)
  })

  it('stays that of the first with another template, too', () => {
    const workload = injected(podOf(), by('one', 'init-1'), templates)
    expect(decisionIn(injected(workload, by('two', 'init-2'), { a: container({ args: ['x'] }) }))).toEqual(first)
  })

  it.each<[string, Injectable]>([
    ['modules', modules('a', 'b')],
    ['config', modules({ name: 'a', config: 'prod' })],
    ['settings', modules({ name: 'a', settings: { x: 1 } })]
  ])('is another one with other %s', (_, resolution) => {
    const workload = injected(podOf(), by('one', 'init-1'), templates)
    expect(decisionIn(injected(workload, by('two', 'init-2', resolution), templates))).toEqual({
      script: { sha256: 'two' },
      step: 'init-2',
      decidedAt: '2026-11-24T10:02:00.000Z'
    })
  })

  it('is another one with another order', () => {
    const workload = injected(podOf(), by('one', 'init-1', modules('a', 'b')), templates)
    expect(decisionIn(injected(workload, by('two', undefined, modules('b', 'a')), templates))).toEqual({
      script: { sha256: 'two' }
    })
  })

  it('has neither step nor time where no record answered', () => {
    expect(decisionIn(injected(podOf(), a, templates))).toEqual({})
    expect(decisionIn(injected(podOf(), { ...a, record: { decidedAt: 'T' } }, templates))).toEqual({ decidedAt: 'T' })
  })

  it('comes with the options of the modules', () => {
    const workload = injected(podOf(), modules({ name: 'a', config: 'c', options: { version: '2', __proto__x: 'y' } }), templates)
    expect(readInjection(workload)).toEqual({
      modules: [{ name: 'a', config: 'c', options: { version: '2', __proto__x: 'y' }, container: 'hermes-a' }]
    })
  })

  it('is in an annotation of bounded size', () => {
    const workload = injected(podOf(), by('0'.repeat(64), 'init-1'), full)
    expect(Object.keys(workload.metadata.annotations)).toContain(name)
    expect(workload.metadata.annotations[name].length).toBeLessThan(800)
    expect(workload.metadata.annotations[name]).not.toContain('null')
  })
})

describe('going', () => {
  it.each<[string, Manifest]>([
    ['nothing there', podOf()],
    ['no metadata', { kind: 'Pod', spec: podOf().spec }],
    [
      'null everywhere',
      {
        kind: 'Pod',
        metadata: null,
        spec: {
          containers: [{ name: 'app', env: null, volumeMounts: null }],
          initContainers: null,
          volumes: null,
          imagePullSecrets: null,
          shareProcessNamespace: null
        }
      }
    ],
    ['null annotations', { kind: 'Pod', metadata: { annotations: null }, spec: podOf().spec }],
    ['our annotation null', podOf({}, { [name]: null })],
    [
      'empty everywhere',
      {
        kind: 'Pod',
        metadata: { annotations: {} },
        spec: { containers: [{ name: 'app', env: [], volumeMounts: [] }], initContainers: [], volumes: [], imagePullSecrets: [] }
      }
    ]
  ])('gives the original back, with %s', (_, pod) => {
    const workload = injected(pod, a, full)
    expect(JSON.stringify(injected(injected(workload, a, templates), none, {}))).toBe(JSON.stringify(pod))
    expect(JSON.stringify(injected(workload, none, {}))).toBe(JSON.stringify(pod))
  })

  it('leaves parents that others have put something into', () => {
    const workload = injected(podOf(), a, full)
    workload.spec.initContainers.push(other('late'))
    workload.spec.volumes.push({ name: 'late' })
    workload.metadata.annotations['late'] = 'yes'
    expect(injected(workload, none, {})).toEqual(
      podOf({ initContainers: [other('late')], volumes: [{ name: 'late' }] }, { late: 'yes' })
    )
  })

  it('removes parents that are empty by then, though others used them meanwhile', () => {
    const workload = injected(podOf(), a, full)
    workload.spec.volumes.push({ name: 'late' })
    const still = injected(workload, a, {
      a: { ...full['a'], volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } as never
    })
    still.spec.volumes.pop()
    expect(injected(still, none, {})).toEqual(podOf())
  })

  const late = (mount: Manifest) => ({ ...other('late'), ...mount })
  it.each<[string, string, Manifest]>([
    ['a container', 'containers', { volumeMounts: [{ name: 'v', mountPath: '/x' }] }],
    ['an init container', 'initContainers', { volumeMounts: [{ name: 'v', mountPath: '/x' }] }],
    ['a device', 'containers', { volumeDevices: [{ name: 'v', devicePath: '/x' }] }],
    ['an ephemeral container', 'ephemeralContainers', { volumeMounts: [{ name: 'v', mountPath: '/x' }] }]
  ])('leaves a volume that %s of others mounts by now, with a warning', (_, list, mount) => {
    const workload = injected(podOf(), a, full)
    workload.spec[list] = [...(workload.spec[list] ?? []), late(mount)]
    const gone = inject(workload, none, {})
    expect(told(gone, 'warning')).toEqual([
      'kept-addition /spec/volumes/0: volume "v" was ours and stays: containers of others mount it by now'
    ])
    expect((gone.workload as Manifest).spec.volumes).toEqual([{ name: 'v', emptyDir: {} }])
    expect(readInjection(gone.workload)).toBeUndefined()
    expect(inject(workload, a, full).patch).toEqual([])
    const replaced = injected(workload, a, {
      a: { ...full['a'], volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } as never
    })
    expect(replaced.spec.volumes).toEqual([{ name: 'v', emptyDir: { medium: 'Memory' } }])
    const without = inject(workload, modules('b'), { b: container() as never })
    expect(told(without, 'warning').filter((one) => one.startsWith('kept'))).toHaveLength(1)
    expect((without.workload as Manifest).spec.volumes).toEqual([{ name: 'v', emptyDir: {} }])
  })

  it('leaves a volume that the target itself mounts elsewhere by now', () => {
    const workload = injected(podOf(), a, full)
    workload.spec.containers[0].volumeMounts.push({ name: 'v', mountPath: '/theirs' })
    expect(injected(workload, none, {}).spec).toMatchObject({
      volumes: [{ name: 'v' }],
      containers: [{ volumeMounts: [{ mountPath: '/theirs' }] }]
    })
  })

  it('needs no template and no target', () => {
    const workload = injected(podOf(), a, full)
    workload.spec.os = { name: 'windows' }
    expect(injected(workload, none, {}, { target: 'nobody' })).toEqual(podOf({ os: { name: 'windows' } }))
  })

  it('of nothing is nothing', () => {
    const pod = podOf({ containers: [{ name: 'app' }] })
    const result = inject(pod, none, {})
    expect(result).toMatchObject({ ok: true, patch: [], diagnostics: [] })
  })
})

it('nothing that is added keeps a Pod of restartPolicy Never or a Job from ending', () => {
  const job = injected(workloadOf('Job', podOf({ restartPolicy: 'Never' })), a, full)
  const { spec } = job.spec.template
  expect(spec.containers).toHaveLength(1)
  expect(spec.initContainers.every((one: Manifest) => one.restartPolicy === 'Always')).toBe(true)
  expect(Object.keys(spec).sort()).toEqual([
    'containers',
    'imagePullSecrets',
    'initContainers',
    'restartPolicy',
    'shareProcessNamespace',
    'volumes'
  ])
})
