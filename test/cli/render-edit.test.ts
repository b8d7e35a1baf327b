import { describe, expect, it } from 'vitest'
import { editDocument } from '../../src/cli/render/edit-document.ts'
import { changed, isSame, stepsOf } from '../../src/cli/render/json-values.ts'
import { offsetOf } from '../../src/cli/render/pointed-place.ts'
import { readYaml, type YamlFile } from '../../src/cli/render/yaml-file.ts'
import type { PatchOperation } from '../../src/kubernetes/index.ts'

/** The text of a document after operations, and whether it had to be written anew. */
function edit(text: string, ...patch: PatchOperation[]) {
  const file = readYaml(text) as YamlFile
  const expected = patch.reduce(
    (value, operation) =>
      changed(
        value,
        stepsOf(operation.path),
        'value' in operation ? { write: operation.value, insert: operation.op === 'add' } : 'remove'
      ),
    file.documents[0]?.toJS() as unknown
  )
  const { text: edited, isRewritten, writtenOut } = editDocument(file, 0, patch, expected)
  return { text: file.asGiven(edited), isRewritten, writtenOut: writtenOut.length }
}

const add = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value })
const replace = (path: string, value: unknown): PatchOperation => ({ op: 'replace', path, value })
const remove = (path: string): PatchOperation => ({ op: 'remove', path })

const cases: [string, string, PatchOperation[], string][] = [
  ['a pair beside its dash goes', 'a:\n- x: 1\n  w: 2\n  z: 3\n', [remove('/a/0/x'), remove('/a/0/w')], 'a:\n- z: 3\n'],
  ['all pairs beside a dash go', 'a:\n- x: 1\n  w: 2\n- b\n', [remove('/a/0/x'), remove('/a/0/w')], 'a:\n- {}\n- b\n'],
  ['an element before one beside a dash', 'a:\n- - x\n  - w\n', [add('/a/0/0', 'q')], 'a:\n- - q\n  - x\n  - w\n'],
  [
    'a new one in the place of all',
    'a:\n  - x # old\n  - w\nb: 1\n',
    [remove('/a/1'), remove('/a/0'), add('/a/0', 'q')],
    'a:\n  - q\nb: 1\n'
  ],
  ['the end of a list by its name', 'a: [1]\nb:\n  - 1\n', [add('/a/-', 2), add('/b/-', 2)], 'a: [1, 2]\nb:\n  - 1\n  - 2\n'],
  [
    'a comment in the column of a key is of the next key',
    'a:\n- x\n# of b\nb: 1\n',
    [add('/a/1', 'w')],
    'a:\n- x\n- w\n# of b\nb: 1\n'
  ],
  [
    'a deeper comment is of the element',
    'a:\n- x: 1\n  # more\n\n# of b\nb: 1\n',
    [add('/a/1', 'w')],
    'a:\n- x: 1\n  # more\n- w\n\n# of b\nb: 1\n'
  ],
  ['behind a block scalar that keeps its lines', 'a:\n  b: |+\n    x\n\n', [add('/a/c', 1)], 'a:\n  b: |+\n    x\n\n  c: 1\n'],
  ['behind a block scalar that does not', 'a:\n  b: |\n    x\n\nc: 1\n', [add('/a/d', 1)], 'a:\n  b: |\n    x\n  d: 1\n\nc: 1\n'],
  ['a text of several lines in the place of one', 'a: x # c\nb: 1\n', [replace('/a', 'x\ny\n')], 'a: | # c\n  x\n  y\nb: 1\n'],
  ['a value in the line after its key', 'a:\n  "x"\nb: 1\n', [replace('/a', 'w')], 'a: "w"\nb: 1\n'],
  [
    'quotes of a text stay',
    'a: \'x\'\nb: "w"\nc: z\n',
    [replace('/a', 'q'), replace('/b', 'q'), replace('/c', 'on')],
    'a: \'q\'\nb: "q"\nc: "on"\n'
  ],
  ['a list becomes one value', 'a: # c\n  - x\nb: 1\n', [replace('/a', 3)], 'a: 3 # c\nb: 1\n'],
  ['an anchor stays before a new value', 'a: &n x\nb: 1\n', [replace('/a', ['w'])], 'a: &n\n  - w\nb: 1\n'],
  [
    'a flow pair',
    'a: {x: 1, w: 2, z: 3}\n',
    [remove('/a/w'), remove('/a/z'), replace('/a/x', [4]), add('/a/q', { m: 'p\nq' })],
    'a: {x: [4], q: {m: "p\\nq"}}\n'
  ],
  ['the first of a flow list', 'a: [ x, w ]\n', [remove('/a/0'), add('/a/0', { k: 1 })], 'a: [ { k: 1 }, w ]\n'],
  ['a flow value that is empty', 'a: {x:, w: 1}\n', [replace('/a/x', 1)], 'a: {x: 1, w: 1}\n'],
  ['all of a flow list', 'a: [x, w]\n', [remove('/a/1'), remove('/a/0')], 'a: []\n'],
  ['a flow list in lines', 'a: [\n  x,\n  w\n]\n', [add('/a/0', 'q'), remove('/a/2')], 'a: [\n  q,\n  x\n]\n'],
  [
    'JSON with spaces in one line',
    '{"a": {"b": [1]}}',
    [add('/a/c', { d: [true, null], e: {} })],
    '{"a": {"b": [1], "c": {"d": [true, null], "e": {}}}}'
  ],
  ['JSON with tabs', '{\n\t"a": {}\n}\n', [add('/a/b', [1])], '{\n\t"a": {\n\t\t"b": [\n\t\t\t1\n\t\t]\n\t}\n}\n'],
  ['an emptied root', 'a: 1\nb: 2\n', [remove('/a'), remove('/b')], '{}\n'],
  ['a new list at the place of a changed one', 'a:\n  b:\n    - 1\nc: 1\n', [replace('/a', ['x'])], 'a:\n  - x\nc: 1\n'],
  [
    'a value that is new is changed once more',
    'a: {}\n',
    [add('/a/b', { c: [1] }), add('/a/b/c/-', 2), remove('/a/b/c/0'), replace('/a/b/c/0', 3)],
    'a:\n  b:\n    c:\n      - 3\n'
  ]
]

