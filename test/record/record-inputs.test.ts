import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedInputs, digestInputs, type GivenInputs } from '../../src/record/record-inputs.ts'

const none: GivenInputs = {
  script: undefined,
  interpreter: undefined,
  staticBytes: undefined,
  staticInline: undefined,
  modulesVariable: undefined,
  keys: [],
  variables: {}
}
const given = (some: Partial<GivenInputs>) => digestInputs({ ...none, ...some })
const bytes = (text: string) => new TextEncoder().encode(text)
const changes = (before: Partial<GivenInputs>, now: Partial<GivenInputs>) => changedInputs(given(before), given(now))

describe('each input has its name', () => {
  const rows: [changed: string[], before: Partial<GivenInputs>, now: Partial<GivenInputs>][] = [
    [[], {}, {}],
    [['script'], { script: bytes('echo a\n') }, { script: bytes('echo b\n') }],
    [['script'], { script: bytes('echo a\n') }, {}],
    [['script'], { script: bytes('') }, {}],
    [['script'], { script: 'unreadable' }, { script: 'absent' }],
    [[], { script: undefined }, { script: 'absent' }],
    [['interpreter'], { interpreter: ['bash', '-e'] }, { interpreter: ['bash -e'] }],
    [['interpreter'], { interpreter: ['bash'] }, {}],
    [['static'], { staticBytes: bytes('modules: []\n') }, { staticBytes: bytes('modules: [] # none\n') }],
    [['static'], { staticBytes: bytes('{}') }, { staticInline: {} }],
    [['static'], { staticBytes: bytes('') }, {}],
    [['static'], { staticInline: { modules: ['a'] } }, { staticInline: { modules: ['b'] } }],
    [['static'], { staticInline: { modules: ['a', 'b'] } }, { staticInline: { modules: ['b', 'a'] } }],
    [[], { staticInline: { configs: { a: 1, b: { c: 1, d: 2 } } } }, { staticInline: { configs: { b: { d: 2, c: 1 }, a: 1 } } }],
    [[], { staticInline: { modules: undefined } }, { staticInline: {} }],
    [['static'], { modulesVariable: '' }, {}],
    [['static'], { modulesVariable: 'module=a' }, { modulesVariable: 'module=b' }],
    [['keys'], { keys: ['tier'] }, { keys: ['tier', 'zone'] }],
    [[], { keys: ['tier', 'zone', 'tier'] }, { keys: ['zone', 'tier'] }],
    [['ZONE'], { variables: { ZONE: 'a' } }, { variables: { ZONE: 'b' } }],
    [['ZONE'], { variables: { ZONE: '' } }, { variables: { ZONE: undefined } }],
    [[], { variables: { ZONE: undefined } }, { variables: { ZONE: undefined } }],
    // Of variables only those that this step names …
    [[], { variables: { ZONE: 'a', TIER: 'b' } }, { variables: { ZONE: 'a' } }],
    // … and of one that the deciding step did not name nobody knows that it is as it was.
    [['ZONE'], {}, { variables: { ZONE: 'a' } }],
    [['ZONE'], {}, { variables: { ZONE: undefined } }],
    [['__proto__'], {}, { variables: JSON.parse('{"__proto__":"a"}') }],
    [['constructor'], {}, { variables: { constructor: 'a' as never } }],
    [
      ['script', 'interpreter', 'static', 'keys', 'A', 'B'],
      {},
      { script: bytes('a'), interpreter: [], staticInline: 1, keys: ['a'], variables: { A: 'a', B: 'b' } }
    ]
  ]
  test.each(rows)('%j', (changed, before, now) => {
    expect(changes(before, now)).toEqual(changed)
  })
})

test('nothing of a value is kept', () => {
  const { variables, ...rest } = given({
    variables: { ZONE: 'top-secret', TIER: 'top-secret' },
    script: bytes('echo top-secret')
  })
  expect(JSON.stringify([variables, rest])).not.toMatch(/secret/)
  for (const digest of [...Object.values(variables), ...Object.values(rest)]) expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(variables['ZONE']).not.toBe(variables['TIER'])
})

test('the script is known by the digest of its bytes, as sha256sum gives it', () => {
  expect(given({ script: bytes('echo none\n') }).script).toBe(createHash('sha256').update('echo none\n').digest('hex'))
})

test('an inline object that is no JSON is an input, and no failure', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  expect(changes({ staticInline: cycle }, { staticInline: { big: 1n } })).toEqual([])
  expect(changes({ staticInline: cycle }, { staticInline: {} })).toEqual(['static'])
})

test('digests differ exactly where an input does', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3 })
  const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
  const anyInputs = fc.record({
    script: some(fc.uint8Array({ maxLength: 2 })),
    interpreter: some(fc.array(text, { maxLength: 2 })),
    staticBytes: some(fc.uint8Array({ maxLength: 2 })),
    staticInline: some(fc.dictionary(text, fc.oneof(fc.integer({ min: 0, max: 1 }), text), { maxKeys: 2 })),
    modulesVariable: some(text),
    keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
    variables: fc.dictionary(fc.constantFrom('A', 'B', '__proto__'), some(text))
  })
  const sorted = (value: object | undefined) => value && Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  const shown = (value: unknown) => JSON.stringify([value ?? null, value === undefined])
  const expected = (a: GivenInputs, b: GivenInputs) => {
    const bytesOf = (value: unknown) => shown(value instanceof Uint8Array ? [...value] : value)
    const statics = (of: GivenInputs) =>
      [bytesOf(of.staticBytes), shown(sorted(of.staticInline as object | undefined)), shown(of.modulesVariable)].join()
    return [
      ...(bytesOf(a.script) === bytesOf(b.script) ? [] : ['script']),
      ...(shown(a.interpreter) === shown(b.interpreter) ? [] : ['interpreter']),
      ...(statics(a) === statics(b) ? [] : ['static']),
      ...(shown([...a.keys].sort()) === shown([...b.keys].sort()) ? [] : ['keys']),
      ...Object.keys(b.variables).filter(
        (name) => !Object.hasOwn(a.variables, name) || shown(a.variables[name]) !== shown(b.variables[name])
      )
    ]
  }
  fc.assert(
    fc.property(anyInputs, anyInputs, (a, b) => {
      expect(changedInputs(digestInputs(a), digestInputs(b))).toEqual(expected(a, b))
      expect(changedInputs(digestInputs(a), digestInputs(structuredClone(a)))).toEqual([])
    }),
    { numRuns: 2000 }
  )
})
