import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Catalog, defineCatalog } from '../../src/core/catalog.ts'
import { parseDirectives } from '../../src/core/parse-directives.ts'
import { type LocatedDirective, type SelectModulesOptions, select, selectModules } from '../../src/core/select-modules.ts'
import { parseStaticConfig } from '../../src/core/static-config.ts'

const asyncSchema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value: unknown) => {
      await Promise.resolve()
      const { size } = value as { size?: unknown }
      return typeof size === 'number'
        ? { value: { size, checked: true } }
        : { issues: [{ message: 'size is wrong', path: [{ key: 'size' }] }] }
    }
  }
} as const

const throwing = (thrown: unknown) =>
  ({
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw thrown
      }
    }
  }) as const

const catalog = defineCatalog({
  'with-zod': {
    settings: z.object({ size: z.int().default(1) }),
    configs: { prod: { size: 5 }, own: { size: 6 }, bad: { size: 'x' } }
  },
  'with-valibot': { settings: v.object({ size: v.number() }), configs: { prod: { size: 5 }, bad: { size: 'x' } } },
  'with-arktype': { settings: type({ size: 'number' }), configs: { prod: { size: 5 }, bad: { size: 'x' } } },
  'with-async': { settings: asyncSchema, configs: { prod: { size: 5 }, bad: {} } },
  'with-error': { settings: throwing(new Error('no\nway')) },
  'with-text': { settings: throwing('no way') },
  'with-nested': {
    settings: z.object({ list: z.array(z.object({ 'a/b': z.string() })) }),
    configs: { bad: { list: [{ 'a/b': 1 }] } }
  },
  plain: { configs: { prod: { x: 1 } } },
  constructor: {}
})

async function outcome(directives: LocatedDirective[], options: SelectModulesOptions<Catalog> = {}) {
  const { ok, modules, diagnostics } = await selectModules(directives, options)
  return {
    ok,
    modules: modules.map(({ name, config, settings }) => ({ name, config, settings: { ...settings } })),
    diagnostics: diagnostics.map(({ code, message, hint }) => [code, message, hint])
  }
}

describe('without a catalog', () => {
  test('every well-formed name passes, and a config that nobody defines has no settings', async () => {
    expect(await outcome([{ module: 'a' }, { module: 'b', config: 'c' }])).toEqual({
      ok: true,
      modules: [
        { name: 'a', config: undefined, settings: {} },
        { name: 'b', config: 'c', settings: {} }
      ],
      diagnostics: []
    })
  })

  test.each([
    ['a config for any module', { c: { x: 1 } }, { x: 1 }],
    ['a config for this module only, which wins, whole', { c: { x: 1, y: 2 }, 'm/c': { x: 3 } }, { x: 3 }],
    ['not a config of another module', { 'n/c': { x: 3 } }, {}],
    ['nothing where a config is null', { c: null }, {}],
    ['own members only', {}, {}]
  ])('settings are those of %s', async (_, configs, settings) => {
    const { modules } = await outcome([{ module: 'm', config: 'c' }], { staticConfig: { configs: configs as never } })
    expect(modules).toEqual([{ name: 'm', config: 'c', settings }])
  })

  test('names that prototypes have are ordinary', async () => {
    const { modules } = await outcome([{ module: 'constructor', config: 'toString' }], { staticConfig: { configs: {} } })
    expect(modules).toEqual([{ name: 'constructor', config: 'toString', settings: {} }])
  })
})