describe('in the text', () => {
  it.each(cases)('%s', (_, text, patch, expected) => {
    expect(edit(text, ...patch)).toMatchObject({ text: expected, isRewritten: false })
  })

  it('with CR LF', () => {
    expect(edit('a:\r\n  - x\r\n', add('/a/1', { w: 'p\nq\n', z: 1 })).text).toBe(
      'a:\r\n  - x\r\n  - w: |\r\n      p\r\n      q\r\n    z: 1\r\n'
    )
  })

  it('without a final newline', () => {
    const text = 'a:\n  b:\n    - x'
    const { text: edited } = edit(text, add('/a/b/1', 'w'), add('/a/c', 1))
    expect(edited).toBe('a:\n  b:\n    - x\n    - w\n  c: 1')
    expect(edit(edited, remove('/a/b/1'), remove('/a/c')).text).toBe(text)
  })
})

const odd = 'w\u0085\u2028\u2029\u007f\u009f\ufeff\ufffe\uffff'
const escaped = 'w\\x85\\u2028\\u2029\\x7F\\x9F\\uFEFF\\uFFFE\\uFFFF'
const inJson = escaped.replaceAll('\\x', '\\u00')

describe('what YAML 1.1 takes for a line break, or refuses, is escaped', () => {
  it.each<[string, string, PatchOperation, string]>([
    ['in a block', 'a:\n  b: 1\n', add('/a/c', odd), `a:\n  b: 1\n  c: "${escaped}"\n`],
    ['in several lines', 'a:\n  b: 1\n', add('/a/c', `p\n${odd}\n`), `a:\n  b: 1\n  c: "p\\n${escaped}\\n"\n`],
    ['in a key', 'a:\n  b: 1\n', add(`/a/${odd}`, 1), `a:\n  b: 1\n  "${escaped}": 1\n`],
    ['in a list', 'a:\n  - b\n', add('/a/1', [odd]), `a:\n  - b\n  - - "${escaped}"\n`],
    ['in a flow list', 'a: [b]\n', add('/a/1', odd), `a: [b, "${escaped}"]\n`],
    ['in a flow mapping', 'a: {b: 1}\n', add(`/a/${odd}`, { c: odd }), `a: {b: 1, "${escaped}": {c: "${escaped}"}}\n`],
    ['in the place of a quoted text', "a: 'x' # \u2028\n", replace('/a', odd), `a: "${escaped}" # \u2028\n`],
    ['in JSON', '{"a":{}}', add('/a/b', { c: odd }), `{"a":{"b":{"c":"${inJson}"}}}`],
    ['in JSON with spaces', '{"a": {}}', add(`/a/${odd}`, [odd]), `{"a": {"${inJson}": ["${inJson}"]}}`],
    ['in JSON in lines', '{\n  "a": {}\n}\n', add('/a/b', odd), `{\n  "a": {\n    "b": "${inJson}"\n  }\n}\n`],
    [
      'in a document written anew',
      `? a # "\u007f"\n: - "${escaped}"\n`,
      add('/a/1', odd),
      `a:\n  # "\u007f"\n  - "${escaped}"\n  - "${escaped}"\n`
    ]
  ])('%s', (_, text, operation, expected) => {
    expect(edit(text, operation).text).toBe(expected)
  })
})

