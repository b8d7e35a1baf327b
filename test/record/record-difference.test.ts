import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { moduleDifference } from '../../src/record/record-difference.ts'
import type { RecordedModule } from '../../src/record/record-format.ts'

const origin = { kind: 'script', source: '/load.sh', line: 1, column: 1 } as const
const module = (name: string, some: Partial<RecordedModule> = {}): RecordedModule => ({
  name,
  settings: {},
  options: {},
  origin,
  ...some
})
const prod = module('mem-profiler', { config: 'prod', settings: { rate: 1, sinks: ['a', { url: 'x' }] } })

describe('two answers that differ', () => {
  const rows: [what: string, recorded: RecordedModule[], now: RecordedModule[], lines: string[]][] = [
    ['a module less', [module('mem-logger'), prod], [prod], ['- mem-logger']],
    ['a module more', [], [prod], ['+ mem-profiler,config=prod']],
    ['another module', [module('a')], [module('b', { options: { tier: 'gold' } })], ['- a', '+ b,tier=gold']],
    ['another config', [prod], [{ ...prod, config: 'dev' }], ['- mem-profiler,config=prod', '+ mem-profiler,config=dev']],
    ['no config any more', [module('a', { config: 'x' })], [module('a')], ['- a,config=x', '+ a']],
    [
      'other options',
      [module('a', { options: { z: '1', tier: 'x y' } })],
      [module('a', { options: { tier: '"\u001b', z: '' } })],
      ['- a,tier="x y",z=1', '+ a,tier=""␛",z=""']
    ],
    [
      'settings, by path',
      [prod],
      [module('mem-profiler', { config: 'prod', settings: { rate: 2, sinks: ['a', { url: 'y', 'a/b': null }, 3] } })],
      [
        '  mem-profiler settings /rate: 1 -> 2',
        '  mem-profiler settings /sinks/1/url: "x" -> "y"',
        '  mem-profiler settings /sinks/1/a~1b: absent -> null',
        '  mem-profiler settings /sinks/2: absent -> 3'
      ]
    ],
    [
      'settings of another kind',
      [module('a', { settings: { x: [] } })],
      [module('a', { settings: { x: {} } })],
      ['  a settings /x: [] -> {}']
    ],
    [
      'settings that are long',
      [module('a', { settings: { x: 'y'.repeat(200) } })],
      [module('a')],
      [`  a settings /x: "${'y'.repeat(79)}… -> absent`]
    ],
    [
      'only in their order',
      [module('a'), module('b'), module('c')],
      [module('c'), module('a'), module('b')],
      ['- in the order a, b, c', '+ in the order c, a, b']
    ]
  ]
  test.each(rows)('%s', (_, recorded, now, lines) => {
    expect(moduleDifference(recorded, now)).toBe(lines.join('\n'))
  })
})

describe('two answers that are equal', () => {
  test.each<[string, RecordedModule[], RecordedModule[]]>([
    ['nothing', [], []],
    ['the same', [prod], [structuredClone(prod)]],
    ['from elsewhere', [prod], [{ ...prod, origin: { kind: 'file', source: '/etc/hermes/modules.yaml' } }]],
    ['written in another order', [module('a', { options: { b: '1', c: '2' } })], [module('a', { options: { c: '2', b: '1' } })]],
    ['a member that is undefined', [module('a', { settings: { b: undefined } })], [module('a')]],
    [
      'with and without prototypes',
      [module('a', { settings: { b: {} } })],
      [module('a', { settings: Object.assign(Object.create(null), { b: Object.create(null) }) })]
    ]
  ])('%s', (_, recorded, now) => {
    expect(moduleDifference(recorded, now)).toBe('')
  })
})

test('it is empty exactly where the answers are equal', () => {
  const anyModules = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'constructor'),
      settings: fc.dictionary(fc.constantFrom('x', '__proto__'), fc.jsonValue({ maxDepth: 2 })),
      options: fc.dictionary(fc.constantFrom('y', 'z'), fc.constantFrom('1', '2')),
      origin: fc.constant(origin)
    }),
    { selector: ({ name }) => name, maxLength: 3 }
  )
  const canonical = (value: unknown): string =>
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.entries(member).sort(([x], [y]) => (x < y ? -1 : 1))
        : member
    )
  fc.assert(
    fc.property(anyModules, anyModules, (a, b) => {
      expect(moduleDifference(a, b) === '').toBe(canonical(a) === canonical(b))
      expect(moduleDifference(a, JSON.parse(JSON.stringify(a)))).toBe('')
    }),
    { numRuns: 1000 }
  )
})
