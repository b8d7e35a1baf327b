import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineCatalog, entriesOf, isCatalog } from '../../src/core/catalog.ts'
import { isStandardSchema } from '../../src/core/standard-schema.ts'

describe('an entry', () => {
  test.each<[string, unknown]>([
    ['with nothing', {}],
    ['with members that are undefined', { settings: undefined, configs: undefined, load: undefined }],
    ['with a schema of zod', { settings: z.object({}) }],
    ['with a schema of valibot', { settings: v.object({}) }],
    ['with a schema of arktype, which is a function', { settings: type({ x: 'number' }) }],
    ['with configs', { configs: { prod: { x: 1 }, dev: {} } }],
    ['with a function that loads', { load: () => undefined }]
  ])('%s is taken', (_, entry) => {
    expect(entriesOf(defineCatalog({ a: entry as object }))['a']).toBe(entry)
  })

  test.each<[string, unknown, string]>([
    [
      'an unknown member',
      { a: { setings: z.object({}) } },
      'defineCatalog(): unknown option "a.setings": did you mean "settings"?'
    ],
    [
      'no schema',
      { a: { settings: { x: 'number' } } },
      'defineCatalog(): a.settings takes a Standard Schema (zod, valibot, arktype …), and was given another object'
    ],
    [
      'configs that are a list',
      { a: { configs: [] } },
      'defineCatalog(): a.configs takes an object of settings by config name, and was given an empty list'
    ],
    [
      'a config that is no object',
      { a: { configs: { prod: 5 } } },
      'defineCatalog(): a.configs.prod takes an object of settings'
    ],
    [
      'a malformed config name',
      { a: { configs: { 'b c': {} } } },
      'defineCatalog(): "b c" is no config name: a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit'
    ],
    ['load that is no function', { a: { load: 'x' } }, 'defineCatalog(): a.load takes a function, and was given another string'],
    [
      'an entry that is undefined',
      { a: undefined },
      'defineCatalog(): "a" takes an object: {} where nothing is known of the module'
    ],
    ['an entry that is null', { a: null }, 'defineCatalog(): "a" takes an object: {} where nothing is known of the module'],
    [
      'a key that is no name',
      { 'a/b': {} },
      'defineCatalog(): "a/b" is no module name: a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit'
    ],
    [
      'the key __proto__',
      { ['__proto__']: {} },
      'defineCatalog(): "__proto__" is no module name: a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit'
    ],
    [
      'several mistakes',
      { é: {}, b: { x: 1 } },
      'defineCatalog(): 2 problems\n  - "é" is no module name: it has the character U+00E9, which is no ASCII letter, digit or sign\n  - unknown option "b.x": there is "settings", "configs", "load"'
    ],
    ['a Map', new Map([['a', {}]]), 'defineCatalog() takes an object with an entry per module'],
    ['a list', [], 'defineCatalog() takes an object with an entry per module'],
    ['nothing', undefined, 'defineCatalog() takes an object with an entry per module']
  ])('with %s is a TypeError', (_, entries, message) => {
    expect(() => defineCatalog(entries as Record<string, object>)).toThrow(new TypeError(message))
  })
})

test('entries have no prototype, and constructor is an ordinary module', () => {
  const catalog = defineCatalog({ constructor: { configs: { toString: {} } } })
  expect(Object.getPrototypeOf(entriesOf(catalog))).toBeNull()
  expect(Object.keys(entriesOf(catalog))).toEqual(['constructor'])
})

test('a catalog is known as one, and cannot be changed', () => {
  const catalog = defineCatalog({ a: {} })
  expect([isCatalog(catalog), Object.isFrozen(catalog), Object.isFrozen(entriesOf(catalog))]).toEqual([true, true, true])
  expect([undefined, null, 5, {}, { a: {} }, []].map(isCatalog)).toEqual([false, false, false, false, false, false])
})

test('what nobody made with defineCatalog() has no entries', () => {
  expect(entriesOf({})).toEqual({})
})

test.each<[unknown, boolean]>([
  [z.object({}), true],
  [type('string'), true],
  [{ '~standard': { version: 1, vendor: 'x', validate: () => ({ value: 1 }) } }, true],
  [{ '~standard': { version: 2, vendor: 'x', validate: () => ({ value: 1 }) } }, false],
  [{ '~standard': { version: 1 } }, false],
  [{}, false],
  [null, false],
  ['x', false]
])('a Standard Schema is known by its version and validate: case %#', (value, expected) => {
  expect(isStandardSchema(value)).toBe(expected)
})
