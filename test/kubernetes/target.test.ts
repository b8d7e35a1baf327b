import { describe, expect, it } from 'vitest'
import { at, image, inject, injected, type Manifest, modules, podOf, type Templates, told } from './inject.ts'

const appOf = (members: Manifest = {}) => ({ name: 'app', image: 'registry.example/web:1', ...members })
const podWith = (members: Manifest, spec: Manifest = {}) => podOf({ containers: [appOf(members)], ...spec })
const additions = (target: Manifest, rest: Manifest = {}, module = 'a'): Templates => ({
  [module]: { container: { image }, target, ...rest }
})
const joins = additions({ env: [{ name: 'NODE_OPTIONS', value: '--mine', append: ' ' }] })
const envOf = (workload: Manifest) => workload.spec.containers[0].env
const a = modules('a')
const none = modules()

describe('the target', () => {
  const containers = [appOf(), appOf({ name: 'web' }), appOf({ name: 'proxy' })]
  const marks = additions({ env: [{ name: 'MARK', value: 'x' }] })
  const marked = (workload: Manifest) =>
    workload.spec.containers.filter((one: Manifest) => one.env).map((one: Manifest) => one.name)
  const annotated = (name: unknown) => podOf({ containers }, { 'kubectl.kubernetes.io/default-container': name })

  it.each([
    ['the first', podOf({ containers }), {}, 'app'],
    ['that of the annotation', annotated('web'), {}, 'web'],
    ['the first, where the annotation is null', annotated(null), {}, 'app'],
    ['that of the option', annotated('web'), { target: 'proxy' }, 'proxy']
  ])('is %s', (_, pod, options, name) => {
    expect(marked(injected(pod, a, marks, options))).toEqual([name])
  })

  it('stays the one that was watched, whatever webhook puts its container first', () => {
    const workload = injected(podOf({ containers }), a, marks, { target: 'web' })
    workload.spec.containers.unshift({ name: 'mesh', image: 'm:1' })
    const again = inject(workload, a, marks)
    expect(again).toMatchObject({ ok: true, patch: [] })
    expect(marked(injected(workload, a, additions({ env: [{ name: 'MARK', value: 'y' }] })))).toEqual(['web'])
  })

  it('is left by what is ours, where the option names another', () => {
    const original = podOf({ containers: [appOf({ env: null }), appOf({ name: 'web' })] })
    const full = additions(
      {
        env: [
          { name: 'M', value: 'x' },
          { name: 'N', value: 'y', append: ',' }
        ],
        volumeMounts: [{ name: 'v', mountPath: '/v' }]
      },
      { volumes: [{ name: 'v' }] }
    )
    const moved = injected(injected(original, a, full), a, full, { target: 'web' })
    expect(moved.spec.containers[0]).toEqual(original.spec.containers[0])
    expect(moved.spec.containers[1]).toMatchObject({ env: [{ name: 'M' }, { name: 'N' }], volumeMounts: [{ name: 'v' }] })
    expect(inject(moved, a, full)).toMatchObject({ ok: true, patch: [] })
    expect(injected(moved, none, {})).toEqual(original)
  })

  it('that was watched and is gone is chosen anew', () => {
    const workload = injected(podOf({ containers }), a, marks, { target: 'web' })
    workload.spec.containers.splice(1, 1)
    expect(marked(injected(workload, a, marks))).toEqual(['app'])
    expect(injected(injected(workload, a, marks), none, {})).toEqual(podOf({ containers: [containers[0], containers[2]] }))
  })

  it.each([
    [
      'the option',
      podOf({ containers }),
      { target: 'wbe' },
      '/spec/containers: the Pod has no app container "wbe", which the option target names'
    ],
    [
      'the annotation',
      annotated('wbe'),
      {},
      '/metadata/annotations/kubectl.kubernetes.io~1default-container: the Pod has no app container "wbe", which the annotation kubectl.kubernetes.io/default-container names'
    ]
  ])('of %s that is not there is an error', (_, pod, options, message) => {
    const result = inject(pod, a, marks, options)
    expect(told(result, 'error')).toEqual([`unknown-container ${message}`])
    expect(result.diagnostics[0]?.hint).toBe('did you mean "web"?')
  })

  it.each<[string, Manifest, string]>([
    ['env that is no list', { env: {} }, '/spec/containers/0/env: env is no list'],
    ['a variable without a name', { env: [{ value: 'x' }] }, '/spec/containers/0/env/0: element 0 of env has no name'],
    [
      'a mount that is none',
      { volumeMounts: ['/x'] },
      '/spec/containers/0/volumeMounts/0: element 0 of volumeMounts is no object'
    ]
  ])('with %s is an error', (_, members, message) => {
    expect(told(inject(podWith(members), a, joins), 'error')).toEqual([`invalid-workload ${message}`])
  })
})

