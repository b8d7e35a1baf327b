import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, suggest } from '../../src/core/suggest.ts'

test.each([
  ['confg', ['module', 'config'], 'config'],
  ['Config', ['module', 'config'], 'config'],
  ['MODULE', ['module', 'config'], 'module'],
  ['moduel', ['module', 'config'], 'module'],
  ['modul', ['module', 'config'], 'module'],
  ['modulee', ['module', 'config'], 'module'],
  ['abstian', ['none', 'abstain'], 'abstain'],
  ['mem-profiler', ['mem-logger', 'mem-profile'], 'mem-profile'],
  ['x', ['y'], 'y'],
  ['zone', ['module', 'config'], undefined],
  ['', ['module'], undefined],
  ['module', [], undefined],
  ['constructor', ['module'], undefined],
  ['a'.repeat(1_000_000), ['module'], undefined]
])('of %s, %j: %s', (given, candidates, expected) => {
  expect(suggest(given, candidates)).toBe(expected)
})

test('the nearest comes first, the first of those equally near', () => {
  expect(suggest('cat', ['car', 'cab', 'cats'])).toBe('car')
  expect(suggest('catalog', ['catalyst', 'catalogs'])).toBe('catalogs')
})

test('a name suggests itself, and case alone never keeps it from that', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,20}$/), (name) => {
      expect(suggest(name.toUpperCase(), ['unrelated-and-very-long-name', name])).toBe(name)
    })
  )
})

test.each([
  ['confg', ['module', 'config'], 'did you mean "config"?'],
  ['zone', ['module', 'config'], 'there is "module", "config"'],
  ['zone', [], undefined],
  [
    'zone',
    Array.from({ length: 12 }, (_, index) => `module-${index}`),
    `there is ${Array.from({ length: 10 }, (_, index) => `"module-${index}"`).join(', ')}, and 2 more`
  ]
])('the hint for %s among %j', (given, candidates, hint) => {
  expect(didYouMean(given, candidates)).toBe(hint)
})
