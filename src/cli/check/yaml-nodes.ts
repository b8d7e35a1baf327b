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
  visit
} from 'yaml'

/** A YAML text as documents, with their errors; nothing where it is nested too deep to be composed. */
export type YamlDocuments = readonly Document.Parsed[]

// As the reader of the library: yaml's composer recurses, and a deep text would end the process.
const maxDepth = 100

/** Composes YAML, whatever is wrong with it: only places are taken from here, the library judges. */
export function composeYaml(text: string): YamlDocuments {
  const parser = new Parser()
  const tokens = []
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > maxDepth) return []
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
  return documents.some(({ contents }) => isConfigMap(contents))
}

function isConfigMap(node: unknown): boolean {
  const kind = memberOf(node, 'kind')
  if (kind === 'ConfigMap') return true
  const items = memberOf(node, 'items')
  return typeof kind === 'string' && kind.endsWith('List') && isSeq(items) && items.items.some(isConfigMap)
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
