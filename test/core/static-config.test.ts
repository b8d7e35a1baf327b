import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConfigMap } from '../../src/core/config-map.ts'
import { inlineDocument } from '../../src/core/inline-document.ts'
import { parseStaticConfig } from '../../src/core/static-config.ts'
import { checkStaticConfig } from '../../src/core/static-config-reader.ts'
import { expectInOrder, expectPlacesIn, hasError, isWellFormed, nearly, nearlyBytes, yamlWords } from './hostile.ts'

test.each([[undefined], [5], [{}]])('a subject that is no text is a TypeError: %s', async (subject) => {
  const given = subject as unknown as string
  await expect(parseStaticConfig(given)).rejects.toEqual(new TypeError('parseStaticConfig() takes a string or a Uint8Array'))
  await expect(parseConfigMap(given)).rejects.toEqual(new TypeError('parseConfigMap() takes a string or a Uint8Array'))
})

test('objects with keys from outside have no prototype', async () => {
  const { config } = await parseStaticConfig('modules: [{ module: a, config: b }]\nconfigs: { b: { x: { y: 1 } }, c: }\n')
  const { b, c } = config?.configs ?? {}
  const objects = [config?.modules?.[0], config?.configs, b, b?.['x'], c]
  expect(objects.map((object) => Object.getPrototypeOf(object))).toEqual([null, null, null, null, null])
})

test('what was read can be read again', async () => {
  const { config } = await parseStaticConfig('modules: [a, { module: b, zone: eu }]\nconfigs: { c: { x: [1, null] } }\n', {
    keys: ['zone']
  })
  const again = await parseStaticConfig(JSON.stringify(config), { format: 'json', keys: ['zone'] })
  expect(again.config).toEqual(config)
})

test('the source is shown in diagnostics', async () => {
  const { diagnostics } = await parseStaticConfig('modules: a\n', { source: '/etc/hermes/modules.yaml' })
  expect(diagnostics.map(({ source }) => source)).toEqual(['/etc/hermes/modules.yaml'])
})

describe('any text or bytes', () => {
  const input = fc.oneof(nearly(...yamlWords), nearlyBytes(...yamlWords), fc.string({ unit: 'binary' }), fc.uint8Array())
  const format = fc.constantFrom('yaml' as const, 'json' as const)

  test('never make parseStaticConfig() throw, and its places lie in the text and in its order', async () => {
    await fc.assert(
      fc.asyncProperty(input, format, async (text, given) => {
        const { ok, diagnostics, config } = await parseStaticConfig(text, { format: given })
        expect(ok).toBe(!hasError(diagnostics))
        expect(config === undefined).toBe(!ok)
        expectPlacesIn(text, diagnostics)
        expectInOrder(diagnostics)
      }),
      { numRuns: 2000 }
    )
  })

  test('never make parseConfigMap() throw, and its places lie in the text and in its order', async () => {
    const words = [
      'kind: ConfigMap\n',
      'kind: List\n',
      'items:\n- ',
      'data:\n',
      'metadata: { name: x }\n',
      '  a: |\n    b\n',
      ...yamlWords
    ]
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly(...words), nearlyBytes(...words)), async (text) => {
        const { ok, entries, diagnostics } = await parseConfigMap(text)
        expect(ok).toBe(!hasError(diagnostics))
        expectPlacesIn(text, [...diagnostics, ...entries.map(({ line }) => ({ line, column: 1, length: 0 }) as never)])
        expectInOrder(diagnostics)
      }),
      { numRuns: 1000 }
    )
  })

  test('JSON settings are read as JSON.parse() reads them, however they are laid out', async () => {
    const blank = fc.constantFrom('', ' ', '\n', '\t', '\r\n', ' \n\t ')
    const settings = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }))
    await fc.assert(
      fc.asyncProperty(settings, blank, fc.constantFrom(0, 2, '\t'), async (given, outer, indent) => {
        const text = `${outer}${JSON.stringify({ configs: { a: given } }, undefined, indent)}${outer}`
        const { config, diagnostics } = await parseStaticConfig(text, { format: 'json' })
        const tooLarge = /\d{16}/.test(text)
        if (!tooLarge) expect(diagnostics).toEqual([])
        if (!tooLarge) expect(JSON.stringify(config?.configs?.['a'])).toBe(JSON.stringify(given))
      }),
      { numRuns: 500 }
    )
  })

  test('of JSON are accepted only where JSON.parse() accepts them', async () => {
    const words = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"modules"',
      '"a"',
      '1',
      '-',
      '.5',
      '01',
      'true',
      'nul',
      '"\\x',
      "'a'",
      '//',
      ' '
    ]
    await fc.assert(
      fc.asyncProperty(
        nearly(...words).filter((text) => isWellFormed(text)),
        async (text) => {
          const { diagnostics } = await parseStaticConfig(text, { format: 'json' })
          const isJson = attempt(() => JSON.parse(text.replace(/^\ufeff/, '')))
          expect(diagnostics.some(({ message }) => message.startsWith('not valid JSON: '))).toBe(!isJson)
        }
      ),
      { numRuns: 1000 }
    )
  })
})

