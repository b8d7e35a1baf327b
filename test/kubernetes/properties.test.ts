import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineSidecars, injectSidecars, readInjection, type SidecarPosition } from '../../src/kubernetes/index.ts'
import { afterServer, podIn, resolution, templates, workload } from './arbitraries.ts'
import { copyOf, deepFreeze, image, inject, injected, type Manifest, modules, type Templates } from './inject.ts'
import { apiProblems } from './strict-check.ts'

const runs = { numRuns: 1000 }
const position = fc.constantFrom<SidecarPosition>('first', 'last', { before: 'warm' }, { after: 'migrate' })
const isOurs = ({ name }: Manifest) => typeof name === 'string' && name.startsWith('hermes-')

test('injecting changes nothing of the input, and the patch gives the workload (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, resolution, position, (given, wanted, where) => {
      // inject() freezes the input and holds the patch against the oracle.
      const result = inject(given, wanted, templates, { position: where })
      expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(readInjection(result.workload)?.modules.map(({ name }) => name) ?? []).toEqual(
        wanted.modules.map(({ name }) => name)
      )
    }),
    runs
  )
})

test('injecting again gives no operation, whatever the server and others did in between (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, resolution, fc.nat({ max: 2047 }), (given, wanted, seed) => {
      const first = injected(given, wanted, templates)
      expect(inject(first, wanted, templates).patch).toEqual([])
      const again = inject(wanted.modules.length === 0 ? first : afterServer(first, seed), wanted, templates)
      expect(again).toMatchObject({ ok: true, patch: [] })
    }),
    runs
  )
})

test('without modules the original is back, after any resolutions and in its very text (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, fc.array(resolution, { minLength: 1, maxLength: 4 }), (given, all) => {
      let now = given
      for (const one of all) now = injected(now, one, templates)
      expect(JSON.stringify(injected(now, modules(), templates))).toBe(JSON.stringify(given))
    }),
    runs
  )
})

test('what others added meanwhile stays when we go (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, resolution, fc.nat({ max: 2047 }), (given, wanted, seed) => {
      const others = seed & ~0b1100000 // what is done to containers of ours alone
      const there = injected(given, wanted, templates)
      const back = injected(afterServer(there, others), modules(), templates)
      const expected = afterServer(given, others)
      const [found, meant] = [back, expected].map(podIn)
      expect(found.spec.containers).toEqual(meant.spec.containers)
      for (const list of ['initContainers', 'volumes']) expect(found.spec[list] ?? []).toEqual(meant.spec[list] ?? [])
      expect(found.metadata?.labels).toEqual(meant.metadata?.labels)
    }),
    runs
  )
})

test('another resolution is as if it were the first, but for the places of ours (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, resolution, resolution, (given, before, after) => {
      const [there, direct] = [
        injected(injected(given, before, templates), after, templates),
        injected(given, after, templates)
      ].map(podIn)
      const initContainers = (pod: Manifest) => pod.spec.initContainers ?? []
      expect(initContainers(there).filter(isOurs)).toEqual(initContainers(direct).filter(isOurs))
      expect(initContainers(there).filter((one: Manifest) => !isOurs(one))).toEqual(
        initContainers(direct).filter((one: Manifest) => !isOurs(one))
      )
      const byName = (list: Manifest[] | undefined) => [...(list ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1))
      expect(byName(there.spec.volumes)).toEqual(byName(direct.spec.volumes))
      const others = ({ volumes, initContainers: ours, containers, ...rest }: Manifest) => rest
      expect(others(there.spec)).toEqual(others(direct.spec))
      const variables = (pod: Manifest) =>
        pod.spec.containers.map(({ env, ...rest }: Manifest) => ({ ...rest, env: byName(env) }))
      expect(variables(there)).toEqual(variables(direct))
    }),
    runs
  )
})

test('what is given to the API is what it takes, where it took what came (1,000 runs)', () => {
  fc.assert(
    fc.property(workload, resolution, (given, wanted) => {
      if (given.kind === undefined) return
      const before = apiProblems(given)
      const after = apiProblems(injected(given, wanted, templates))
      // A message of the schema lists all faults in one: unknown fields of others make the count.
      expect(after.filter((one) => /unknown|no /.test(one)).map(withoutIndex)).toEqual(
        expect.arrayContaining(before.filter((one) => /unknown|no /.test(one)).map(withoutIndex))
      )
      expect(after.length).toBe(before.length)
    }),
    runs
  )
})