describe('with a catalog', () => {
  test.each(['with-zod', 'with-valibot', 'with-arktype', 'with-async'])(
    'a schema of every kind validates: %s',
    async (module) => {
      const { ok, modules } = await outcome([{ module, config: 'prod' }], { catalog })
      expect({ ok, modules }).toEqual({
        ok: true,
        modules: [{ name: module, config: 'prod', settings: expect.objectContaining({ size: 5 }) }]
      })
    }
  )

  test.each(['with-zod', 'with-valibot', 'with-arktype', 'with-async'])(
    'a schema of every kind reads settings from YAML: %s',
    async (module) => {
      const { config: staticConfig } = await parseStaticConfig('configs: { yaml: { size: 7 } }\n')
      const { ok, modules } = await outcome([{ module, config: 'yaml' }], { catalog, staticConfig })
      expect({ ok, modules }).toEqual({
        ok: true,
        modules: [{ name: module, config: 'yaml', settings: expect.objectContaining({ size: 7 }) }]
      })
    }
  )

  test.each(['with-zod', 'with-valibot', 'with-arktype', 'with-async'])(
    'a schema of every kind refuses, at a JSON pointer: %s',
    async (module) => {
      const { ok, modules, diagnostics } = await outcome([{ module, config: 'bad' }], { catalog })
      expect({ ok, modules }).toEqual({ ok: false, modules: [] })
      expect(diagnostics).toEqual([
        ['invalid-settings', expect.stringMatching(new RegExp(`^config "bad" of module "${module}": /size: .`)), undefined]
      ])
    }
  )

  test('what the schema makes of settings is given', async () => {
    const { modules } = await outcome([{ module: 'with-zod' }, { module: 'with-async', config: 'prod' }], { catalog })
    expect(modules.map(({ settings }) => settings)).toEqual([{ size: 1 }, { size: 5, checked: true }])
  })

  test.each<[string, LocatedDirective, string, string, string | undefined]>([
    ['an unknown module', { module: 'plaint' }, 'unknown-module', 'unknown module "plaint"', 'did you mean "plain"?'],
    [
      'a module that prototypes have',
      { module: 'toString' },
      'unknown-module',
      'unknown module "toString"',
      'there is "with-zod", "with-valibot", "with-arktype", "with-async", "with-error", "with-text", "with-nested", "plain", "constructor"'
    ],
    [
      'an undefined config',
      { module: 'plain', config: 'prd' },
      'undefined-config',
      'nobody defines config "prd" for module "plain"',
      'did you mean "prod"?'
    ],
    [
      'a config that prototypes have',
      { module: 'constructor', config: 'toString' },
      'undefined-config',
      'nobody defines config "toString" for module "constructor"',
      'define it as configs: { toString: … } of the static configuration'
    ],
    [
      'a config of another module',
      { module: 'constructor', config: 'prod' },
      'undefined-config',
      'nobody defines config "prod" for module "constructor"',
      'define it as configs: { prod: … } of the static configuration'
    ],
    [
      'a schema and no config',
      { module: 'with-async' },
      'invalid-settings',
      'module "with-async" needs a config: /size: size is wrong',
      'add config=NAME, one of prod, bad'
    ],
    [
      'a schema that throws',
      { module: 'with-error' },
      'invalid-settings',
      'module "with-error": its schema threw: no␊way',
      undefined
    ],
    [
      'a schema that throws no error',
      { module: 'with-text' },
      'invalid-settings',
      'module "with-text": its schema threw: no way',
      undefined
    ],
    ['a malformed module', { module: 'a b' }, 'invalid-name', '"a b" is no module name', expect.any(String)],
    ['a malformed config', { module: 'plain', config: '..' }, 'invalid-name', '".." is no config name', expect.any(String)]
  ])('%s is an error', async (_, directive, code, message, hint) => {
    expect(await outcome([directive], { catalog })).toEqual({ ok: false, modules: [], diagnostics: [[code, message, hint]] })
  })

  test('a place in settings is a JSON pointer', async () => {
    const { diagnostics } = await outcome([{ module: 'with-nested', config: 'bad' }], { catalog })
    expect(diagnostics[0]?.[1]).toMatch(/^config "bad" of module "with-nested": \/list\/0\/a~1b: /)
  })

  test('a module with a schema, no config and no configs of its own is told where to define one', async () => {
    const needy = defineCatalog({ needy: { settings: z.object({ x: z.string() }) } })
    const { diagnostics } = await outcome([{ module: 'needy' }], { catalog: needy })
    expect(diagnostics[0]?.[2]).toBe('add config=NAME, one that the static configuration defines')
  })

  test('configs of the static configuration win over its own of that name, whole', async () => {
    const staticConfig = { configs: { prod: { size: 9 }, 'plain/prod': { y: 2 } } }
    const { modules } = await outcome(
      [
        { module: 'with-zod', config: 'prod' },
        { module: 'plain', config: 'prod' }
      ],
      { catalog, staticConfig }
    )
    expect(modules.map(({ settings }) => settings)).toEqual([{ size: 9 }, { y: 2 }])
  })

  test('an unknown module of MODULE/CONFIG is an error at its pointer', async () => {
    const { ok, diagnostics } = await selectModules([], {
      catalog,
      staticConfig: { configs: { 'plan/prod': {}, 'constructor/x': {}, free: {} } }
    })
    expect({ ok, diagnostics }).toEqual({
      ok: false,
      diagnostics: [
        {
          code: 'unknown-module',
          severity: 'error',
          message: 'unknown module "plan"',
          hint: 'did you mean "plain"?',
          path: '/configs/plan~1prod'
        }
      ]
    })
  })

  test('suggestions for a config are those of the module and of the static configuration', async () => {
    const staticConfig = { configs: { 'plain/stage': {}, 'constructor/secret': {}, free: {} } }
    const { diagnostics } = await outcome([{ module: 'plain', config: 'zzzzzzzzz' }], { catalog, staticConfig })
    expect(diagnostics[0]?.[2]).toBe('there is "stage", "free", "prod"')
  })
})

