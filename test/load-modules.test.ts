import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import {
  defineCatalog,
  HermesError,
  type LoadModulesOptions,
  loadModules,
  type ResolveEvent,
  resolveModules
} from '../src/index.ts'
import { tempFile } from './temp-folder.ts'

const asked = (name: string, line = 1) => ({
  name,
  settings: {},
  options: {},
  origin: { kind: 'script' as const, source: '/etc/hermes/load-sidecars.sh', line, column: 1 }
})

/** A module that writes down what happens to it. */
function loader(story: string[], name: string, stop?: () => void | Promise<void>) {
  return {
    load: () => {
      story.push(`load ${name}`)
      return {
        async stop() {
          story.push(`stop ${name}`)
          await stop?.()
        }
      }
    }
  }
}

const failureOf = async (loading: Promise<unknown>): Promise<HermesError> => {
  const failure = await loading.then(
    () => undefined,
    (error: unknown) => error
  )
  if (!(failure instanceof HermesError)) throw new Error('it did not fail')
  return failure
}

describe('loadModules', () => {
  test('loads what was resolved and nothing else, in order, and stops in reverse order', async () => {
    const story: string[] = []
    const events: ResolveEvent[] = []
    const catalog = defineCatalog({ a: loader(story, 'a'), b: loader(story, 'b'), c: loader(story, 'c') })
    const loaded = await loadModules(
      { modules: [asked('c'), asked('a')] },
      { catalog, onEvent: (event) => void events.push(event) }
    )
    expect(loaded.modules.map(({ name, handle }) => [name, typeof handle?.stop])).toEqual([
      ['c', 'function'],
      ['a', 'function']
    ])
    await loaded.stop()
    expect(story).toEqual(['load c', 'load a', 'stop a', 'stop c'])
    expect(events).toEqual([
      { type: 'module-loaded', name: 'c' },
      { type: 'module-loaded', name: 'a' },
      { type: 'module-stopped', name: 'a' },
      { type: 'module-stopped', name: 'c' }
    ])
  })

  test('gives each load its request, typed by the catalog', async () => {
    const requests: unknown[] = []
    const catalog = defineCatalog({
      'mem-profiler': {
        settings: z.object({ sampleIntervalBytes: z.int() }),
        load: (request) => {
          expectTypeOf(request.name).toEqualTypeOf<'mem-profiler'>()
          expectTypeOf(request.settings).toEqualTypeOf<{ sampleIntervalBytes: number }>()
          requests.push(request)
        }
      },
      'mem-logger': { load: () => ({}) }
    })
    const script = tempFile('load.sh', 'echo module=mem-profiler,config=prod,tier=a; echo module=mem-logger\n')
    const resolution = await resolveModules({
      script,
      keys: ['tier'],
      catalog,
      staticConfig: { configs: { prod: { sampleIntervalBytes: 1 } } }
    })
    const { signal } = new AbortController()
    const { modules } = await loadModules(resolution, { catalog, signal })
    expect(requests).toEqual([
      { name: 'mem-profiler', config: 'prod', settings: { sampleIntervalBytes: 1 }, options: { tier: 'a' }, signal }
    ])
    expect(modules.map(({ name, handle }) => [name, handle])).toEqual([
      ['mem-profiler', undefined],
      ['mem-logger', {}]
    ])
    for (const module of modules) {
      if (module.name === 'mem-profiler') expectTypeOf(module.settings).toEqualTypeOf<{ sampleIntervalBytes: number }>()
    }
  })

  test('a load without a signal gets one that has not aborted', async () => {
    const signals: AbortSignal[] = []
    const catalog = defineCatalog({ a: { load: ({ signal }) => void signals.push(signal) } })
    await loadModules({ modules: [asked('a')] }, { catalog })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })

  test('nothing to load is nothing to stop', async () => {
    const loaded = await loadModules({ modules: [] }, { catalog: defineCatalog({}) })
    await loaded.stop()
    expect(loaded.modules).toEqual([])
  })

  test('a listener that throws changes nothing', async () => {
    const onEvent = () => {
      throw new Error('mine')
    }
    const story: string[] = []
    const loaded = await loadModules({ modules: [asked('a')] }, { catalog: defineCatalog({ a: loader(story, 'a') }), onEvent })
    await loaded.stop()
    expect(story).toEqual(['load a', 'stop a'])
  })
})

