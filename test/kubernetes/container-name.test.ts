import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { containerName } from '../../src/kubernetes/container-name.ts'
import { digestOf } from '../../src/kubernetes/digest.ts'
import { image, injected, type Manifest, modules, podOf } from './inject.ts'

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const digest = '-[0-9a-f]{14}'

it.each([
  ['mem-profiler', /^hermes-mem-profiler$/],
  ['a'.repeat(56), /^hermes-a{56}$/],
  ['a', /^hermes-a$/],
  ['a.b', new RegExp(`^hermes-a-b${digest}$`)],
  ['a_b', new RegExp(`^hermes-a-b${digest}$`)],
  ['Mem.Profiler_2', new RegExp(`^hermes-mem-profiler-2${digest}$`)],
  ['a'.repeat(57), new RegExp(`^hermes-a{41}${digest}$`)],
  [`${'a'.repeat(40)}---${'b'.repeat(20)}`, new RegExp(`^hermes-a{40}${digest}$`)],
  ['plain-0123456789abcd', new RegExp(`^hermes-plain-0123456789abcd${digest}$`)]
])('module %s has the container %s', (module, name) => {
  expect(containerName(module)).toMatch(name)
  expect(containerName(module)).toMatch(label)
})

it('two modules that look alike as labels have two containers', () => {
  const names = ['a.b', 'a_b', 'a-b', 'A-b', 'a-B', `a-b-${digestOf('a.b')}`]
  const templates = Object.fromEntries(names.map((name) => [name, { container: { image } }]))
  const { spec } = injected(podOf(), modules(...names), templates) as Manifest
  expect(new Set(spec.initContainers.map((one: Manifest) => one.name)).size).toBe(names.length)
})

test('every module name gives a label, and no two the same (10,000 runs)', () => {
  const name = fc.stringMatching(/^[A-Za-c0-2]([A-Ca-c0-1._-]{0,61}[a-c0-2])?$/)
  const owners = new Map<string, string>()
  fc.assert(
    fc.property(name, (module) => {
      const container = containerName(module)
      expect(container).toMatch(label)
      expect(owners.get(container) ?? module).toBe(module)
      owners.set(container, module)
    }),
    { numRuns: 10_000 }
  )
})

test('the digest is the same everywhere', () => {
  expect([digestOf(''), digestOf('a'), digestOf('hermes')]).toEqual(['0bdcb81aee8d83', '1c2ba782c97901', '0e94d9b3b7fc03'])
})