test('all problems come in one pass, and modules without one are given', async () => {
  const { ok, modules, diagnostics } = await outcome(
    [
      { module: 'nope' },
      { module: 'plain' },
      { module: 'with-zod', config: 'bad' },
      { module: 'plain', config: 'prod' },
      { module: 'plain' }
    ],
    { catalog }
  )
  expect({ ok, modules: modules.map(({ name }) => name), codes: diagnostics.map(([code]) => code) }).toEqual({
    ok: false,
    modules: ['plain'],
    codes: ['unknown-module', 'invalid-settings', 'conflicting-directive', 'duplicate-directive']
  })
})

test('a module stands once, with a warning', async () => {
  const { ok, modules, diagnostics } = await selectModules([
    { module: 'a', line: 4 },
    { module: 'a', line: 7, column: 2 }
  ])
  expect({ ok, modules: modules.length, diagnostics }).toEqual({
    ok: true,
    modules: 1,
    diagnostics: [
      {
        code: 'duplicate-directive',
        severity: 'warning',
        message: '"a" was asked for by the same words in line 4; it stands once',
        hint: 'name a module once',
        source: '<directives>',
        line: 7,
        column: 2
      }
    ]
  })
})

test('a conflict without lines says that it stood before', async () => {
  const { diagnostics } = await outcome([{ module: 'a' }, { module: 'a', options: { x: '1' } }])
  expect(diagnostics).toEqual([
    ['conflicting-directive', '"a" was asked for with no config before, and here with no config, x="1"', 'name a module once']
  ])
})

test('origins say where a directive stands', async () => {
  const { directives } = parseDirectives('\n  module=a\n')
  const { modules } = await selectModules(directives, { source: '/etc/hermes/load-sidecars.sh' })
  expect(modules.map(({ origin }) => origin)).toEqual([
    { kind: 'script', source: '/etc/hermes/load-sidecars.sh', line: 2, column: 3 }
  ])
  const bare = await selectModules([{ module: 'a' }])
  expect(bare.modules.map(({ origin }) => origin)).toEqual([{ kind: 'script', source: '<directives>' }])
})

