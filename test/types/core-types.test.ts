import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  type Catalog,
  type DiagnosticCode,
  type Directive,
  defineCatalog,
  formatDirectives,
  parseConfigMap,
  parseDirectives,
  parseStaticConfig,
  type ResolvedModule,
  type Settings,
  type StandardSchema,
  type StaticConfig,
  selectModules
} from '../../src/core/index.ts'

const catalog = defineCatalog({
  zod: { settings: z.object({ size: z.int(), mode: z.enum(['on', 'off']).default('on') }) },
  valibot: { settings: v.object({ rate: v.number() }) },
  arktype: { settings: type({ path: 'string' }) },
  plain: {}
})
type Module = ResolvedModule<typeof catalog>

test('a catalog narrows names', () => {
  expectTypeOf<Module['name']>().toEqualTypeOf<'zod' | 'valibot' | 'arktype' | 'plain'>()
  expectTypeOf<ResolvedModule['name']>().toEqualTypeOf<string>()
  expectTypeOf<ResolvedModule['settings']>().toEqualTypeOf<Settings>()
})

test('a name tells the settings', () => {
  const settingsOf = (module: Module): unknown => {
    switch (module.name) {
      case 'zod':
        expectTypeOf(module.settings).toEqualTypeOf<{ size: number; mode: 'on' | 'off' }>()
        return module.settings.size
      case 'valibot':
        expectTypeOf(module.settings).toEqualTypeOf<{ rate: number }>()
        return module.settings.rate
      case 'arktype':
        expectTypeOf(module.settings).toEqualTypeOf<{ path: string }>()
        return module.settings.path
      case 'plain':
        expectTypeOf(module.settings).toEqualTypeOf<Settings>()
        return module.settings['anything']
    }
  }
  expectTypeOf(settingsOf).returns.toBeUnknown()
})

test('selectModules() gives the modules of its catalog', async () => {
  const { modules } = await selectModules([{ module: 'zod' }], { catalog })
  expectTypeOf(modules).toEqualTypeOf<Module[]>()
  const free = await selectModules([])
  expectTypeOf(free.modules).toEqualTypeOf<ResolvedModule[]>()
})

test('load is given what its schema makes', () => {
  defineCatalog({
    a: {
      settings: z.object({ size: z.int() }),
      load: ({ name, settings, config, options, signal }) => {
        expectTypeOf(name).toEqualTypeOf<'a'>()
        expectTypeOf(settings).toEqualTypeOf<{ size: number }>()
        expectTypeOf(config).toEqualTypeOf<string | undefined>()
        expectTypeOf(options).toEqualTypeOf<Readonly<Record<string, string>>>()
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        return { stop: async () => undefined }
      }
    },
    b: { load: async () => undefined },
    c: { load: () => {} }
  })
})

test('a catalog of any modules is a Catalog', () => {
  expectTypeOf(catalog).toExtend<Catalog>()
})

test('a schema of the specification is one of ours', () => {
  expectTypeOf<StandardSchemaV1<unknown, number>>().toExtend<StandardSchema<number>>()
})

test('a parsed static configuration has a config only where it is ok', async () => {
  const parsed = await parseStaticConfig('')
  if (parsed.ok) expectTypeOf(parsed.config).toEqualTypeOf<StaticConfig>()
  else expectTypeOf(parsed.config).toEqualTypeOf<undefined>()
  // @ts-expect-error it may be undefined
  parsed.config.modules
})

test('directives can be written again, and options take undefined', () => {
  const { directives, verdict } = parseDirectives('', { source: undefined, keys: undefined, requireFinalNewline: undefined })
  expectTypeOf(directives).toEqualTypeOf<Directive[]>()
  expectTypeOf(verdict).toEqualTypeOf<'modules' | 'none' | 'abstain' | 'empty'>()
  expectTypeOf(formatDirectives).toBeCallableWith(directives)
  expectTypeOf(parseConfigMap).toBeCallableWith(new Uint8Array(), { source: undefined })
})

test('codes are known, and open', () => {
  expectTypeOf<'syntax' | 'unknown-key' | 'missing-final-newline'>().toExtend<DiagnosticCode>()
  expectTypeOf(parseDirectives('').diagnostics).items.toExtend<{ code: string; severity: 'error' | 'warning' | 'note' }>()
})

test('mistakes of a caller are type errors', () => {
  const mistakes = [
    // @ts-expect-error an unknown option
    () => parseDirectives('', { key: [] }),
    // @ts-expect-error a subject that is no text
    () => parseDirectives(5),
    // @ts-expect-error an unknown member of an entry
    () => defineCatalog({ a: { setings: z.object({}) } }),
    // @ts-expect-error no schema
    () => defineCatalog({ a: { settings: { x: 'number' } } }),
    // @ts-expect-error a directive without its module
    () => formatDirectives([{ config: 'a' }]),
    // @ts-expect-error a format that there is not
    () => parseStaticConfig('', { format: 'toml' })
  ]
  const wrongSettings = (module: Module) => {
    // @ts-expect-error the settings of some module only
    module.settings.size
    // @ts-expect-error a name that there is not
    return module.name === 'other'
  }
  expectTypeOf(mistakes).toBeArray()
  expectTypeOf(wrongSettings).returns.toBeBoolean()
})

test('an entry with a load alone keeps its name, and the catalog can be given on', () => {
  const catalog = defineCatalog({
    'mem-logger': {
      load: ({ name, settings }) => {
        expectTypeOf(name).toEqualTypeOf<'mem-logger'>()
        expectTypeOf(settings).toEqualTypeOf<Settings>()
      }
    }
  })
  expectTypeOf<ResolvedModule<typeof catalog>['name']>().toEqualTypeOf<'mem-logger'>()
  expectTypeOf(catalog).toExtend<Catalog>()
})
