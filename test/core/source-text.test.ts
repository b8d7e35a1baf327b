import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanInPlace, cleanMessage, quote } from '../../src/core/clean-text.ts'
import { diagnosticCodes, inOrder, isOk } from '../../src/core/diagnostic.ts'
import { countStatements, findDirective, readMessages } from '../../src/core/directive-reader.ts'
import { placesIn, readLines } from '../../src/core/source-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('lines of a text', () => {
  test.each<[string, string, [string, boolean, boolean][]]>([
    ['none of an empty text', '', []],
    ['one without its end', 'a', [['a', false, false]]],
    ['one with its end', 'a\n', [['a', false, true]]],
    [
      'with CR',
      'a\r\nb\r',
      [
        ['a', true, true],
        ['b\r', false, false]
      ]
    ],
    ['without a byte order mark', '\ufeffa\n', [['a', false, true]]],
    [
      'empty ones',
      '\n\n',
      [
        ['', false, true],
        ['', false, true]
      ]
    ]
  ])('%s', (_, text, lines) => {
    const read = (input: string | Uint8Array) =>
      Array.from(readLines(input), ({ text: line, carriageReturn, ended }) => [line, carriageReturn, ended])
    expect(read(text)).toEqual(lines)
    expect(read(bytes(text))).toEqual(lines)
  })

  test('bad bytes are found where a strict decoder stops', () => {
    const isUtf8 = (slice: Uint8Array) => !Buffer.from(slice).toString('utf8').includes('\ufffd')
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 12 }).filter((given) => !given.includes(10) && given[0] !== 0xef),
        (given) => {
          const [line] = readLines(given)
          const valid = isUtf8(given)
          expect(line?.invalidAt === undefined).toBe(valid)
          if (!valid && line?.invalidAt !== undefined) expect(line.text.slice(0, line.invalidAt)).not.toContain('\ufffd')
          if (!valid && line?.invalidAt !== undefined) expect(line.text[line.invalidAt]).toBe('\ufffd')
        }
      ),
      { numRuns: 2000 }
    )
  })
})

test('a place that is known by line and column has its line, cleaned', () => {
  const placeOf = placesIn('a\u0007\nb\n', 'x')
  expect(placeOf({ line: 1, column: 2 })).toEqual({ source: 'x', line: 1, column: 2, text: 'a␇' })
  expect(placeOf({ line: 9, column: 1 })).toEqual({ source: 'x', line: 9, column: 1, text: '' })
})

describe('cleaning', () => {
  test.each([
    ['a\tb', 'a b'],
    ['\u0000\u001b\n', '␀␛␊'],
    ['\u007f', '␡'],
    ['\u0085\u009b', '\ufffd\ufffd'],
    ['\u202eabc\u2066', '\ufffdabc\ufffd'],
    ['\ud800x', '\ufffdx'],
    ['😀 é 測', '😀 é 測']
  ])('in place keeps columns: %j', (text, cleaned) => {
    expect(cleanInPlace(text)).toBe(cleaned)
    expect(cleanInPlace(text)).toHaveLength(text.length)
  })

  test.each([
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]8;;https://x\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b31mred\u009d0;t\u009cx', 'redx'],
    ['\u001b(Bplain\u001bM', 'plain'],
    ['a\tb\u0000c\r', 'a bc'],
    ['\u001b]not closed', ']not closed'],
    [' \u0007 ', '']
  ])('of a message takes terminal sequences away: %j', (text, cleaned) => {
    expect(cleanMessage(text)).toBe(cleaned)
  })

  test.each([
    ['a"b', '"a"b"'],
    ['x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['x'.repeat(81), `"${'x'.repeat(80)}…"`],
    [`${'x'.repeat(79)}😀`, `"${'x'.repeat(79)}…"`]
  ])('a quoted text is cut between characters: %j', (text, quoted) => {
    expect(quote(text)).toBe(quoted)
  })
})

describe('a text that need not be an answer', () => {
  test('has as many statements as directives and messages', () => {
    expect(countStatements(bytes('# x\nprotocol=1\nmodule=a\noops\n\nnone\nerror=x\nnote=y'))).toBe(4)
  })

  test.each([
    ['oops\n  module=a\nmodule=b\n', { module: 'a', line: 2, column: 3 }],
    ['module=a,x=1\nmodule=b\n', { module: 'b', line: 2, column: 1 }],
    ['module=a,zone=1\n', { module: 'a', line: 1, column: 1 }],
    ['module=a b\nnone\nnote=x\n', undefined],
    ['', undefined]
  ])('has a first well-formed directive: %j', (text, found) => {
    expect(findDirective(bytes(text), ['zone'])).toEqual(found)
  })

  test('has no directive in a line that is not UTF-8', () => {
    expect(findDirective(new Uint8Array([...bytes('module=a,zone=x'), 0xff, 10]), ['zone'])).toBeUndefined()
  })

  test('has messages, bad bytes or not', () => {
    const text = new Uint8Array([...bytes('noise\nerror=caf'), 0xe9, 10, ...bytes('warning=\u0007w\n')])
    expect(readMessages(text)).toEqual([
      { severity: 'error', text: 'caf\ufffd', line: 2 },
      { severity: 'warning', text: 'w', line: 3 }
    ])
  })
})

describe('diagnostics', () => {
  test('are in order by line, then column; those without a place come first', () => {
    const at = (line?: number, column?: number) => ({
      code: 'x',
      severity: 'note' as const,
      message: '',
      ...(line && { line }),
      ...(column && { column })
    })
    expect(inOrder([at(2, 1), at(1, 9), at(1, 2), at()])).toEqual([at(), at(1, 2), at(1, 9), at(2, 1)])
  })

  test.each([
    [[], true],
    [['note', 'warning'], true],
    [['note', 'error'], false]
  ] as const)('of %j are ok: %s', (severities, ok) => {
    expect(isOk(severities.map((severity) => ({ code: 'x', severity, message: '' })))).toBe(ok)
  })

  test('have codes that say what they mean', () => {
    for (const { meaning, severities } of Object.values(diagnosticCodes)) {
      expect(meaning).toMatch(/^[A-Z].*\.$/)
      expect(severities.length).toBeGreaterThan(0)
    }
  })
})
