import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/core/diagnostic.ts'
import { formatDiagnostics } from '../../src/core/format-diagnostics.ts'

const at = (place: Partial<Diagnostic>): Diagnostic => ({ code: 'syntax', severity: 'error', message: 'wrong', ...place })

describe('one diagnostic', () => {
  test.each<[string, Diagnostic, string[]]>([
    ['without a place is its message', at({}), ['error: wrong [syntax]']],
    ['with a source', at({ source: '/etc/x' }), ['/etc/x: error: wrong [syntax]']],
    ['with a line', at({ source: 'x', line: 3 }), ['x:3: error: wrong [syntax]']],
    ['with line and column but no text', at({ source: 'x', line: 3, column: 5 }), ['x:3:5: error: wrong [syntax]']],
    ['without a source', at({ line: 3, column: 5 }), ['3:5: error: wrong [syntax]']],
    ['with a JSON pointer', at({ source: '<inline>', path: '/configs/a' }), ['<inline>:/configs/a: error: wrong [syntax]']],
    ['with the pointer of the whole document', at({ source: '<inline>', path: '' }), ['<inline>: error: wrong [syntax]']],
    ['with a line beside a pointer', at({ source: 'x', line: 1, path: '/a' }), ['x:1: error: wrong [syntax]']],
    ['of another severity', at({ severity: 'warning', code: 'my-own' }), ['warning: wrong [my-own]']],
    ['with a hint', at({ severity: 'note', hint: 'do this' }), ['note: wrong [syntax]', '  hint: do this']],
    [
      'with a place in a line',
      at({ source: 'x', line: 1, column: 3, length: 2, text: 'abcd', hint: 'h' }),
      ['x:1:3: error: wrong [syntax]', '  abcd', '    ^^', '  hint: h']
    ],
    ['without a length has one caret', at({ line: 1, column: 1, text: 'abc' }), ['1:1: error: wrong [syntax]', '  abc', '  ^']],
    [
      'of no length has one caret',
      at({ line: 1, column: 4, length: 0, text: 'abc' }),
      ['1:4: error: wrong [syntax]', '  abc', '     ^']
    ],
    [
      'longer than its line ends with it',
      at({ line: 1, column: 2, length: 99, text: 'abc' }),
      ['1:2: error: wrong [syntax]', '  abc', '   ^^']
    ],
    [
      'behind its line stands at its end',
      at({ line: 1, column: 99, text: 'abc' }),
      ['1:99: error: wrong [syntax]', '  abc', '     ^']
    ],
    ['of an empty line', at({ line: 1, column: 1, text: '' }), ['1:1: error: wrong [syntax]', '  ', '  ^']],
    [
      'after wide characters',
      at({ line: 1, column: 4, length: 1, text: '測試a!' }),
      ['1:4: error: wrong [syntax]', '  測試a!', '       ^']
    ],
    [
      'of wide characters',
      at({ line: 1, column: 1, length: 2, text: '測試a' }),
      ['1:1: error: wrong [syntax]', '  測試a', '  ^^^^']
    ],
    ['after emoji', at({ line: 1, column: 3, length: 1, text: '😀a' }), ['1:3: error: wrong [syntax]', '  😀a', '    ^']],
    [
      'after a mark that takes no room',
      at({ line: 1, column: 3, length: 1, text: 'e\u0301x' }),
      ['1:3: error: wrong [syntax]', '  e\u0301x', '   ^']
    ],
    ['after a tab', at({ line: 1, column: 2, length: 1, text: '\tx' }), ['1:2: error: wrong [syntax]', '   x', '   ^']],
    ['with controls', at({ message: 'a\u001bb', source: 's\nt', hint: 'h\u0007' }), ['s␊t: error: a␛b [syntax]', '  hint: h␇']],
    [
      'with several lines',
      at({ message: 'one\ntwo', hint: 'three\nfour' }),
      ['error: one [syntax]', '  two', '  hint: three', '  four']
    ]
  ])('%s', (_, diagnostic, lines) => {
    expect(formatDiagnostics([diagnostic]).split('\n')).toEqual(lines)
  })
})

test('none is an empty text', () => {
  expect(formatDiagnostics([])).toBe('')
})

test('several stand one below the other', () => {
  expect(formatDiagnostics([at({ line: 1 }), at({ line: 2 })])).toBe('1: error: wrong [syntax]\n2: error: wrong [syntax]')
})

test('with colour, the same text is painted', () => {
  const diagnostics = [
    at({ source: 'x', line: 1, column: 2, length: 1, text: 'abc', hint: 'h' }),
    at({ severity: 'warning' }),
    at({ severity: 'note' })
  ]
  const painted = formatDiagnostics(diagnostics, { color: true })
  expect(painted.split('\n')).toEqual([
    '\u001b[1mx:1:2: \u001b[0m\u001b[31merror:\u001b[0m wrong \u001b[2m[syntax]\u001b[0m',
    '  abc',
    '   \u001b[32m^\u001b[0m',
    '  \u001b[36mhint:\u001b[0m h',
    '\u001b[1m\u001b[0m\u001b[33mwarning:\u001b[0m wrong \u001b[2m[syntax]\u001b[0m',
    '\u001b[1m\u001b[0m\u001b[36mnote:\u001b[0m wrong \u001b[2m[syntax]\u001b[0m'
  ])
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(formatDiagnostics(diagnostics, { color: false }))
})

describe('a long line', () => {
  const text = Array.from({ length: 1000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('')

  test.each([
    [1, 398],
    [50, 398],
    [399, 398],
    [500, 398],
    [995, 10],
    [1001, 0]
  ])('is cut to a window round column %i', (column, length) => {
    const [, line = '', carets = ''] = formatDiagnostics([at({ line: 1, column, length, text })]).split('\n')
    const shown = line.slice(2)
    expect(shown.length).toBeLessThanOrEqual(400)
    expect(shown.startsWith('…')).toBe(column > 101)
    expect(shown.endsWith('…')).toBe(column < 600)
    expect(line[carets.indexOf('^')]).toBe(column > 1000 ? undefined : text[column - 1])
    expect(carets.length).toBeLessThanOrEqual(Math.max(line.length, carets.indexOf('^') + 1))
  })

  test('of 398 characters is whole', () => {
    const whole = text.slice(0, 398)
    expect(formatDiagnostics([at({ line: 1, column: 1, text: whole })]).split('\n')[1]).toBe(`  ${whole}`)
  })

  test('of wide characters is cut by characters', () => {
    const [, line = ''] = formatDiagnostics([at({ line: 1, column: 500, text: '測'.repeat(1000) })]).split('\n')
    expect(line.trim()).toBe(`…${'測'.repeat(398)}…`)
  })
})

test('whatever a diagnostic holds, nothing printed is a control character but LF', () => {
  const text = fc.string({ unit: 'binary' })
  const diagnostic = fc.record(
    {
      code: text,
      severity: fc.constantFrom('error' as const, 'warning' as const, 'note' as const),
      message: text,
      hint: text,
      source: text,
      line: fc.nat(9),
      column: fc.integer({ min: 1, max: 900 }),
      length: fc.nat(900),
      text: fc.string({ unit: 'binary', maxLength: 900 }),
      path: text
    },
    { requiredKeys: ['code', 'severity', 'message'] }
  )
  fc.assert(
    fc.property(fc.array(diagnostic, { maxLength: 3 }), (diagnostics) => {
      const printed = formatDiagnostics(diagnostics)
      expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
    })
  )
})