describe('a variable', () => {
  const sets = additions({ env: [{ name: 'A', value: '1' }] })

  it('is set where none is, and taken away', () => {
    const workload = injected(podWith({}), a, sets)
    expect(envOf(workload)).toEqual([{ name: 'A', value: '1' }])
    expect(injected(workload, none, {})).toEqual(podWith({}))
  })

  it.each<[string, Manifest, Manifest]>([
    ['the same value', { name: 'A', value: '1' }, { name: 'A', value: '1' }],
    ['no value for an empty one', { name: 'A' }, { name: 'A', value: '' }],
    [
      'what the server filled in',
      { name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }
    ],
    [
      'a divisor of the server',
      { name: 'A', valueFrom: { resourceFieldRef: { divisor: '0', resource: 'limits.memory' } } },
      { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } }
    ]
  ])('that is there with %s is left to them', (_, theirs, ours) => {
    const pod = podWith({ env: [theirs] })
    const workload = injected(pod, a, additions({ env: [ours] }))
    expect(envOf(workload)).toEqual([theirs])
    expect(injected(workload, none, {})).toEqual(pod)
  })

  it.each<[string, Manifest[], string]>([
    ['another value', [{ name: 'B' }, { name: 'A', value: '2' }], '/spec/containers/0/env/1'],
    ['no value', [{ name: 'A' }], '/spec/containers/0/env/0'],
    ['a value from elsewhere', [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }], '/spec/containers/0/env/0'],
    [
      'two values, of which the last counts',
      [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' }
      ],
      '/spec/containers/0/env/1'
    ]
  ])('that is there with %s is an error', (_, env, path) => {
    const result = inject(podWith({ env }), a, sets)
    expect(told(result, 'error')).toEqual([
      `injection-conflict ${path}: a template sets variable "A" of container "app", where it has another value`
    ])
    expect(JSON.stringify(result.diagnostics)).not.toMatch(/secretKeyRef|"2"/)
  })

  it('of ours that has another value by now stays as it is, and when we go, with a warning', () => {
    const workload = injected(podWith({}), a, sets)
    envOf(workload)[0].value = 'theirs'
    expect(inject(workload, a, sets)).toMatchObject({ ok: true, patch: [] })
    const gone = inject(workload, none, {})
    expect(told(gone, 'warning')).toEqual([
      'kept-addition /spec/containers/0/env/0: variable "A" of container "app" was ours and stays: it has another value by now'
    ])
    expect(envOf(gone.workload)).toEqual([{ name: 'A', value: 'theirs' }])
    expect(told(inject(workload, a, additions({ env: [{ name: 'A', value: '3' }] })), 'error')).toHaveLength(1)
  })

  it('of ours that the server filled in goes', () => {
    const workload = injected(
      podWith({}),
      a,
      additions({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] })
    )
    envOf(workload)[0].valueFrom.fieldRef.apiVersion = 'v1'
    expect(injected(workload, none, {})).toEqual(podWith({}))
  })

  it('changes in its place with another template', () => {
    const workload = injected(podWith({ env: [{ name: 'X', value: 'x' }] }), a, sets)
    envOf(workload).push({ name: 'LATE', value: 'l' })
    const result = inject(workload, a, additions({ env: [{ name: 'A', value: '2' }] }))
    expect(result.patch.filter(({ path }) => path.startsWith('/spec'))).toEqual([
      { op: 'replace', path: '/spec/containers/0/env/1/value', value: '2' }
    ])
  })
})

