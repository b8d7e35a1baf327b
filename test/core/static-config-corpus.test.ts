import { describe, expect, test } from 'vitest'
import { parseConfigMap } from '../../src/core/config-map.ts'
import { formatDiagnostics } from '../../src/core/format-diagnostics.ts'
import { parseStaticConfig } from '../../src/core/static-config.ts'
import { asJson, asText, type CorpusCase, readCorpus } from './corpus.ts'

const parse = ({ bytes, extension, options }: CorpusCase) =>
  parseStaticConfig(bytes, { ...options, format: extension as 'yaml' | 'json' })

describe('valid static configuration', () => {
  test.each(readCorpus('static-config/valid', ['yaml', 'json']))('$name.$extension', async (given) => {
    const { ok, config, diagnostics } = await parse(given)
    const printed = diagnostics.length > 0 ? { printed: formatDiagnostics(diagnostics).split('\n') } : {}
    expect(ok).toBe(true)
    given.expectFile(`${given.extension}.expected`, asJson({ ...config, ...printed }))
  })
})

describe('invalid static configuration', () => {
  test.each(readCorpus('static-config/invalid', ['yaml', 'json']))('$name.$extension', async (given) => {
    const { ok, config, diagnostics } = await parse(given)
    expect({ ok, config }).toEqual({ ok: false, config: undefined })
    given.expectFile(`${given.extension}.diagnostics`, `${formatDiagnostics(diagnostics)}\n`)
  })
})

describe('config maps', () => {
  test.each(readCorpus('config-maps/valid', ['yaml']))('valid: $name', async ({ bytes, expectFile }) => {
    const { ok, entries, diagnostics } = await parseConfigMap(bytes)
    expect({ ok, diagnostics }).toEqual({ ok: true, diagnostics: [] })
    expectFile('expected', asJson(entries))
  })

  test.each(readCorpus('config-maps/invalid', ['yaml']))('invalid: $name', async ({ bytes, expectFile }) => {
    const { ok, diagnostics } = await parseConfigMap(bytes)
    expect(ok).toBe(false)
    expectFile('diagnostics', `${formatDiagnostics(diagnostics)}\n`)
  })

  test.each(readCorpus('config-maps/valid', ['yaml']))(
    'the first character of each text stands in its line: $name',
    async (given) => {
      const { entries } = await parseConfigMap(given.bytes)
      const lines = (asText(given.bytes) ?? '').split(/\r?\n/)
      for (const { text, line } of entries) {
        const [first = ''] = text.split(/[\n ]/)
        expect(lines[line - 1]).toContain(first)
      }
    }
  )
})

describe('text and bytes say the same', () => {
  const cases = ['valid', 'invalid'].flatMap((kind) => readCorpus(`static-config/${kind}`, ['yaml', 'json']))
  test.each(cases.filter(({ bytes }) => asText(bytes) !== undefined))('$name.$extension', async (given) => {
    const format = given.extension as 'yaml' | 'json'
    expect(await parseStaticConfig(asText(given.bytes) ?? '', { ...given.options, format })).toEqual(await parse(given))
  })
})