describe('aliases', () => {
  it('that the patch goes into are written out', () => {
    const { text, writtenOut } = edit('a: &n {x: 1}\nb: *n\nc: *n\n', add('/b/w', 2))
    expect({ text, writtenOut }).toEqual({ text: 'a: &n {x: 1}\nb:\n  x: 1\n  w: 2\nc: *n\n', writtenOut: 1 })
  })

  it('of what is changed or goes keep what they stood for', () => {
    expect(edit('a: &n {x: &m [1]}\nb: *n\nc: [*m]\n', add('/a/x/1', 2)).text).toBe(
      'a: &n {x: &m [1, 2]}\nb:\n  x:\n    - 1\nc: [[1]]\n'
    )
    expect(edit('a: {x: &m [1]}\nc: *m\n', remove('/a/x')).text).toBe('a: {}\nc:\n  - 1\n')
  })

  it('that go themselves are not written out', () => {
    expect(edit('a: &n [1]\nb: {c: *n}\n', add('/a/1', 2), remove('/b'))).toMatchObject({ text: 'a: &n [1, 2]\n', writtenOut: 0 })
  })

  it('in merges: a key of its own wins', () => {
    expect(edit('a: &n {x: [1]}\nb:\n  <<: *n\n', add('/b/x/1', 2)).text).toBe(
      'a: &n {x: [1]}\nb:\n  <<: *n\n  x:\n    - 1\n    - 2\n'
    )
  })
})

describe('the place of a JSON pointer', () => {
  const text = 'a:\n  - b: 1\n    c: &n [x]\n  -\nd: *n\n'
  it.each<[string[], number, string]>([
    [[], 0, 'the root'],
    [['a'], 0, 'a key'],
    [['a', '0', 'b'], text.indexOf('1'), 'a text'],
    [['a', '0', 'c', '0'], text.indexOf('x]'), 'an element'],
    [['a', '7', 'b'], 0, 'of what is not there the nearest'],
    [['a', '0', 'z', 'q'], text.indexOf('b:'), 'of a member that is not there its owner'],
    [['a', '0', 'b', 'q'], text.indexOf('1'), 'nothing stands in a text'],
    [['d', '0'], text.indexOf('d:'), 'of what stands in an alias the key']
  ])('%j', (steps, offset) => {
    expect(offsetOf(readYaml(text) as YamlFile, 0, steps)).toBe(offset)
    expect(offsetOf(readYaml('') as YamlFile, 0, steps)).toBe(0)
  })
})

describe('written anew', () => {
  it.each<[string, string, PatchOperation[], string]>([
    ['an explicit key', '# c\n? a\n: - 1\n', [add('/a/1', 2), replace('/a/0', 3)], '# c\na:\n  - 3\n  - 2\n'],
    ['a key that is no text', '{[x]: 1, a: 2}\n', [remove('/a'), add('/c', 1)], '{\n  ? [x]\n  : 1,\n  c: 1\n}\n']
  ])('%s', (_, text, patch, expected) => {
    expect(edit(text, ...patch)).toMatchObject({ text: expected, isRewritten: true })
  })

  it('but never with another meaning', () => {
    const merged = () => edit('a: &n {x: 1}\nb:\n  <<: *n\n  x: 2\n', remove('/b/x'))
    expect(merged).toThrow('a document could not be edited: what came out means something else')
    expect(() => edit('a: {}\n', replace('/a/b/c', 1))).toThrow(/could not be edited/)
    expect(() => edit('a: 1\n', { op: 'move', from: '/a', path: '/b' })).toThrow()
    expect(() => edit('a: 1\n', replace('', { b: 1 }))).toThrow()
  })
})

it('tells JSON values apart, whatever the order of their members', () => {
  expect(isSame({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  for (const other of [{ a: 1 }, { a: 1, c: 2 }, { a: 1, b: [2] }, { a: 1, b: {} }, [], null, 'a'])
    expect(isSame({ a: 1, b: [] }, other)).toBe(false)
  expect(isSame([], {})).toBe(false)
})
