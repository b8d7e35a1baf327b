import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineCatalog } from '../../src/core/index.ts'
import { defineSidecars, type Injection, injectSidecars, readInjection } from '../../src/kubernetes/index.ts'
import { image, modules, podOf } from './inject.ts'

const catalog = defineCatalog({ 'mem-profiler': { settings: z.object({ rate: z.number() }) }, 'mem-logger': {} })
const thrown = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error as TypeError & { code?: string }
  }
  throw new Error('nothing was thrown')
}

describe('defineSidecars()', () => {
  it('takes a catalog, and types the settings by it', () => {
    const sidecars = defineSidecars(catalog, {
      'mem-profiler': (module) => {
        expectTypeOf(module.settings).toEqualTypeOf<{ rate: number }>()
        expectTypeOf(module.name).toEqualTypeOf<'mem-profiler'>()
        return { container: { image, args: [String(module.settings.rate)] } }
      }
    })
    const { workload } = injectSidecars(podOf(), modules({ name: 'mem-profiler', settings: { rate: 2 } }), { sidecars })
    expect(workload.spec.initContainers[0].args).toEqual(['2'])
  })

  it('takes templates alone, and leaves out those that are undefined', () => {
    const sidecars = defineSidecars({ a: { container: { image } }, b: undefined as never })
    expect(injectSidecars(podOf(), modules('a'), { sidecars }).ok).toBe(true)
    expect(injectSidecars(podOf(), modules('b'), { sidecars }).diagnostics[0]?.code).toBe('missing-template')
  })

  it.each<[string, () => unknown, string]>([
    [
      'a module that the catalog lacks',
      () => defineSidecars(catalog, { 'mem-loger': { container: { image } } } as never),
      'defineSidecars(): the catalog has no module "mem-loger": did you mean "mem-logger"?'
    ],
    [
      'a module of an empty catalog',
      () => defineSidecars(defineCatalog({}) as never, { a: { container: { image } } } as never),
      'defineSidecars(): the catalog has no module "a": it is empty'
    ],
    ['no catalog', () => defineSidecars({} as never, {}), 'defineSidecars() takes what defineCatalog() gave, and templates'],
    ['a catalog alone', () => defineSidecars(catalog as never), 'defineSidecars() takes an object with a template per module'],
    ['a list', () => defineSidecars([] as never), 'defineSidecars() takes an object with a template per module'],
    [
      'a key that is no name',
      () => defineSidecars({ '-a': { container: { image } } }),
      'defineSidecars(): "-a" is no module name: a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit'
    ],
    [
      'a text',
      () => defineSidecars({ a: 'image:1' as never }),
      'defineSidecars(): "a" takes a template, or a function that gives one'
    ],
    [
      'an unknown member',
      () => defineSidecars({ a: { container: { image }, volumnes: [] } as never }),
      'defineSidecars(): unknown option "a.volumnes": did you mean "volumes"?'
    ]
  ])('throws a TypeError for %s', (_, run, message) => {
    expect(thrown(run)).toBeInstanceOf(TypeError)
    expect(thrown(run).message).toBe(message)
  })
})

