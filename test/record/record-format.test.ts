import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeRecord, encodeRecord, type RecordedAnswer } from '../../src/record/record-format.ts'
import { answer } from './answers.ts'

const text = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString())
const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')

/** A record as somebody else would write it: its digest is right, whatever is in it. */
const sealed = (rest: object) => text({ ...rest, digest: sha256(JSON.stringify(rest)) })

/** Any member of a written record, changed; its digest is right. */
function altered(change: (rest: Record<string, unknown> & RecordedAnswer) => unknown): Uint8Array {
  const { digest: _, ...rest } = parse(encodeRecord(answer()))
  change(rest)
  return sealed(rest)
}

/** Whatever prototypes are: settings come without one. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

const anyText = fc.string({ unit: 'binary', maxLength: 20 })
const hostileKey = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', '1', '0', 'toString', 'é\ud800'))
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
    anyText,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object')
  ),
  object: fc.dictionary(hostileKey, tie('value'), { maxKeys: 4, noNullPrototype: false })
}))
const optional = <Name extends string, Value>(name: Name, value: fc.Arbitrary<Value>) =>
  fc.option(value.map((given) => ({ [name]: given }))).map((given) => given ?? {}) as fc.Arbitrary<{ [N in Name]?: Value }>
const merged = (...parts: fc.Arbitrary<object>[]) => fc.tuple(...parts).map((given) => Object.assign({}, ...given))

const anyOrigin = merged(
  fc.record({ kind: fc.constantFrom('script', 'file', 'env', 'inline'), source: anyText }),
  optional('line', fc.integer({ min: 1 })),
  optional('column', fc.integer({ min: 1 }))
)
const anyModule = merged(
  fc.record({ name: anyText, settings: json.object, options: fc.dictionary(hostileKey, anyText), origin: anyOrigin }),
  optional('config', anyText)
)
const anyAnswer = merged(
  fc.record({
    name: anyText,
    args: fc.array(anyText),
    reason: fc.constantFrom('script-ran', 'script-empty', 'script-failed'),
    decidedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }).map((date) => date.toISOString()),
    inputs: fc.record({
      script: anyText,
      interpreter: anyText,
      static: anyText,
      keys: anyText,
      variables: fc.dictionary(hostileKey, anyText)
    }),
    modules: fc.array(anyModule, { maxLength: 4 })
  }),
  optional('step', anyText),
  optional('failure', fc.record({ code: anyText, message: anyText }))
) as fc.Arbitrary<RecordedAnswer>

describe('a round trip', () => {
  test('gives any answer back', () => {
    fc.assert(
      fc.property(anyAnswer, (given) => {
        const decoded = decodeRecord(encodeRecord(given))
        expect(decoded.state).toBe('whole')
        expect(JSON.stringify('answer' in decoded && decoded.answer.modules)).toBe(JSON.stringify(given.modules))
        expect(plain('answer' in decoded && decoded.answer)).toEqual(plain(given))
      }),
      { numRuns: 500 }
    )
  })

  test('gives objects without a prototype, at every depth', () => {
    const settings = JSON.parse('{"__proto__":{"polluted":true},"deep":[{"constructor":1}]}')
    const [module] = answer().modules
    const decoded = decodeRecord(
      encodeRecord(answer({ modules: [{ ...(module as RecordedAnswer['modules'][number]), settings }] }))
    )
    if (decoded.state !== 'whole') throw new Error(decoded.state)
    const { settings: read, options } = decoded.answer.modules[0] as RecordedAnswer['modules'][number]
    const deep = (read['deep'] as object[])[0] as object
    for (const object of [read, options, deep, decoded.answer.inputs.variables]) expect(Object.getPrototypeOf(object)).toBe(null)
    expect(JSON.stringify(read)).toBe('{"__proto__":{"polluted":true},"deep":[{"constructor":1}]}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('what is written', () => {
  const written = parse(encodeRecord(answer({ failure: { code: 'ERR_HERMES_SCRIPT_EXIT', message: 'no' } })))

  test('is JSON with a version, whose it is, inputs, modules with settings and origins, step and time', () => {
    const { digest: _, ...rest } = written
    expect(rest).toEqual({ version: 1, ...plain(answer({ failure: { code: 'ERR_HERMES_SCRIPT_EXIT', message: 'no' } })) })
  })

  test('has a digest: SHA-256 in hex of JSON.stringify of the rest', () => {
    const { digest, ...rest } = written
    expect(digest).toBe(sha256(JSON.stringify(rest)))
  })

  test('has no member that is not there', () => {
    const { step: _, ...without } = answer()
    expect(Object.keys(parse(encodeRecord(without)))).not.toContain('step')
  })
})

test('any single byte that is changed gives damage or a newer version, never another answer', () => {
  const [module] = answer().modules
  const settings = { text: 'é\u0001\ud800"\\', number: 1e300, list: [true, null, -1.5e-7] }
  const given = answer({ modules: [{ ...(module as RecordedAnswer['modules'][number]), settings }] })
  const bytes = encodeRecord(given)
  const seen = { damaged: 0, newer: 0, whole: 0 }
  for (let at = 0; at < bytes.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      if (bytes[at] === byte) continue
      const decoded = decodeRecord(Uint8Array.from(bytes).fill(byte, at, at + 1))
      seen[decoded.state]++
      // JSON has two ways to write \u001F and 1e+21: the same answer.
      if (decoded.state === 'whole') expect(plain(decoded.answer)).toEqual(plain(given))
    }
  }
  expect(seen.newer).toBe(8)
  expect(seen.whole).toBeLessThan(10)
})

test('a record that is cut anywhere is damaged', () => {
  const bytes = encodeRecord(answer())
  for (let length = 0; length < bytes.length; length++) expect(decodeRecord(bytes.subarray(0, length)).state).toBe('damaged')
})

test('no bytes at all crash the reader', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), json.value.map(text), json.object.map(sealed)), (bytes) => {
      expect(decodeRecord(bytes).state).toMatch(/damaged|newer/)
    })
  )
})

describe('a newer version', () => {
  test.each([
    ['with its own digest rule', { version: 2, digest: 'sha3:…' }],
    ['without digest', { version: 2, answer: [] }],
    ['of later', { version: 9007199254740991 }]
  ])('%s', (_, record) => {
    expect(decodeRecord(text(record))).toEqual({ state: 'newer', version: record.version })
  })
})

describe('fields that this version does not know', () => {
  test('are ignored, wherever they are', () => {
    const bytes = altered((rest) => {
      rest['later'] = { a: 1 }
      Object.assign(rest.inputs, { libraries: 'x' })
      Object.assign(rest.modules[0] as object, { later: true })
    })
    const decoded = decodeRecord(bytes)
    expect(decoded).toMatchObject({ state: 'whole', answer: plain(answer()) })
    expect(decoded).not.toHaveProperty('answer.later')
  })

  test('are covered by the digest', () => {
    const bytes = altered((rest) => Object.assign(rest, { later: 1 }))
    expect(decodeRecord(text({ ...parse(bytes), later: 2 }))).toMatchObject({ state: 'damaged' })
  })
})

test('white space and the place of the digest do not matter: an operator may have looked with an editor that indents', () => {
  const { digest, ...rest } = parse(encodeRecord(answer()))
  expect(decodeRecord(text(`${JSON.stringify({ digest, ...rest }, null, 2)}\n`))).toMatchObject({ state: 'whole' })
})

describe('damage is said by what it is', () => {
  const deep = `{"version":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  const rows: [what: string, bytes: Uint8Array, why: string][] = [
    ['nothing', text(''), 'it is empty, or no regular file of at most 4194304 bytes'],
    ['too much', Buffer.alloc(4 * 1024 * 1024 + 1, ' '), 'it has more than 4194304 bytes'],
    ['half of it', text('{"version":1'), 'it is no JSON text'],
    ['bad UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'it is no JSON text'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeRecord(answer())]), 'it is no JSON text'],
    ['bottomless', text(deep), 'it is no JSON text'],
    ['null', text('null'), 'it has no version'],
    ['a list', text('[]'), 'it has no version'],
    ['another document', text('{"name":"x"}'), 'it has no version'],
    ['a version in words', text('{"version":"2"}'), 'its version is no whole number'],
    ['half a version', text('{"version":1.5}'), 'its version is no whole number'],
    ['no end of a version', text('{"version":1e999}'), 'its version is no whole number'],
    ['version 0', text('{"version":0}'), 'there is no such version'],
    ['no digest', text('{"version":1}'), 'its digest is not that of its content'],
    ['another content', text({ ...parse(encodeRecord(answer())), step: 'init-2' }), 'its digest is not that of its content']
  ]
  test.each(rows)('%s', (_, bytes, why) => {
    expect(decodeRecord(bytes)).toEqual({ state: 'damaged', why })
  })

  const wrong: [member: string, ...values: unknown[]][] = [
    ['name', undefined, null, 1, []],
    ['args', undefined, 'a', [1], {}],
    ['reason', undefined, '', 'recorded', 1],
    ['failure', null, 'x', {}, { code: 'A' }, { code: 1, message: 'x' }],
    ['step', null, 1],
    ['decidedAt', undefined, 'yesterday', '2030-99-99T00:00:00Z', 1893553445],
    ['inputs', undefined, null, [], {}, { ...plain(answer().inputs), variables: { A: 1 } }],
    ['modules', undefined, {}, [null], ['mem-logger'], [{ name: 'a' }]]
  ]
  test.each(wrong)('a wrong %s, though the digest is right', (member, ...values) => {
    for (const value of values) {
      const bytes = altered((rest) => Object.assign(rest, { [member]: value }))
      expect(decodeRecord(bytes)).toEqual({
        state: 'damaged',
        why: `its "${member}" is missing, or not what it should be`
      })
    }
  })

  test.each([
    ['config', 1],
    ['settings', []],
    ['options', { tier: 1 }],
    ['origin', { kind: 'moon', source: 'x' }],
    ['origin', { kind: 'script', source: 'x', line: 0 }],
    ['origin', { kind: 'script', source: 'x', column: '1' }]
  ])('a module with a wrong %s', (member, value) => {
    const bytes = altered((rest) => Object.assign(rest.modules[0] as object, { [member]: value }))
    expect(decodeRecord(bytes)).toMatchObject({ state: 'damaged', why: expect.stringContaining('"modules"') })
  })
})

describe('what can not be a record', () => {
  const withSettings = (settings: Record<string, unknown>) =>
    answer({ modules: [{ ...(answer().modules[0] as RecordedAnswer['modules'][number]), settings }] })

  test('an answer of more than 4 MiB', () => {
    const overhead = encodeRecord(withSettings({ text: '' })).length
    const largest = 4 * 1024 * 1024 - overhead
    expect(decodeRecord(encodeRecord(withSettings({ text: 'x'.repeat(largest) }))).state).toBe('whole')
    expect(() => encodeRecord(withSettings({ text: 'x'.repeat(largest + 1) }))).toThrow(
      new RangeError('the answer takes 4194305 bytes, a record at most 4194304')
    )
  })

  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  test.each([
    ['/rate', { rate: Number.POSITIVE_INFINITY }],
    ['/list/1', { list: [1, undefined] }],
    ['/big', { big: 1n }],
    ['/f', { f: () => 1 }],
    ['/a~1b/date', { 'a/b': { date: new Date(0) } }],
    [`${'/self'.repeat(201)}`, cycle]
  ])('settings that JSON can not say: %s', (place, settings) => {
    expect(() => encodeRecord(withSettings(settings))).toThrow(
      new TypeError(`the settings of mem-profiler hold at ${place} what is no JSON value`)
    )
  })

  test('but a member that is undefined counts as absent', () => {
    const decoded = decodeRecord(encodeRecord(withSettings({ a: undefined, b: 1 })))
    expect(decoded).toMatchObject({ answer: { modules: [{ settings: { b: 1 } }] } })
  })
})
