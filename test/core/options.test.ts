import { describe, expect, test } from 'vitest'
import { parseConfigMap } from '../../src/core/config-map.ts'
import { formatDiagnostics } from '../../src/core/format-diagnostics.ts'
import { optionProblems } from '../../src/core/option-rules.ts'
import { parseDirectives } from '../../src/core/parse-directives.ts'
import { selectModules } from '../../src/core/select-modules.ts'
import { parseStaticConfig } from '../../src/core/static-config.ts'

const functions: Record<string, (options: unknown) => unknown> = {
  parseDirectives: (options) => parseDirectives('', options as never),
  formatDiagnostics: (options) => formatDiagnostics([], options as never),
  parseStaticConfig: (options) => parseStaticConfig('', options as never),
  parseConfigMap: (options) => parseConfigMap('', options as never),
  selectModules: (options) => selectModules([], options as never)
}

async function thrownBy(name: string, options: unknown): Promise<unknown> {
  try {
    await functions[name]?.(options)
    return undefined
  } catch (error) {
    return error
  }
}

const keysTake =
  'keys takes a list of keys (letters, digits, "-", "_"; at most 64; none of module, config, protocol, note, warning, error)'

describe('a wrong option is a TypeError with the code of wrong options', () => {
  test.each<[string, unknown, string]>([
    ['parseDirectives', { key: [] }, 'parseDirectives(): unknown option "key": did you mean "keys"?'],
    [
      'parseDirectives',
      { requireFinalNewLine: true },
      'parseDirectives(): unknown option "requireFinalNewLine": did you mean "requireFinalNewline"?'
    ],
    [
      'parseDirectives',
      { requireFinalNewline: 1 },
      'parseDirectives(): requireFinalNewline takes true or false, and was given 1'
    ],
    [
      'parseDirectives',
      { source: '' },
      'parseDirectives(): source takes a string that is not empty, and was given an empty string'
    ],
    ['parseDirectives', { source: null }, 'parseDirectives(): source takes a string that is not empty, and was given null'],
    ['parseDirectives', { keys: 'zone' }, `parseDirectives(): ${keysTake}, and was given another string`],
    [
      'parseDirectives',
      { keys: ['module'] },
      `parseDirectives(): ${keysTake}, and was given another list (look at its element 1)`
    ],
    [
      'parseDirectives',
      { keys: ['error'] },
      `parseDirectives(): ${keysTake}, and was given another list (look at its element 1)`
    ],
    ['parseDirectives', { keys: ['a b'] }, `parseDirectives(): ${keysTake}, and was given another list (look at its element 1)`],
    [
      'parseDirectives',
      { keys: ['__proto__'] },
      `parseDirectives(): ${keysTake}, and was given another list (look at its element 1)`
    ],
    ['parseDirectives', { keys: [5] }, `parseDirectives(): ${keysTake}, and was given another list (look at its element 1)`],
    [
      'parseDirectives',
      { constructor: 1 },
      'parseDirectives(): unknown option "constructor": there is "source", "keys", "requireFinalNewline"'
    ],
    ['parseDirectives', null, 'parseDirectives(): the options take an object, not null'],
    ['parseDirectives', 'x', 'parseDirectives(): the options take an object, not another string'],
    ['parseDirectives', ['x'], 'parseDirectives(): the options take an object, not another list'],
    [
      'parseDirectives',
      { a: 1, keys: 2 },
      `parseDirectives(): 2 problems\n  - unknown option "a": there is "source", "keys", "requireFinalNewline"\n  - ${keysTake}, and was given 2`
    ],
    ['formatDiagnostics', { colour: true }, 'formatDiagnostics(): unknown option "colour": did you mean "color"?'],
    ['formatDiagnostics', { color: 'auto' }, 'formatDiagnostics(): color takes true or false, and was given another string'],
    ['parseStaticConfig', { format: 'yml' }, 'parseStaticConfig(): format takes "yaml" or "json": did you mean "yaml"?'],
    [
      'parseStaticConfig',
      { format: 'toml-1.0' },
      'parseStaticConfig(): format takes "yaml" or "json", and was given another string'
    ],
    ['parseStaticConfig', { format: 5n }, 'parseStaticConfig(): format takes "yaml" or "json", and was given a bigint'],
    ['parseStaticConfig', { Source: 'x' }, 'parseStaticConfig(): unknown option "Source": did you mean "source"?'],
    ['parseConfigMap', { sources: 'x' }, 'parseConfigMap(): unknown option "sources": did you mean "source"?'],
    ['parseConfigMap', { source: {} }, 'parseConfigMap(): source takes a string that is not empty, and was given another object'],
    ['selectModules', { catalogue: {} }, 'selectModules(): unknown option "catalogue": did you mean "catalog"?'],
    [
      'selectModules',
      { catalog: { a: {} } },
      'selectModules(): catalog takes what defineCatalog() gave, and was given another object'
    ],
    [
      'selectModules',
      { staticConfig: [] },
      'selectModules(): staticConfig takes a static configuration, or what loadStaticConfig() gave, and was given an empty list'
    ],
    ['selectModules', { keys: { zone: true } }, `selectModules(): ${keysTake}, and was given another object`]
  ])('%s(%o)', async (name, options, message) => {
    const error = await thrownBy(name, options)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message, code: 'ERR_HERMES_OPTIONS_INVALID' })
  })
})

test.each(Object.keys(functions))('%s() takes no options, and options that are undefined', async (name) => {
  expect(await thrownBy(name, undefined)).toBeUndefined()
  expect(await thrownBy(name, { source: undefined, color: undefined })).toEqual(
    name === 'formatDiagnostics'
      ? expect.objectContaining({ message: expect.stringContaining('"source"') })
      : expect.any(TypeError)
  )
  expect(await thrownBy(name, name === 'formatDiagnostics' ? { color: undefined } : { source: undefined })).toBeUndefined()
})

test('a text is never shown: it may have come from an environment variable', () => {
  const rules = {
    word: { takes: 'a word', accepts: () => false, values: ['on', 'off'] },
    text: { takes: 'a text', accepts: () => false }
  }
  expect(optionProblems({ word: 'of', text: 'secret' }, rules, 'x.')).toEqual([
    'x.word takes a word: did you mean "on"?',
    'x.text takes a text, and was given another string'
  ])
  expect(optionProblems(() => 1, rules, 'x.')).toEqual(['x take an object, not a function'])
})