describe('options of a directive', () => {
  const directive = { module: 'a', options: { zone: 'eu', version: '1' } }

  test('are passed on', async () => {
    const { modules } = await selectModules([directive], { keys: ['zone', 'version'] })
    expect(modules.map(({ options }) => options)).toEqual([directive.options])
  })

  test('are all taken where keys are not given', async () => {
    expect((await selectModules([directive])).ok).toBe(true)
  })

  test('that are not declared are an error', async () => {
    const { ok, modules, diagnostics } = await outcome([directive], { keys: ['zones'] })
    expect({ ok, modules, diagnostics }).toEqual({
      ok: false,
      modules: [],
      diagnostics: [
        ['unknown-key', 'unknown key "zone"', 'did you mean "zones"?'],
        ['unknown-key', 'unknown key "version"', 'there is "zones"']
      ]
    })
  })
})

test.each([[{}], [null], ['module=a'], [{ module: 5 }], [{ module: 'a', options: [] }], [{ module: 'a', options: null }]])(
  'a directive that is none is a TypeError: %j',
  async (directive) => {
    await expect(selectModules([directive as never])).rejects.toThrow(
      /^selectModules\(\): (a directive is|the options of a directive are) an object/
    )
  }
)

test('a config that is no string is malformed', async () => {
  expect((await outcome([{ module: 'a', config: null as never }])).diagnostics[0]?.[1]).toBe('"null" is no config name')
})

test('requests keep the places that they carry', async () => {
  const place = { source: 'f.yaml', line: 3, column: 5, length: 1, text: '- b' }
  const request = { module: 'b c', options: {}, origin: { kind: 'file' as const, source: 'f.yaml' }, place }
  expect((await select([request], {}, undefined)).diagnostics).toEqual([expect.objectContaining(place)])
})

describe('nobody else sees a module change', () => {
  const prototypes = (value: object) => [
    Object.getPrototypeOf(value),
    ...Object.values(value)
      .filter((member) => typeof member === 'object')
      .map((member) => Object.getPrototypeOf(member))
  ]

  test('settings and options are copies without prototypes', async () => {
    const configs = { x: { v: { w: 1 } } }
    const options = { version: '1' }
    const { modules } = await selectModules(
      [
        { module: 'a', config: 'x', options },
        { module: 'b', config: 'x' }
      ],
      { staticConfig: { configs } }
    )
    const [a, b] = modules
    expect([a?.settings, a?.options]).toEqual([{ v: { w: 1 } }, { version: '1' }])
    expect([...prototypes(a?.settings ?? {}), Object.getPrototypeOf(a?.options)]).toEqual([null, null, null])
    Object.assign(a?.settings['v'] as object, { w: 2 })
    expect([b?.settings, configs]).toEqual([{ v: { w: 1 } }, { x: { v: { w: 1 } } }])
  })

  test("a catalog's own configs stay as they are", async () => {
    const catalog = defineCatalog({ a: { configs: { x: { list: [1] } } } })
    const settingsOf = async () =>
      (await selectModules([{ module: 'a', config: 'x' }], { catalog })).modules[0]?.settings['list'] as number[]
    const list = await settingsOf()
    list.push(2)
    expect(await settingsOf()).toEqual([1])
  })
})

test.each<[object, string, string]>([
  [{ confgs: {} }, 'unknown-key', '/confgs'],
  [{ configs: [] }, 'invalid-config', '/configs'],
  [{ configs: { 'a/b/c': {} } }, 'invalid-name', '/configs/a~1b~1c'],
  [{ configs: { x: 1 } }, 'invalid-config', '/configs/x'],
  [{ configs: { x: { y: Number.POSITIVE_INFINITY } } }, 'invalid-config', '/configs/x/y'],
  [{ configs: { x: { y: () => 1 } } }, 'invalid-config', '/configs/x/y']
])('a wrong static configuration %j is told by its pointer', async (staticConfig, code, pointer) => {
  const { ok, diagnostics } = await selectModules([{ module: 'a' }], { staticConfig })
  expect([ok, diagnostics.map((one) => [one.code, one.path])]).toEqual([false, [[code, pointer]]])
})
