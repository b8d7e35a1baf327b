import fc from 'fast-check'
import { Document } from 'yaml'

/** A value, and how it is written: comments, empty lines, flow or block, quotes. */
export type Styled = { value: unknown; style?: 'double' | 'block' } | StyledCollection

/** A collection of such. */
export interface StyledCollection {
  flow: boolean
  items: { key?: string; before: string[]; beside: string; node: Styled }[]
  isList: boolean
}

/** How all of a document is written. */
export interface DocumentStyle {
  step: number
  indentsLists: boolean
  eol: '\n' | '\r\n'
}

export const documentStyle: fc.Arbitrary<DocumentStyle> = fc.record({
  step: fc.constantFrom(2, 4),
  indentsLists: fc.boolean(),
  eol: fc.constantFrom('\n', '\r\n')
})

const texts = ['app', 'on', '0755', '1:30', 'a: b', '# no comment', '', "it's", '{"a":1}', 'two\nlines\n', ' spaced ', 'é']
const keys = ['name', 'image', 'env', 'a/b', 'm~n', 'on', '80', 'two words']

const plainValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...texts),
  fc.integer({ min: -5, max: 99 }),
  fc.boolean(),
  fc.constant(null)
)

/** A value to be written by a patch. */
export const newValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    plainValue,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 3 })
  )
})).value

const scalar: fc.Arbitrary<Styled> = fc.oneof(
  plainValue.map((value) => ({ value })),
  fc.constantFrom(...texts).map((value) => ({ value, style: 'double' as const })),
  fc.constantFrom('one\n', 'one\ntwo\n', 'one\n\n# two\n').map((value) => ({ value, style: 'block' as const }))
)
const comments = fc.array(fc.constantFrom('# note', '', '# - name: off', '#'), { maxLength: 2 })
const beside = fc.constantFrom('', '', ' # beside', '   # far')

const trees = fc.letrec<{ node: Styled; list: StyledCollection; map: StyledCollection }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('map')),
  list: fc.record({
    flow: fc.boolean(),
    isList: fc.constant(true),
    items: fc.array(fc.record({ before: comments, beside, node: tie('node') }), { maxLength: 4 })
  }),
  map: fc.record({
    flow: fc.boolean(),
    isList: fc.constant(false),
    items: fc.uniqueArray(fc.record({ key: fc.constantFrom(...keys), before: comments, beside, node: tie('node') }), {
      maxLength: 4,
      selector: ({ key }) => key
    })
  })
}))

/** A mapping at the root of a document, in block style. */
export const styledDocument: fc.Arbitrary<StyledCollection> = trees.map
  .filter(({ items }) => items.length > 0)
  .map((map) => ({ ...map, flow: false }))

/** What it means. */
export function meaningOf(node: Styled): unknown {
  if (!('items' in node)) return node.value
  const values = node.items.map((item) => meaningOf(item.node))
  return node.isList ? values : Object.fromEntries(node.items.map(({ key = '' }, index) => [key, values[index]]))
}

/** The text of each pair at the root of a document, with the comments before it. */
export function chunksOf(root: StyledCollection, style: DocumentStyle): string[] {
  return root.items.map((item) => lines({ ...root, items: [item] }, style).join(style.eol) + style.eol)
}

function lines(node: StyledCollection, style: DocumentStyle): string[] {
  return node.items.flatMap(({ key, before, beside, node: inner }) => {
    const lead = node.isList ? '-' : `${flowText(key)}:`
    return [...before, ...item(lead, inner, beside, node.isList, style)]
  })
}

function item(lead: string, inner: Styled, beside: string, inList: boolean, style: DocumentStyle): string[] {
  const deeper = (all: string[], by: number) => all.map((line) => (line === '' ? '' : ' '.repeat(by) + line))
  if (!('items' in inner)) {
    if (inner.style === 'block') {
      const content = String(inner.value).replace(/\n$/, '').split('\n')
      return [`${lead} |${beside}`, ...deeper(content, style.step)]
    }
    const text = inner.style === 'double' ? JSON.stringify(inner.value) : flowText(inner.value)
    return [`${lead}${text === '' ? '' : ` ${text}`}${beside}`]
  }
  // What is added to an empty one beside a dash stands before a comment there, which then is one of a line that goes again.
  if (inner.items.length === 0) return [`${lead} ${flowOf(inner)}${inList ? '' : beside}`]
  if (inner.flow) return [`${lead} ${flowOf(inner)}${beside}`]
  const by = inList || !inner.isList || style.indentsLists ? style.step : 0
  const first = inner.items[0]
  // A mapping or list beside its dash.
  if (inList && by === 2 && first?.before.length === 0 && beside === '') {
    const [head = '', ...rest] = lines(inner, style)
    return [`- ${head}`, ...deeper(rest, 2)]
  }
  return [`${lead}${beside}`, ...deeper(lines(inner, style), by)]
}

function flowOf(node: Styled): string {
  if (!('items' in node)) return flowText(node.value)
  const items = node.items.map(({ key, node: inner }) => (node.isList ? flowOf(inner) : `${flowText(key)}: ${flowOf(inner)}`))
  if (items.length === 0) return node.isList ? '[]' : '{}'
  return node.isList ? `[${items.join(', ')}]` : `{ ${items.join(', ')} }`
}

/** A scalar in one line, plain where it can be. */
function flowText(value: unknown): string {
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value)
  const text = new Document([value], { compat: 'yaml-1.1' }).toString({ collectionStyle: 'flow', lineWidth: 0 })
  return text.trim().slice(1, -1).trim()
}