describe('options', () => {
  const sidecars = defineSidecars({ a: { container: { image } } })
  const withOption = (option: object) => () => injectSidecars(podOf(), modules('a'), { sidecars, ...option } as never)
  const isNot = 'injectSidecars(): '
  const ofDefaults = `${isNot}defaults takes an object of resources, securityContext and safeToEvict, and was given another object`

  it.each<[string, () => unknown, string]>([
    [
      'none',
      () => injectSidecars(podOf(), modules('a'), undefined as never),
      `${isNot}sidecars takes what defineSidecars() gave, and was given null`
    ],
    [
      'no sidecars',
      () => injectSidecars(podOf(), modules('a'), {} as never),
      `${isNot}sidecars takes what defineSidecars() gave, and was given null`
    ],
    [
      'other sidecars',
      withOption({ sidecars: { a: { container: { image } } } }),
      `${isNot}sidecars takes what defineSidecars() gave, and was given another object`
    ],
    ['an unknown one', withOption({ positon: 'last' }), `${isNot}unknown option "positon": did you mean "position"?`],
    [
      'position',
      withOption({ position: 'lst' }),
      `${isNot}position takes "first", "last", { before: name } or { after: name }: did you mean "last"?`
    ],
    [
      'position of two',
      withOption({ position: { before: 'a', after: 'b' } }),
      `${isNot}position takes "first", "last", { before: name } or { after: name }, and was given another object`
    ],
    ['target', withOption({ target: '' }), `${isNot}target takes the name of an app container, and was given an empty string`],
    [
      'at',
      withOption({ at: 'spec/template' }),
      `${isNot}at takes a JSON pointer (RFC 6901), such as '/spec/template', and was given another string`
    ],
    [
      'defaults',
      withOption({ defaults: null }),
      `${isNot}defaults takes an object of resources, securityContext and safeToEvict, and was given null`
    ],
    [
      'a member of defaults',
      withOption({ defaults: { resource: {} } }),
      `${ofDefaults} (look at unknown option "defaults.resource": did you mean "resources"?)`
    ],
    [
      'default resources',
      withOption({ defaults: { resources: { requests: { cpu: '1x' } } } }),
      `${ofDefaults} (look at defaults.resources takes an object of requests and limits, or null, and was given another object (look at resources.requests.cpu that is no quantity))`
    ],
    [
      'members of default resources',
      withOption({ defaults: { resources: { request: {} } } }),
      `${ofDefaults} (look at defaults.resources takes an object of requests and limits, or null, and was given another object (look at request: did you mean "requests"?))`
    ],
    [
      'default securityContext',
      withOption({ defaults: { securityContext: { runAsUser: 1n } } }),
      `${ofDefaults} (look at defaults.securityContext takes a security context, or null, and was given another object)`
    ],
    [
      'safeToEvict',
      withOption({ defaults: { safeToEvict: 'no' } }),
      `${ofDefaults} (look at defaults.safeToEvict takes true or false, and was given another string)`
    ],
    [
      'at of readInjection()',
      () => readInjection(podOf(), { at: '~2' }),
      "readInjection(): at takes a JSON pointer (RFC 6901), such as '/spec/template', and was given another string"
    ]
  ])('%s: a TypeError with a code', (_, run, message) => {
    expect(thrown(run)).toBeInstanceOf(TypeError)
    expect(thrown(run)).toMatchObject({ message, code: 'ERR_HERMES_OPTIONS_INVALID' })
  })

  it('undefined counts as absent', () => {
    const nothing = {
      position: undefined,
      target: undefined,
      at: undefined,
      defaults: { resources: undefined, securityContext: undefined, safeToEvict: undefined }
    }
    expect(injectSidecars(podOf(), modules('a'), { sidecars, ...nothing })).toEqual(
      injectSidecars(podOf(), modules('a'), { sidecars })
    )
    expect(readInjection(podOf(), { at: undefined })).toBeUndefined()
  })

  it.each([undefined, null, [], {}, { modules: 'a' }])('a resolution that has no modules is a TypeError: %j', (resolution) => {
    expect(thrown(() => injectSidecars(podOf(), resolution as never, { sidecars })).message).toBe(
      'injectSidecars() takes a resolution, or an object with its modules'
    )
  })

  it.each([null, 'a', {}, { name: 1 }, { name: 'a', config: 1 }, { name: 'a', settings: [] }, { name: 'a', options: 'x' }])(
    'a module that is none is a TypeError: %j',
    (module) => {
      expect(thrown(() => injectSidecars(podOf(), { modules: [module as never] }, { sidecars })).message).toBe(
        'injectSidecars() takes modules as a resolution has them: name, config, settings, options'
      )
    }
  )

  it('ok narrows the patch', () => {
    type Refused = Extract<Injection<object>, { ok: false }>
    expectTypeOf<Refused['patch']>().toEqualTypeOf<[]>()
  })
})
