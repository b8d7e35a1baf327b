import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { patchOf } from '../../src/kubernetes/json-patch.ts'
import { copyOf, image, inject, type Manifest, modules, patched, podOf, type Templates } from './inject.ts'

const named = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat({ max: 2 }) })
const document = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, 0, 1, '', 'x', true),
    fc.array(named, { maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'a/b', 'm~n', '~1', '', '0', 'constructor'), tie('value'), { maxKeys: 4 })
  )
})).value

test('the operations make one document of the other (2,000 runs)', () => {
  fc.assert(
    fc.property(document, document, (from, to) => {
      const patch = patchOf(from, to)
      expect(patched(from, patch)).toEqual(to)
      expect(patch.every(({ op }) => ['add', 'remove', 'replace'].includes(op))).toBe(true)
      expect(patchOf(from, copyOf(from))).toEqual([])
    }),
    { numRuns: 2000 }
  )
})

test('elements that both lists have stay where they are (1,000 runs)', () => {
  const elements = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name }))
  const list = fc.shuffledSubarray(elements)
  fc.assert(
    fc.property(fc.subarray(elements), fc.array(fc.nat({ max: 6 }), { maxLength: 3 }), (from, places) => {
      const to: { name: string }[] = [...from]
      for (const [index, place] of places.entries()) to.splice(Math.min(place, to.length), 0, { name: `new-${index}` })
      expect(patchOf(from, to).map(({ op }) => op)).toEqual(places.map(() => 'add'))
    }),
    { numRuns: 1000 }
  )
  fc.assert(
    fc.property(list, list, (from, to) => {
      expect(patched(from, patchOf(from, to))).toEqual(to)
    }),
    { numRuns: 1000 }
  )
})

it.each<[string, unknown, unknown, unknown]>([
  ['nothing', { a: [1] }, { a: [1] }, []],
  ['a member', { a: 1 }, { a: 1, 'x/y~z': 2 }, [{ op: 'add', path: '/x~1y~0z', value: 2 }]],
  ['null for a list', { a: null }, { a: [] }, [{ op: 'replace', path: '/a', value: [] }]],
  ['undefined for a list', { a: undefined }, { a: [] }, [{ op: 'add', path: '/a', value: [] }]],
  ['a member less', { a: 1, b: undefined }, {}, [{ op: 'remove', path: '/a' }]],
  ['another kind', { a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
  [
    'one of a name',
    [{ name: 'a', x: 1, y: 2 }],
    [{ name: 'a', x: 2 }],
    [
      { op: 'remove', path: '/0/y' },
      { op: 'replace', path: '/0/x', value: 2 }
    ]
  ],
  [
    'one of another name',
    [{ name: 'a', x: 1 }],
    [{ name: 'b', x: 1 }],
    [{ op: 'replace', path: '/0', value: { name: 'b', x: 1 } }]
  ],
  ['a root', 1, 2, [{ op: 'replace', path: '', value: 2 }]],
  [
    'removals from the end',
    [1, 2, 3, 4],
    [2],
    [
      { op: 'remove', path: '/3' },
      { op: 'remove', path: '/2' },
      { op: 'remove', path: '/0' }
    ]
  ]
])('%s changes by itself', (_, from, to, patch) => {
  expect(patchOf(from, to)).toEqual(patch)
})

const templates: Templates = {
  a: {
    container: { image, volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    volumes: [{ name: 'v', emptyDir: {} }],
    imagePullSecrets: [{ name: 's' }],
    target: { env: [{ name: 'NODE_OPTIONS', value: '--x', append: ' ' }], volumeMounts: [{ name: 'v', mountPath: '/v' }] }
  },
  b: { container: { image } }
}

it('a patch has an operation for what is added, and none for what is there', () => {
  const pod = podOf(
    { volumes: [{ name: 'x' }], containers: [{ name: 'app', image: 'a:1', env: [{ name: 'NODE_OPTIONS', value: 'y' }] }] },
    { 'a/b': 'c' }
  )
  expect(inject(pod, modules('a'), templates).patch.map(({ op, path: place }) => `${op} ${place}`)).toEqual([
    'add /metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes',
    'add /metadata/annotations/hermes-memory-installer~1modules',
    'replace /spec/containers/0/env/0/value',
    'add /spec/containers/0/volumeMounts',
    'add /spec/volumes/1',
    'add /spec/initContainers',
    'add /spec/imagePullSecrets'
  ])
})

it('a Pod of a thousand of everything gets no more operations than a small one', () => {
  const many = (of: (index: number) => object) => Array.from({ length: 1000 }, (_, index) => of(index))
  const env = many((index) => ({ name: `V${index}`, value: 'x' }))
  const mounts = many((index) => ({ name: `v${index}`, mountPath: `/m/${index}` }))
  const pod = podOf({
    containers: many((index) => ({ name: `c${index}`, image: 'a:1', ...(index === 0 && { env, volumeMounts: mounts }) })),
    initContainers: many((index) => ({ name: `i${index}`, image: 'a:1' })),
    volumes: many((index) => ({ name: `v${index}` }))
  })
  const result = inject(pod, modules('a', 'b'), templates)
  expect(result.patch).toHaveLength(7)
  expect(inject(result.workload, modules('b'), templates).patch.length).toBeLessThan(10)
})

const kubectl = '/usr/bin/kubectl'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hermes-kubectl-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Offline: `--local` asks no server. */
function patchedByKubectl(workload: Manifest, operations: unknown): Manifest {
  writeFileSync(path.join(folder, 'pod.json'), JSON.stringify(workload))
  const args = ['patch', '--local', '--type=json', '-f', 'pod.json', '-p', JSON.stringify(operations), '-o', 'json']
  return JSON.parse(
    execFileSync(kubectl, args, { cwd: folder, env: { HOME: folder, PATH: '' }, encoding: 'utf8', stdio: 'pipe' })
  )
}

const oracles: [string, (workload: Manifest, patch: never[]) => unknown][] = [['fast-json-patch', patched]]
if (existsSync(kubectl)) oracles.push(['kubectl patch --local', patchedByKubectl])
else console.info(`${kubectl} is not here, so patches are held against fast-json-patch alone`)

describe.each(oracles)('%s', (_, apply) => {
  it.each<[string, Manifest]>([
    ['a bare Pod', podOf()],
    ['nulls', podOf({ initContainers: null, volumes: null, imagePullSecrets: null })],
    [
      'lists that are there',
      podOf({ initContainers: [{ name: 'i', image: 'i:1' }], volumes: [{ name: 'x', emptyDir: {} }] }, { 'a/b~c': 'd' })
    ],
    [
      'a recorded Pod',
      JSON.parse(readFileSync(new URL('../corpus/admission/rich-pod.json', import.meta.url), 'utf8')).request.object
    ]
  ])('gives the workload for %s: injected, another resolution, removed', (_, pod) => {
    let now = pod
    for (const resolution of [modules('a', 'b'), modules('b'), modules()]) {
      const result = inject(now, resolution, templates)
      // kubectl shows what it read: the typed object of a workload, on both sides.
      expect(apply(now, result.patch as never[])).toEqual(apply(result.workload, []))
      now = result.workload
    }
  })
})
