import {
  Composer,
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
  visit,
  type YAMLMap
} from 'yaml'

/** A YAML text as documents, with their errors; nothing where it is nested too deep to be composed. */
export type YamlDocuments = readonly Document.Parsed[]

// As the reader of the library: yaml's composer recurses, and a deep text would end the process.
const maxDepth = 100

// With so many faults it is no YAML, and composing it takes minutes where a line has megabytes.
const maxFaults = 1000

/** Composes YAML, whatever is wrong with it: only places are taken from here, the library judges. */
export function composeYaml(text: string): YamlDocuments {
  const parser = new Parser()
  const tokens = []
  let faults = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token)
      if (token.type === 'error') faults++
    }
    if (parser.stack.length > maxDepth || faults > maxFaults) return []
  }
  tokens.push(...parser.end())
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  return [...composer.compose(tokens, true, text.length)] as Document.Parsed[]
}

/** Whether all of it is YAML. */
export function isWhole(documents: YamlDocuments): boolean {
  return documents.length > 0 && documents.every(({ errors }) => errors.length === 0)
}

/** A mapping's value of a key that is a text. */
export function memberOf(node: unknown, key: string): unknown {
  return isMap(node) ? node.get(key) : undefined
}

/** Keys of the mapping at the root of a document. */
export function rootKeys(document: Document.Parsed | undefined): string[] {
  if (!isMap(document?.contents)) return []
  return document.contents.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' ? [key.value] : []))
}

/** Whether a ConfigMap stands in one of the documents, at its root or in a `List`. */
export function hasConfigMap(documents: YamlDocuments): boolean {
  return configMapsIn(documents).length > 0
}

/** The ConfigMaps in the documents. */
function configMapsIn(documents: YamlDocuments): YAMLMap[] {
  return documents.flatMap(({ contents }) => configMapsAt(contents))
}

/** The API leaves the kind of a ConfigMapList's items out. */
function configMapsAt(node: unknown, kindInList?: string): YAMLMap[] {
  const kind = memberOf(node, 'kind') ?? kindInList
  if (kind === 'ConfigMap' && isMap(node)) return [node]
  const items = memberOf(node, 'items')
  if (typeof kind !== 'string' || !kind.endsWith('List') || !isSeq(items)) return []
  return items.items.flatMap((item) => configMapsAt(item, kind === 'ConfigMapList' ? 'ConfigMap' : undefined))
}

/** A value of `binaryData` that is a text. */
export interface BinaryText {
  /** Of the ConfigMap; empty where it has none. */
  name: string
  key: Scalar
  scalar: Scalar
  text: string
}

/** What of the `binaryData` in the ConfigMaps is UTF-8. */
export function binaryTexts(documents: YamlDocuments): BinaryText[] {
  return configMapsIn(documents).flatMap((configMap) => {
    const data = memberOf(configMap, 'binaryData')
    const name = memberOf(memberOf(configMap, 'metadata'), 'name')
    if (!isMap(data)) return []
    return data.items.flatMap(({ key, value }) => {
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== 'string') return []
      const text = textOf(value.value)
      return text === undefined ? [] : [{ name: typeof name === 'string' ? name : '', key, scalar: value, text }]
    })
  })
}

function textOf(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}

/** Whether every document is an object of Kubernetes, or empty. */
export function isKubernetes(documents: YamlDocuments): boolean {
  return isWhole(documents) && documents.every((document) => isEmpty(document) || isObjectOfKubernetes(document))
}

function isObjectOfKubernetes({ contents }: Document.Parsed): boolean {
  return ['apiVersion', 'kind'].every((key) => typeof memberOf(contents, key) === 'string')
}

/** Whether a document says nothing: `null`, or comments. */
export function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null)
}

/** Where `{{` stands as YAML's own brackets: the text is a template that was not rendered. Nothing where it is in a text. */
export function templateOffset(text: string): number | undefined {
  let offset = 0
  let before = ''
  for (const lexeme of new Lexer().lex(text)) {
    // Those of the lexer's own that are no part of the text.
    if (/^[\u0002\u0018\u001f]$/.test(lexeme)) continue
    if (lexeme === '{' && before === '{') return offset - 1
    before = lexeme
    offset += lexeme.length
  }
  return undefined
}

/** A scalar that is a text, with the key before it, if there is one. */
export interface TextNode {
  scalar: Scalar<string>
  key: Node | undefined
}

/** Every text in the documents that is a value. */
export function textNodes(documents: YamlDocuments): TextNode[] {
  const found: TextNode[] = []
  for (const document of documents) {
    visit(document, {
      Scalar(position, node, ancestors) {
        if (position === 'key' || typeof node.value !== 'string') return
        const pair = ancestors.at(-1)
        found.push({ scalar: node as Scalar<string>, key: isPair(pair) ? (pair.key as Node) : undefined })
      }
    })
  }
  return found
}

/** Whether a scalar is a block: `|` or `>`, whose text begins in the next line (YAML 1.2, §8.1). */
export function isBlock({ type }: Scalar): boolean {
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED'
}

/** The offsets of a node. */
export function rangeOf({ range }: Pick<Node, 'range'>): [number, number] {
  return [range?.[0] ?? 0, range?.[1] ?? 0]
}

/** Offsets to lines and columns. */
export function lineCounter(text: string): LineCounter {
  const counter = new LineCounter()
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) counter.addNewLine(start)
  return counter
}