function attempt(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

describe('an inline configuration', () => {
  const check = (given: unknown, keys: string[] = []) =>
    checkStaticConfig(inlineDocument(given, '<inline>'), keys, () => ({ kind: 'inline', source: '<inline>' }))
  const faults = async (given: unknown) =>
    (await check(given)).diagnostics.map(({ code, path, source }) => `${source} ${path} ${code}`)

  test('is read as a file is', async () => {
    const { requests, configs, diagnostics, placeOfConfig } = await check({
      modules: ['a', { module: 'b', config: 'c', zone: undefined }],
      configs: { c: { x: 1 } }
    })
    expect(diagnostics).toEqual([])
    expect(requests.map(({ module, config, origin }) => ({ module, config, origin }))).toEqual([
      { module: 'a', config: undefined, origin: { kind: 'inline', source: '<inline>' } },
      { module: 'b', config: 'c', origin: { kind: 'inline', source: '<inline>' } }
    ])
    expect(configs).toEqual(Object.assign(Object.create(null), { c: Object.assign(Object.create(null), { x: 1 }) }))
    expect(placeOfConfig('c')).toEqual({ source: '<inline>', path: '/configs/c' })
  })

  test.each<[string, unknown, string[]]>([
    ['an unknown key', { moduls: [] }, ['<inline> /moduls unknown-key']],
    ['an unknown key of an entry', { modules: ['a', { module: 'b', confg: 'c' }] }, ['<inline> /modules/1/confg unknown-key']],
    ['a missing module', { modules: [{ config: 'c' }] }, ['<inline> /modules/0 missing-module']],
    ['a malformed name', { modules: ['a b'] }, ['<inline> /modules/0 invalid-name']],
    ['a config name to be escaped', { configs: { 'a/b/c~': {} } }, ['<inline> /configs/a~1b~1c~0 invalid-name']],
    ['a config named __proto__', { configs: { ['__proto__']: {} } }, ['<inline> /configs/__proto__ invalid-name']],
    ['a number for a name', { modules: [5] }, ['<inline> /modules/0 invalid-config']],
    ['a conflict', { modules: ['a', { module: 'a', config: 'b' }] }, ['<inline> /modules/1 conflicting-directive']],
    ['a list', [], ['<inline>  invalid-config']],
    ['a function', { configs: { a: { x: () => 1 } } }, ['<inline> /configs/a/x invalid-config']],
    ['a symbol', { configs: { a: { x: Symbol('x') } } }, ['<inline> /configs/a/x invalid-config']],
    ['a bigint', { configs: { a: { x: 1n } } }, ['<inline> /configs/a/x invalid-config']],
    [
      'no number',
      { configs: { a: { x: Number.NaN, y: [Number.POSITIVE_INFINITY] } } },
      ['<inline> /configs/a/x invalid-config', '<inline> /configs/a/y/0 invalid-config']
    ],
    ['a date', { configs: { a: { x: new Date(0) } } }, ['<inline> /configs/a/x invalid-config']],
    ['a map', { configs: { a: new Map() } }, ['<inline> /configs/a invalid-config']]
  ])('with %s is refused at its JSON pointer', async (_, given, expected) => {
    expect(await faults(given)).toEqual(expected)
  })

  test('in itself is refused where it closes', async () => {
    const object: Record<string, unknown> = { x: 1 }
    object['self'] = object
    object['again'] = [object]
    expect(await faults({ configs: { a: object } })).toEqual([
      '<inline> /configs/a/self invalid-config',
      '<inline> /configs/a/again/0 invalid-config'
    ])
  })

  test('with one object in many places is read in as many steps as there are objects', async () => {
    let object: Record<string, unknown> = { end: true }
    for (let depth = 0; depth < 60; depth++) object = { left: object, right: object }
    const { diagnostics, configs } = await check({ configs: { a: object } })
    expect(diagnostics).toEqual([])
    expect(configs['a']?.['left']).toBe(configs['a']?.['right'])
  })

  test('that is too deep is refused', async () => {
    let value: unknown = 1
    for (let depth = 0; depth < 200; depth++) value = [value]
    expect((await check({ configs: { a: { x: value } } })).diagnostics.map(({ message }) => message)).toEqual([
      'nested more than 100 levels deep'
    ])
  })

  test('is copied: a later change of it changes nothing', async () => {
    const given = { configs: { a: { x: [1] } } }
    const { configs } = await check(given)
    given.configs.a.x.push(2)
    expect(configs['a']?.['x']).toEqual([1])
  })

  test('members that are undefined are absent, holes of a list are null', async () => {
    const { configs } = await check({ modules: undefined, configs: { a: { x: undefined, y: new Array(1) } } })
    expect(JSON.stringify(configs)).toBe('{"a":{"y":[null]}}')
  })
})
