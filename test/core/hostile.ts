import fc from 'fast-check'
import { expect } from 'vitest'
import type { Diagnostic } from '../../src/core/diagnostic.ts'

const encoder = new TextEncoder()

/** Texts that are nearly what a grammar wants, and every character that it does not. */
export function nearly(...words: readonly string[]): fc.Arbitrary<string> {
  const signs = [
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '\u0000',
    '\u001b[31m',
    '\u009d',
    '\ufeff',
    '\ud800',
    '\u202e',
    '\u00a0',
    'é',
    '😀',
    '測'
  ]
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    fc.constantFrom(...signs),
    fc.string({ unit: 'binary' })
  )
  return fc.array(word, { maxLength: 40 }).map((parts) => parts.join(''))
}

/** The same as bytes, some of them not UTF-8. */
export function nearlyBytes(...words: readonly string[]): fc.Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    nearly(...words).map((text) => encoder.encode(text)),
    fc.uint8Array({ maxLength: 4 })
  )
  return fc.array(piece, { maxLength: 8 }).map((pieces) => Uint8Array.from(pieces.flatMap((bytes) => [...bytes])))
}

export const directiveWords = [
  'module',
  'config',
  'zone',
  'modul',
  '=',
  '=',
  ',',
  '"',
  '\\',
  '\\n',
  '\\u0041',
  'none',
  'abstain',
  'error=',
  'note =',
  'warning=',
  'protocol=1',
  'protocol=2',
  '#',
  '\n',
  '\n',
  'a',
  'mem-profiler',
  'module=a',
  'module=b,config=c',
  'module=a\n',
  'none\n',
  '\u2028'
]

export const yamlWords = [
  'modules:',
  'configs:',
  '\n  - ',
  '\n  ',
  '\n',
  'module: ',
  'config: ',
  'a',
  'b c',
  '{',
  '}',
  '[',
  ']',
  ', ',
  ': ',
  '&x ',
  '*x',
  '<<',
  '!!binary ',
  '!t ',
  '|\n',
  '>-\n',
  '"',
  "'",
  '# ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '1.10',
  '.inf',
  'null',
  '~',
  'true',
  '? ',
  '\t',
  '__proto__',
  'constructor'
]

/** Every place lies in the text: in a line that is there, not behind its end. */
export function expectPlacesIn(input: string | Uint8Array, diagnostics: readonly Diagnostic[]): void {
  const text = typeof input === 'string' ? input : new TextDecoder('utf-8', { ignoreBOM: true }).decode(input)
  const lines = text.replace(/^\ufeff/, '').split('\n')
  for (const { line = 0, column = 0, length = 0 } of diagnostics) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    const width = lines[line - 1]?.replace(/\r$/, '').length ?? 0
    const whole = lines[line - 1]?.length ?? 0
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual(whole + 1)
    expect(length).toBeGreaterThanOrEqual(0)
    if (column <= width + 1) expect(column - 1 + length).toBeLessThanOrEqual(whole)
  }
}

/** Diagnostics come in the order of the text. */
export function expectInOrder(diagnostics: readonly Diagnostic[]): void {
  const places = diagnostics.map(({ line = 0, column = 0 }) => line * 1e9 + column)
  expect(places).toEqual([...places].sort((a, b) => a - b))
}

export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}

/** No half of a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