describe('stop', () => {
  test('stops once, whoever asks and however often', async () => {
    const story: string[] = []
    {
      await using loaded = await loadModules({ modules: [asked('a')] }, { catalog: defineCatalog({ a: loader(story, 'a') }) })
      await Promise.all([loaded.stop(), loaded.stop()])
    }
    expect(story).toEqual(['load a', 'stop a'])
  })

  test('reports every failure, and stops the others', async () => {
    const story: string[] = []
    const fails = (message: string) => () => {
      throw new Error(message)
    }
    const catalog = defineCatalog({
      a: loader(story, 'a', fails('busy')),
      b: loader(story, 'b'),
      c: loader(story, 'c', () => Promise.reject(new Error('gone')))
    })
    const events: string[] = []
    const loaded = await loadModules(
      { modules: [asked('a'), asked('b'), asked('c')] },
      { catalog, onEvent: ({ type }) => void events.push(type) }
    )
    const failure = await loaded.stop().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AggregateError)
    const { message, errors } = failure as AggregateError
    expect({ message, causes: errors.map((error: Error) => error.message) }).toEqual({
      message: 'module "c" could not be stopped: gone; module "a" could not be stopped: busy',
      causes: ['gone', 'busy']
    })
    expect(story.slice(3)).toEqual(['stop c', 'stop b', 'stop a'])
    expect(events.filter((type) => type === 'module-stopped')).toHaveLength(1)
  })
})

describe('a load that fails', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('no such package')
      }
    ],
    ['rejects', () => Promise.reject(new Error('no such package'))]
  ])('and %s: those before it are stopped, and the error names the module, who asked for it and the cause', async (_, load) => {
    const story: string[] = []
    const catalog = defineCatalog({
      a: loader(story, 'a'),
      b: loader(story, 'b'),
      broken: { load },
      never: loader(story, 'never')
    })
    const modules = [asked('a', 1), asked('b', 2), asked('broken', 3), asked('never', 4)]
    const failure = await failureOf(loadModules({ modules }, { catalog }))
    expect({ code: failure.code, message: failure.message, cause: (failure.cause as Error).message }).toEqual({
      code: 'ERR_HERMES_MODULE_LOAD',
      message: 'module "broken", which output of /etc/hermes/load-sidecars.sh:3:1 asks for, could not be loaded: no such package',
      cause: 'no such package'
    })
    expect(failure.diagnostics).toEqual([])
    expect(story).toEqual(['load a', 'load b', 'stop b', 'stop a'])
  })

  test('what fails while undoing is in its diagnostics', async () => {
    const catalog = defineCatalog({
      a: loader([], 'a', () => Promise.reject(new Error('busy'))),
      broken: { load: () => Promise.reject('text') }
    })
    const failure = await failureOf(loadModules({ modules: [asked('a'), asked('broken', 2)] }, { catalog }))
    expect(failure.diagnostics).toEqual([
      { code: 'stop-failed', severity: 'error', message: 'module "a" could not be stopped: busy' }
    ])
    expect(failure.message).toBe(
      'module "broken", which output of /etc/hermes/load-sidecars.sh:2:1 asks for, could not be loaded: what was thrown is no error:\nerror: module "a" could not be stopped: busy [stop-failed]'
    )
  })

  test('control characters of a cause do not reach the message', async () => {
    const catalog = defineCatalog({ a: { load: () => Promise.reject(new Error('a\u001b[2Jb')) } })
    const { message } = await failureOf(loadModules({ modules: [asked('a')] }, { catalog }))
    expect(message).toContain('a␛[2Jb')
  })
})