const withoutIndex = (problem: string) => problem.replace(/\/\d+/g, '/N')

const sidecars = defineSidecars(templates)
const full = modules('full', 'plain')

/** Clashes with what the workloads have, so that all of it is compared. */
const clashing: Templates = {
  full: {
    container: { image, volumeMounts: [{ name: 'data', mountPath: '/data' }], ports: [{ name: 'http', containerPort: 1 }] },
    volumes: [{ name: 'data', emptyDir: { sizeLimit: '1Gi' } }, { name: 'cache' }, { name: 'info', image: { reference: 'x:1' } }],
    target: {
      env: [
        { name: 'A', value: '1' },
        { name: 'EMPTY', value: '' },
        { name: 'NODE_OPTIONS', value: '--x', append: ' ' }
      ],
      volumeMounts: [{ name: 'data', mountPath: '/a' }]
    }
  },
  plain: { container: { image } }
}

test.each<[string, Templates]>([
  ['templates that clash with nothing', templates],
  ['templates that clash with everything', clashing]
])('a workload of any shape is never an exception for %s (3,000 runs)', (_, given) => {
  const sidecars = defineSidecars(given)
  const strange = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true })
  const there = workload.map((one) => injectSidecars(one, full, { sidecars }).workload as Manifest)
  const odd = fc.oneof(
    strange,
    fc
      .tuple(fc.oneof(workload, there), fc.array(fc.tuple(strange, fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }))
      .map(([one, changes]) => changes.reduce((now, [value, at, deep]) => replaced(now, value, at, deep), copyOf(one)))
  )
  fc.assert(
    fc.property(odd, fc.constantFrom(undefined, undefined, undefined, '', '/spec/template', '/0/a'), (one, at) => {
      const result = injectSidecars(one as object, full, { sidecars, at })
      expect(result.ok).toBe(!result.diagnostics.some(({ severity }) => severity === 'error'))
      if (!result.ok) expect(result.workload).toBe(one)
      readInjection(result.workload, { at })
      const gone = injectSidecars(one as object, modules(), { sidecars, at })
      expect(gone.ok || Object.is(gone.workload, one)).toBe(true)
    }),
    { numRuns: 3000 }
  )
})

/** Something else in the place of one of the values of a document. */
function replaced(given: Manifest, value: unknown, at: number, deep: number): Manifest {
  const copy = given // a copy already
  let parent = copy
  for (let depth = 0; ; depth++) {
    const keys = Object.keys(parent)
    const key = keys[(at >> depth) % keys.length]
    if (key === undefined) return copy
    const child = parent[key]
    if (depth >= deep % 8 || typeof child !== 'object' || child === null) {
      parent[key] = value
      return copy
    }
    parent = child
  }
}

test('an annotation of any content is never an exception, and takes no container of others (1,000 runs)', () => {
  const there = injected(
    { kind: 'Pod', spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'migrate' }] } },
    full,
    templates
  )
  const name = 'hermes-memory-installer/modules'
  const text = there.metadata.annotations[name] as string
  const claim = fc.oneof(
    fc.anything(),
    fc.json(),
    fc
      .tuple(fc.nat({ max: text.length }), fc.string({ maxLength: 3 }))
      .map(([index, by]) => text.slice(0, index) + by + text.slice(index + 1)),
    fc.constantFrom('app', 'migrate').map((other) => text.replaceAll('hermes-full', other).replaceAll('hermes-plain', other))
  )
  fc.assert(
    fc.property(claim, (forged) => {
      const pod = { ...there, metadata: { annotations: { [name]: forged } } }
      const { workload: back, ok } = injectSidecars(deepFreeze(pod), modules(), { sidecars })
      expect(back.spec.containers.map((one: Manifest) => one.name)).toEqual(['app'])
      expect(back.spec.initContainers.map((one: Manifest) => one.name)).toContain('migrate')
      if (!ok) expect(back).toBe(pod)
    }),
    runs
  )
})
