import { describe, expect, test } from 'vitest'
import { formatDiagnostics } from '../../src/core/format-diagnostics.ts'
import { parseDirectives } from '../../src/core/parse-directives.ts'
import { asJson, asText, readCorpus } from './corpus.ts'

describe('valid directives', () => {
  test.each(readCorpus('directives/valid', ['txt']))('$name', ({ bytes, options, expectFile }) => {
    const { ok, directives, verdict, messages, diagnostics } = parseDirectives(bytes, options)
    const printed = diagnostics.length > 0 ? { printed: formatDiagnostics(diagnostics).split('\n') } : {}
    expect(ok).toBe(true)
    expectFile('json', asJson({ verdict, directives, messages, ...printed }))
  })
})

describe('invalid directives', () => {
  test.each(readCorpus('directives/invalid', ['txt']))('$name', ({ bytes, options, expectFile }) => {
    const { ok, diagnostics } = parseDirectives(bytes, options)
    expect(ok).toBe(false)
    expectFile('diagnostics', `${formatDiagnostics(diagnostics)}\n`)
  })
})

describe('text and bytes say the same', () => {
  const cases = ['valid', 'invalid'].flatMap((kind) => readCorpus(`directives/${kind}`, ['txt']))
  test.each(cases.filter(({ bytes }) => asText(bytes) !== undefined))('$name', ({ bytes, options }) => {
    expect(parseDirectives(asText(bytes) ?? '', options)).toEqual(parseDirectives(bytes, options))
  })
})