test('modules without a load are refused before anything is loaded', async () => {
  const story: string[] = []
  const catalog = defineCatalog({ a: loader(story, 'a'), b: {} })
  const unknown = { ...asked('c'), origin: { kind: 'env' as const, source: 'HERMES_MODULES' } }
  const failure = await failureOf(loadModules({ modules: [asked('a'), asked('b', 2), unknown] }, { catalog }))
  expect({ code: failure.code, message: failure.message }).toEqual({
    code: 'ERR_HERMES_MODULE_LOAD',
    message:
      'the catalog does not say how to load "b" (output of /etc/hermes/load-sidecars.sh:2:1 asks for it), "c" (HERMES_MODULES asks for it). Give the entry a "load". Nothing was loaded'
  })
  expect(story).toEqual([])
})

describe('an abort', () => {
  test('before: nothing is loaded', async () => {
    const story: string[] = []
    const signal = AbortSignal.abort('late')
    const failure = await failureOf(
      loadModules({ modules: [asked('a')] }, { catalog: defineCatalog({ a: loader(story, 'a') }), signal })
    )
    expect({ code: failure.code, message: failure.message, cause: failure.cause, story }).toEqual({
      code: 'ERR_HERMES_ABORTED',
      message: 'loading was aborted by its signal',
      cause: 'late',
      story: []
    })
  })

  test('while a module loads: it is not waited for, those before it are stopped, and what it gives after that is stopped', async () => {
    const story: string[] = []
    const abortion = new AbortController()
    let finish = (_: { stop(): void }) => {}
    const stopped = new Promise<void>((resolve) => {
      const hanging = () => {
        queueMicrotask(() => abortion.abort(new Error('shutting down')))
        return new Promise<{ stop(): void }>((give) => {
          finish = give
        })
      }
      const catalog = defineCatalog({ a: loader(story, 'a'), hanging: { load: hanging } })
      failureOf(loadModules({ modules: [asked('a'), asked('hanging')] }, { catalog, signal: abortion.signal })).then(
        (failure) => {
          story.push(failure.code, (failure.cause as Error).message)
          finish({
            stop() {
              story.push('stop hanging')
              resolve()
            }
          })
        }
      )
    })
    await stopped
    expect(story).toEqual(['load a', 'stop a', 'ERR_HERMES_ABORTED', 'shutting down', 'stop hanging'])
  })

  test('as a module is loaded: that one is stopped too', async () => {
    const story: string[] = []
    const abortion = new AbortController()
    const catalog = defineCatalog({
      a: {
        load() {
          abortion.abort()
          return { stop: () => void story.push('stop a') }
        }
      }
    })
    const failure = await failureOf(loadModules({ modules: [asked('a')] }, { catalog, signal: abortion.signal }))
    expect({ code: failure.code, story }).toEqual({ code: 'ERR_HERMES_ABORTED', story: ['stop a'] })
  })

  test('of a load that rejects because of it is ABORTED and not MODULE_LOAD', async () => {
    const abortion = new AbortController()
    const catalog = defineCatalog({
      a: {
        load: async ({ signal }) => {
          abortion.abort(new Error('enough'))
          signal.throwIfAborted()
        }
      }
    })
    const failure = await failureOf(loadModules({ modules: [asked('a')] }, { catalog, signal: abortion.signal }))
    expect(failure.code).toBe('ERR_HERMES_ABORTED')
  })
})

test.each<[string, unknown, unknown, string]>([
  ['no catalog', { modules: [] }, {}, 'catalog is needed: what defineCatalog() gave, with a "load" for each module'],
  ['no options', { modules: [] }, undefined, 'catalog is needed: what defineCatalog() gave, with a "load" for each module'],
  ['no resolution', [], { catalog: defineCatalog({}) }, 'its first argument takes a resolution, or an object with its "modules"'],
  [
    'an unknown option',
    { modules: [] },
    { catalog: defineCatalog({}), signl: 1 },
    'unknown option "signl": did you mean "signal"?'
  ],
  [
    'a wrong signal',
    { modules: [] },
    { catalog: defineCatalog({}), signal: {} },
    'signal takes an AbortSignal, and was given another object'
  ]
])('wrong options: %s', async (_, resolution, options, problem) => {
  const failure = await failureOf(loadModules(resolution as { modules: [] }, options as LoadModulesOptions))
  expect({ code: failure.code, message: failure.message }).toEqual({
    code: 'ERR_HERMES_OPTIONS_INVALID',
    message: `loadModules(): ${problem}`
  })
})
