import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDiagnostics } from '../../src/core/format-diagnostics.ts'
import { parseDirectives } from '../../src/core/parse-directives.ts'
import { directiveWords, expectInOrder, expectPlacesIn, hasError, isWellFormed, nearly, nearlyBytes } from './hostile.ts'

describe('what is given of a text with errors', () => {
  test.each([
    ['the lines without an error', 'module=a\noops\nmodule=b\n', ['a', 'b']],
    ['nothing of a line with one error', 'module=a,confg=x\nmodule=b\n', ['b']],
    ['nothing of a line with a bad config', 'module=a,config=b c\n', []],
    ['the first of two that conflict', 'module=a,config=x\nmodule=a,config=y\nmodule=b\n', ['a', 'b']],
    ['the directives round a late verdict', 'module=a\nnone\nmodule=b\n', ['a', 'b']],
    ['the directives after the one that disputes a verdict', 'none\nmodule=a\nmodule=b\nmodule=c\n', ['b', 'c']],
    ['the directives after two verdicts', 'none\nabstain\nmodule=a\n', ['a']],
    ['nothing after an unknown protocol', 'protocol=2\nmodule=a\n', []],
    ['the directives after a late header', 'module=a\nprotocol=2\nmodule=b\n', ['a', 'b']],
    ['the lines beside one that is not UTF-8', 'module=a\nmodule=\ud800\nmodule=b\n', ['a', 'b']]
  ])('%s', (_, text, modules) => {
    const { ok, directives } = parseDirectives(text)
    expect({ ok, modules: directives.map(({ module }) => module) }).toEqual({ ok: false, modules })
  })

  test('a line that does not end gives no directive where a final newline is required', () => {
    const { directives, verdict } = parseDirectives('module=a\nmodule=mem-prof', { requireFinalNewline: true })
    expect({ directives: directives.map(({ module }) => module), verdict }).toEqual({ directives: ['a'], verdict: 'modules' })
  })

  test('an unknown protocol gives no messages', () => {
    const { messages, verdict } = parseDirectives('protocol=2\nerror=x\n')
    expect({ messages, verdict }).toEqual({ messages: [], verdict: 'empty' })
  })

  test('messages of a text with errors are given', () => {
    expect(parseDirectives('error=no zone\noops\n').messages).toEqual([{ severity: 'error', text: 'no zone', line: 1 }])
  })
})

test('an error= line is no error of the text', () => {
  expect(parseDirectives('error=no zone\nmodule=a\n')).toMatchObject({ ok: true, diagnostics: [] })
})

test('options of a directive have no prototype', () => {
  const { directives } = parseDirectives('module=a,zone=eu\nmodule=b\n', { keys: ['zone'] })
  expect(directives.map(({ options }) => Object.getPrototypeOf(options))).toEqual([null, null])
})

test('the source is shown in diagnostics', () => {
  const { diagnostics } = parseDirectives('oops\n', { source: 'output of /x.sh' })
  expect(diagnostics).toEqual([
    {
      code: 'syntax',
      severity: 'error',
      message: '"oops" is no directive: a pair is written key=value',
      hint: 'to load it, write module=oops',
      source: 'output of /x.sh',
      line: 1,
      column: 1,
      length: 4,
      text: 'oops'
    }
  ])
})

test('an option that is undefined is absent', () => {
  const options = { source: undefined, keys: undefined, requireFinalNewline: undefined }
  expect(parseDirectives('module=a', options)).toEqual(parseDirectives('module=a'))
})

test.each([[undefined], [null], [5], [['module=a']], [new Uint16Array(2)]])(
  'a subject that is no text is a TypeError: %s',
  (subject) => {
    expect(() => parseDirectives(subject as unknown as string)).toThrow(
      new TypeError('parseDirectives() takes a string or a Uint8Array')
    )
  }
)

describe('a message', () => {
  const severities = ['note', 'warning', 'error'] as const
  const oneLine = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\n') && isWellFormed(text))

  test('of any text is printable, and trimmed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...severities), oneLine, (severity, text) => {
        const { ok, messages } = parseDirectives(`${severity}=${text}\n`)
        expect(ok).toBe(true)
        expect(messages).toHaveLength(1)
        expect(messages[0]?.severity).toBe(severity)
        expect(messages[0]?.text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|^\s|\s$/)
      })
    )
  })
})

describe('any text or bytes', () => {
  const options = fc.record({ keys: fc.constantFrom([], ['zone'], ['a', 'constructor']), requireFinalNewline: fc.boolean() })
  const input = fc.oneof(
    nearly(...directiveWords),
    nearlyBytes(...directiveWords),
    fc.string({ unit: 'binary' }),
    fc.uint8Array()
  )

  test('never throw; ok is false exactly if there is an error; places lie in the text and in its order', () => {
    fc.assert(
      fc.property(input, options, (text, given) => {
        const { ok, diagnostics, directives } = parseDirectives(text, given)
        expect(ok).toBe(!hasError(diagnostics))
        expectPlacesIn(text, diagnostics)
        expectInOrder(diagnostics)
        expect(new Set(directives.map(({ module }) => module)).size).toBe(directives.length)
      }),
      { numRuns: 2000 }
    )
  })

  test('are printed without control characters', () => {
    fc.assert(
      fc.property(input, options, (text, given) => {
        expect(formatDiagnostics(parseDirectives(text, given).diagnostics)).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/
        )
      })
    )
  })

  test('are the same as text and as bytes', () => {
    fc.assert(
      fc.property(
        nearly(...directiveWords).filter((text) => isWellFormed(text)),
        options,
        (text, given) => {
          expect(parseDirectives(new TextEncoder().encode(text), given)).toEqual(parseDirectives(text, given))
        }
      )
    )
  })

  test('a problem in one line is no problem of another', () => {
    const lines = fc.array(fc.constantFrom('module=x!', 'oops', 'modul=y', 'module=m,', 'config=z', 'module="q'), {
      maxLength: 8
    })
    fc.assert(
      fc.property(lines, (bad) => {
        const alone = bad.map((line) => parseDirectives(`${line}\n`).diagnostics.map(({ code, column }) => ({ code, column })))
        const together = parseDirectives(bad.map((line) => `${line}\n`).join('')).diagnostics
        expect(together.map(({ code, column }) => ({ code, column }))).toEqual(alone.flat())
      })
    )
  })
})

test('no proper prefix of a valid text passes where a final newline is required, unless it ends with a line', () => {
  const line = fc.constantFrom('module=a', 'module=b,config=c', '# x', 'note=x', ' ', 'module="d"', 'config=x,module=e\r')
  fc.assert(
    fc.property(fc.uniqueArray(line, { minLength: 1 }), (lines) => {
      const text = lines.map((each) => `${each}\n`).join('')
      expect(parseDirectives(text, { requireFinalNewline: true }).ok).toBe(true)
      for (let end = 0; end < text.length; end++) {
        const { ok } = parseDirectives(text.slice(0, end), { requireFinalNewline: true })
        expect(ok).toBe(end === 0 || text[end - 1] === '\n')
      }
    })
  )
})
