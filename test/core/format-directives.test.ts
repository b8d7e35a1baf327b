import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DirectiveInput } from '../../src/core/directive-input.ts'
import { formatDirectives } from '../../src/core/format-directives.ts'
import { parseDirectives } from '../../src/core/parse-directives.ts'

const keys = ['version', 'zone', 'constructor', 'x-1', 'toString']

test.each<[string, DirectiveInput[], string]>([
  ['none for no directive', [], 'none\n'],
  ['a module', [{ module: 'mem-profiler' }], 'module=mem-profiler\n'],
  ['a module and its config', [{ module: 'mem-profiler', config: 'prod-tunings' }], 'module=mem-profiler,config=prod-tunings\n'],
  ['a config that is undefined is none', [{ module: 'a', config: undefined, options: undefined }], 'module=a\n'],
  ['a line for each, in order', [{ module: 'b' }, { module: 'a' }], 'module=b\nmodule=a\n'],
  ['plain values as they are', [{ module: 'a', options: { zone: 'eu-west:1/x=2 b' } }], 'module=a,zone=eu-west:1/x=2 b\n'],
  ['an empty value in quotes', [{ module: 'a', options: { zone: '' } }], 'module=a,zone=""\n'],
  ['a comma in quotes', [{ module: 'a', options: { zone: 'a,b' } }], 'module=a,zone="a,b"\n'],
  ['outer white space in quotes', [{ module: 'a', options: { zone: ' x ' } }], 'module=a,zone=" x "\n'],
  ['a quote as an escape', [{ module: 'a', options: { zone: 'say "hi"' } }], 'module=a,zone="say \\"hi\\""\n'],
  [
    'controls as escapes',
    [{ module: 'a', options: { zone: '\u0000\t\n\u007f\u0085' } }],
    'module=a,zone="\\u0000\\t\\n\\u007f\\u0085"\n'
  ],
  ['half a pair as an escape', [{ module: 'a', options: { zone: '\ud800' } }], 'module=a,zone="\\ud800"\n']
])('writes %s', (_, directives, text) => {
  expect(formatDirectives(directives)).toBe(text)
})

test('takes any iterable', () => {
  expect(formatDirectives(new Set([{ module: 'a' }]))).toBe('module=a\n')
})

test('what was parsed can be written again', () => {
  const text = 'module=a,config=b,zone="x,y"\nmodule=c\n'
  expect(formatDirectives(parseDirectives(text, { keys: ['zone'] }).directives)).toBe(text)
})

test.each<[string, unknown[], string]>([
  ['a module twice', [{ module: 'a' }, { module: 'a', config: 'b' }], 'formatDirectives(): module "a" stands twice'],
  ['no module', [{}], 'formatDirectives(): a directive is an object with a module'],
  ['a malformed module', [{ module: 'a b' }], 'formatDirectives(): "a b" is no module name'],
  ['a module that is a number', [{ module: 5 }], 'formatDirectives(): a directive is an object with a module'],
  ['a malformed config', [{ module: 'a', config: '..' }], 'formatDirectives(): ".." is no config name'],
  ['a config that is null', [{ module: 'a', config: null }], 'formatDirectives(): null is no config name'],
  ['a malformed key', [{ module: 'a', options: { 'a b': 'x' } }], 'formatDirectives(): "a b" can be no key'],
  ['the key module', [{ module: 'a', options: { module: 'x' } }], 'formatDirectives(): "module" can be no key'],
  ['the key error', [{ module: 'a', options: { error: 'x' } }], 'formatDirectives(): "error" can be no key'],
  ['a value that is no string', [{ module: 'a', options: { x: 1 } }], 'formatDirectives(): the value of "x" is not a string'],
  [
    'options that are a list',
    [{ module: 'a', options: ['x'] }],
    'formatDirectives(): the options of a directive are an object of strings'
  ],
  [
    'options that are a Map',
    [{ module: 'a', options: new Map([['x', 'y']]) }],
    'formatDirectives(): the options of a directive are an object of strings'
  ],
  [
    'options that are inherited',
    [{ module: 'a', options: Object.create({ x: 'y' }) }],
    'formatDirectives(): the options of a directive are an object of strings'
  ],
  [
    'a declared key outside of options',
    [{ module: 'a', version: '1' }],
    'formatDirectives(): a directive has no member "version": keys that are declared stand in its options'
  ],
  ['what is no object', ['module=a'], 'formatDirectives(): a directive is an object with a module']
])('refuses %s', (_, directives, message) => {
  expect(() => formatDirectives(directives as DirectiveInput[])).toThrow(new TypeError(message))
})

describe('round trip', () => {
  const edge = fc.stringMatching(/^[A-Za-z0-9]$/)
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/),
    edge,
    fc.constantFrom('constructor', 'none', 'module', 'toString')
  )
  const anyUnit = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units))
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    anyUnit,
    fc.constantFrom('"', '\\', ',', ' ', '#', '\u0000', '\ud800', 'none')
  )
  const options = fc.dictionary(fc.constantFrom(...keys), value)
  const directive = fc.record({ module: name, config: name, options }, { requiredKeys: ['module'] })
  const directives = fc.uniqueArray(directive, { selector: ({ module }) => module, maxLength: 6 })

  test('parseDirectives() gives back whatever formatDirectives() takes', () => {
    fc.assert(
      fc.property(directives, (given) => {
        const parsed = parseDirectives(formatDirectives(given), { keys, requireFinalNewline: true })
        expect(parsed.diagnostics).toEqual([])
        expect(parsed.verdict).toBe(given.length === 0 ? 'none' : 'modules')
        expect(parsed.directives.map(({ module, config, options: read }) => ({ module, config, options: { ...read } }))).toEqual(
          given.map(({ module, config, options: written }) => ({ module, config, options: { ...written } }))
        )
      }),
      { numRuns: 500 }
    )
  })
})