describe('append', () => {
  it.each<[string, Manifest[] | null | undefined, Manifest[]]>([
    ['no list', undefined, [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['null', null, [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['an empty list', [], [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['other variables', [{ name: 'A' }], [{ name: 'A' }, { name: 'NODE_OPTIONS', value: '--mine' }]],
    ['no value', [{ name: 'NODE_OPTIONS' }], [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['null for its value', [{ name: 'NODE_OPTIONS', value: null }], [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['an empty value', [{ name: 'NODE_OPTIONS', value: '' }], [{ name: 'NODE_OPTIONS', value: '--mine' }]],
    ['a value', [{ name: 'NODE_OPTIONS', value: '--theirs' }], [{ name: 'NODE_OPTIONS', value: '--theirs --mine' }]],
    ['spaces', [{ name: 'NODE_OPTIONS', value: '  ' }], [{ name: 'NODE_OPTIONS', value: '   --mine' }]],
    ['our very text', [{ name: 'NODE_OPTIONS', value: '--mine' }], [{ name: 'NODE_OPTIONS', value: '--mine --mine' }]],
    ['our text inside', [{ name: 'NODE_OPTIONS', value: 'a --mine b' }], [{ name: 'NODE_OPTIONS', value: 'a --mine b --mine' }]],
    [
      'it twice, of which the last counts',
      [
        { name: 'NODE_OPTIONS', value: 'a' },
        { name: 'NODE_OPTIONS', value: 'b' }
      ],
      [
        { name: 'NODE_OPTIONS', value: 'a' },
        { name: 'NODE_OPTIONS', value: 'b --mine' }
      ]
    ]
  ])('joins to %s, stays, and is taken out exactly', (_, env, joined) => {
    const pod = podWith(env === undefined ? {} : { env })
    const workload = injected(pod, a, joins)
    expect(envOf(workload)).toEqual(joined)
    expect(inject(workload, a, joins).patch).toEqual([])
    expect(JSON.stringify(injected(workload, none, {}))).toBe(JSON.stringify(pod))
  })

  it.each<[string, string | undefined, string, string | undefined]>([
    ['after ours', 't', 't --mine --late', 't --late'],
    ['after ours, which theirs holds too', 'a --mine b', 'a --mine b --mine --late', 'a --mine b --late'],
    ['before ours', 't', '--early t --mine', '--early t'],
    ['on both sides', 't', '--early t --mine --late', '--early t --late'],
    ['after ours alone', undefined, '--mine --late', '--late'],
    ['before ours alone', undefined, '--early --mine', '--early'],
    ['in the place of ours', 't', '--other', '--other'],
    ['in the place of theirs', 't', '--mine', ''],
    ['that only begins like ours', 't', 't --mine-too', 't --mine-too']
  ])('what others put %s stays', (_, theirs, now, left) => {
    const workload = injected(podWith(theirs === undefined ? {} : { env: [{ name: 'NODE_OPTIONS', value: theirs }] }), a, joins)
    envOf(workload)[0].value = now
    const isThere = !/other/.test(now)
    const again = injected(workload, a, joins)
    expect(envOf(again)[0].value).toBe(isThere ? now : `${now} --mine`)
    expect(envOf(injected(workload, none, {}))).toEqual([{ name: 'NODE_OPTIONS', value: left }])
  })

  describe('whose text others wrote into so that it can not be cut out', () => {
    const options = (value: string) => podWith({ env: [{ name: 'A' }, { name: 'N', value }] })
    const appends = (value: string, append = ' ') => additions({ env: [{ name: 'N', value, append }] })
    const changed = (workload: Manifest, value: string) => {
      envOf(workload)[1].value = value
      return workload
    }
    const kept =
      'kept-addition /spec/containers/0/env/1: variable "N" of container "app" has a text of ours that stays: others wrote into it'

    it.each(['a --x,o', 'o,--x b', 'a o,--x', 'a --x,o b'])('stays once, and when we go, with a warning (%s)', (now) => {
      const workload = changed(injected(options('a'), a, appends('--x')), now)
      expect(inject(workload, a, appends('--x'))).toMatchObject({ ok: true, patch: [] })
      const gone = inject(workload, none, {})
      expect(told(gone, 'warning')).toEqual([kept])
      expect(gone.workload).toEqual(options(now))
    })

    it('stays once beside what another resolution joins', () => {
      const templates = {
        ...appends('--x'),
        b: { container: { image }, target: { env: [{ name: 'N', value: '--b', append: ' ' }] } }
      }
      const workload = changed(injected(options('a'), a, templates), 'a --x,o')
      const both = inject(workload, modules('a', 'b'), templates)
      expect(envOf(both.workload)[1].value).toBe('a --x,o --b')
      expect(told(both, 'warning').filter((one) => one.startsWith('kept'))).toEqual([])
      expect(inject(both.workload, modules('a', 'b'), templates).patch).toEqual([])
      const other = inject(both.workload, modules('b'), templates)
      expect(envOf(other.workload)[1].value).toBe('a --x,o --b')
      expect(told(other, 'warning').filter((one) => one.startsWith('kept'))).toEqual([kept])
      expect(told(inject(other.workload, none, {}), 'warning')).toEqual([])
    })

    it('is put back where it is gone altogether, and inside of a word of others is none of ours', () => {
      const workload = changed(injected(options('a'), a, appends('--x')), 'o--xo')
      expect(envOf(injected(workload, a, appends('--x')))[1].value).toBe('o--xo --x')
      expect(told(inject(workload, none, {}), 'warning')).toEqual([])
    })
  })

  it('of several modules joins in their order; another resolution takes out one', () => {
    const templates = {
      a: joins['a'] as never,
      b: { container: { image }, target: { env: [{ name: 'NODE_OPTIONS', value: '--b', append: ' ' }] } },
      c: { container: { image }, target: { env: [{ name: 'NODE_OPTIONS', value: '--mine', append: ' ' }] } }
    }
    const pod = podWith({ env: [{ name: 'NODE_OPTIONS', value: 't' }] })
    const value = (workload: Manifest) => envOf(workload)[0].value
    const both = injected(pod, modules('a', 'b', 'c'), templates)
    expect(value(both)).toBe('t --mine --b') // the same text once
    expect(value(injected(both, modules('b', 'a'), templates))).toBe('t --b --mine')
    expect(value(injected(both, modules('b'), templates))).toBe('t --b')
    expect(injected(both, none, {})).toEqual(pod)
  })

  it('of a variable becomes a plain one and back', () => {
    const plain = additions({ env: [{ name: 'NODE_OPTIONS', value: '--plain' }] })
    const pod = podWith({})
    const once = injected(injected(pod, a, joins), a, plain)
    expect(envOf(once)).toEqual([{ name: 'NODE_OPTIONS', value: '--plain' }])
    const twice = injected(once, a, joins)
    expect(envOf(twice)).toEqual([{ name: 'NODE_OPTIONS', value: '--mine' }])
    expect(injected(twice, none, {})).toEqual(pod)
  })

  it('with nothing to append does nothing', () => {
    expect(injected(podWith({}), a, additions({ env: [{ name: 'N', value: '', append: ' ' }] })).spec.containers).toEqual(
      podWith({}).spec.containers
    )
  })

  it.each<[string, Manifest, string]>([
    ['valueFrom', { valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }, 'whose value comes from elsewhere'],
    ['a value that is no text', { value: 4711 }, 'whose value is no text']
  ])('to %s is an error, told once for all modules', (_, members, why) => {
    const templates = { ...joins, ...additions({ env: [{ name: 'NODE_OPTIONS', value: '--b', append: ' ' }] }, {}, 'b') }
    const env = [{ name: 'A' }, { name: 'NODE_OPTIONS', ...members }]
    const result = inject(podWith({ env }), modules('a', 'b'), templates)
    expect(told(result, 'error')).toEqual([
      `injection-conflict /spec/containers/0/env/1: a template appends to variable "NODE_OPTIONS", ${why}`
    ])
    expect(result.diagnostics[0]?.hint).toBe(/text/.test(why) ? 'put the value in quotes' : undefined)
    expect(JSON.stringify(result.diagnostics)).not.toContain('4711')
  })

  it('to what others replaced by valueFrom is left alone when we go', () => {
    const workload = injected(podWith({}), a, joins)
    envOf(workload)[0] = { name: 'NODE_OPTIONS', valueFrom: { fieldRef: { fieldPath: 'x' } } }
    expect(envOf(injected(workload, none, {}))).toEqual(envOf(workload))
  })

  const envFrom = [{ configMapRef: { name: 'settings' } }]
  const hidden =
    'hidden-variable /spec/containers/0/envFrom: a value of "NODE_OPTIONS" in envFrom would be hidden by the one that is added'
  it.each<[string, Manifest, string[]]>([
    ['with envFrom', { envFrom }, [hidden]],
    ['with envFrom that the variable hides already', { envFrom, env: [{ name: 'NODE_OPTIONS', value: 'x' }] }, []],
    ['without', { envFrom: [] }, []]
  ])('%s a warning says what would be hidden', (_, members, warnings) => {
    const result = inject(podWith(members), a, joins)
    expect(told(result, 'warning').filter((one) => one.startsWith('hidden'))).toEqual(warnings)
    expect(told(inject(result.workload, a, joins), 'warning').filter((one) => one.startsWith('hidden'))).toEqual(warnings)
  })
})

describe('a mount', () => {
  const mounts = additions({ volumeMounts: [{ name: 'v', mountPath: '/m' }] }, { volumes: [{ name: 'v', emptyDir: {} }] })

  it('is added after theirs, and taken away', () => {
    const pod = podWith({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }, { volumes: [{ name: 'x' }] })
    const workload = injected(pod, a, mounts)
    expect(at(workload, '/spec/containers/0/volumeMounts/1')).toEqual({ name: 'v', mountPath: '/m' })
    expect(injected(workload, none, {})).toEqual(pod)
  })

  it.each(['/m', '/m/', '//m', 'm', '/x/../m', '/./m'])('where theirs is at %s is an error', (mountPath) => {
    const pod = podWith(
      {
        volumeMounts: [
          { name: 'y', mountPath: '/y' },
          { name: 'x', mountPath }
        ]
      },
      { volumes: [{ name: 'x' }, { name: 'y' }] }
    )
    expect(told(inject(pod, a, mounts), 'error')).toEqual([
      'injection-conflict /spec/containers/0/volumeMounts/1: a template mounts something at "/m" of container "app", where something else is mounted'
    ])
  })

  it('that is there alike is left to them', () => {
    const pod = podWith(
      { volumeMounts: [{ name: 'v', mountPath: '/m/', readOnly: false, mountPropagation: 'None' }] },
      { volumes: [{ name: 'v', emptyDir: {} }] }
    )
    const workload = injected(pod, a, mounts)
    expect(workload.spec.containers).toEqual(pod.spec.containers)
    expect(injected(workload, none, {})).toEqual(pod)
  })

  it('of a claim of the StatefulSet is fine', () => {
    const claims = additions({ volumeMounts: [{ name: 'data', mountPath: '/m' }] })
    const workload = {
      kind: 'StatefulSet',
      spec: { template: podWith({}), volumeClaimTemplates: [{ metadata: { name: 'data' } }] }
    }
    expect(inject(workload, a, claims).ok).toBe(true)
  })
})
