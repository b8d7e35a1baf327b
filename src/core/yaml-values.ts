import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { quote } from './clean-text.ts'
import { type Diagnostic, diagnosticOf, type Place, type Problem } from './diagnostic.ts'
import { jsonPointer } from './json-pointer.ts'
import type { LocatedDocument, Path } from './located-document.ts'
import { maxDepth, type YamlText } from './yaml-text.ts'

// What aliases stand for, written out, may have so many values ("a billion laughs": CVE-2003-1564).
const maxAliasedValues = 10_000

/** A YAML document as plain values. */
export interface YamlValues extends LocatedDocument {
  /** The line in which the first character of a text stands. */
  lineOfText(path: Path): number
}

/** The JSON values of a YAML document: what JSON can't say is a diagnostic at its place. */
export async function valuesOf(document: Document.Parsed, { placeAt }: Pick<YamlText, 'placeAt'>): Promise<YamlValues> {
  const yaml = await import('yaml')
  const reading = new Values(document.contents, placeAt, yaml)
  const value = reading.valueOf(document.contents, [])
  return {
    value,
    placeOf: (path, part = 'value') => reading.placeOf(path, part),
    writtenAt: (path) => reading.writtenAt(path),
    lineOfText: (path) => reading.lineOfText(path),
    diagnostics: reading.diagnostics
  }
}

class Values {
  readonly diagnostics: Diagnostic[] = []
  readonly #root: Node | null
  readonly #placeAt: YamlText['placeAt']
  readonly #yaml: typeof import('yaml')
  readonly #nodes = new Map<string, { key?: Node; value?: Node | null }>()
  readonly #anchors = new Map<string, Node>()
  readonly #targets = new Map<Alias, Node | undefined>()
  readonly #open = new Set<Node>()
  #aliasDepth = 0
  #aliasedValues = 0
  #refused: string | undefined

  constructor(root: Node | null, placeAt: YamlText['placeAt'], yaml: typeof import('yaml')) {
    this.#root = root
    this.#placeAt = placeAt
    this.#yaml = yaml
  }

  valueOf(node: Node | null, path: Path): unknown {
    if (node === null) return null
    if (this.#aliasDepth > 0 && !this.#mayExpand(path)) return null
    if (this.#yaml.isAlias(node)) return this.#aliased(node, path)
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node)
    if (this.#yaml.isScalar(node)) return this.#scalar(node)
    const collection = node as YAMLMap | YAMLSeq
    if (collection.tag !== undefined && !/^tag:yaml.org,2002:(map|seq)$/.test(collection.tag))
      return this.#noJson(collection, collection.tag)
    this.#open.add(node)
    const value = this.#yaml.isMap(collection) ? this.#map(collection, path) : this.#list(collection as YAMLSeq, path)
    this.#open.delete(node)
    return value
  }

  placeOf(path: Path, part: 'key' | 'value'): Place {
    const { key, value } = this.#nodes.get(jsonPointer(path)) ?? {}
    return this.#placeOfNode((part === 'key' ? key : (value ?? key)) ?? this.#root)
  }

  writtenAt(path: Path): string | undefined {
    const node = this.#targetAt(path)
    return this.#yaml.isScalar(node) && typeof node.value !== 'string' ? node.source : undefined
  }

  /** A block scalar begins in the line after its indicator (YAML 1.2, §8.1). */
  lineOfText(path: Path): number {
    const node = this.#targetAt(path) ?? null
    const isBlock = this.#yaml.isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
    return (this.#placeOfNode(node).line ?? 1) + (isBlock ? 1 : 0)
  }

  #targetAt(path: Path): Node | null | undefined {
    const node = this.#nodes.get(jsonPointer(path))?.value
    return this.#yaml.isAlias(node) ? this.#targets.get(node) : node
  }

  #mayExpand(path: Path): boolean {
    if (++this.#aliasedValues > maxAliasedValues) this.#refused ??= `aliases stand for more than ${maxAliasedValues} values`
    else if (path.length > maxDepth) this.#refused ??= `aliases nest values more than ${maxDepth} levels deep`
    return this.#refused === undefined
  }

  #map(map: YAMLMap, path: Path): unknown {
    const value: Record<string, unknown> = Object.create(null)
    const first = new Map<string, Node>()
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key)
      if (key === undefined) continue
      const earlier = first.get(key)
      if (earlier) {
        const hint = `keep one; the other stands in line ${this.#placeOfNode(earlier).line}`
        this.#report({ code: 'invalid-config', message: `the key ${quote(key)} stands twice`, hint }, pair.key)
        continue
      }
      first.set(key, pair.key)
      const inner = [...path, key]
      this.#nodes.set(jsonPointer(inner), { key: pair.key, value: pair.value })
      value[key] = this.valueOf(pair.value, inner)
    }
    return value
  }

  #list(list: YAMLSeq, path: Path): unknown[] {
    return (list.items as (Node | null)[]).map((item, index) => {
      const inner = [...path, index]
      this.#nodes.set(jsonPointer(inner), { value: item })
      return this.valueOf(item, inner)
    })
  }

  #key(node: Node): string | undefined {
    const { value, source: written = '', type } = (this.#yaml.isScalar(node) ? node : {}) as Partial<Scalar>
    if (written === '<<' && type === 'PLAIN') {
      const problem = { message: 'merge keys (<<) are no part of YAML 1.2', hint: 'write the members out' }
      this.#report({ code: 'invalid-config', ...problem }, node)
    } else if (typeof value === 'string') {
      return value
    } else if (value === null || typeof value === 'number' || typeof value === 'boolean') {
      const problem =
        written === ''
          ? { message: 'a key is missing here', hint: 'write a name before the colon' }
          : { message: `YAML reads the key ${written} as ${kindOf(value)}, not as a name`, hint: `quote it: "${written}"` }
      this.#report({ code: 'invalid-config', ...problem }, node)
    } else {
      this.#report(
        { code: 'invalid-config', message: 'a key is a name, and nothing else', hint: 'quote a text that starts with { or [' },
        node
      )
    }
    return undefined
  }

  #scalar(node: Scalar): unknown {
    const { value } = node
    if (typeof value === 'number' && !Number.isFinite(value)) return this.#noJson(node, node.source ?? String(value))
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(node.source ?? '')) {
      const message = `${node.source} is too large to be kept exactly`
      this.#report({ code: 'invalid-config', message, hint: `quote it: "${node.source}"` }, node)
    }
    return typeof value === 'object' && value !== null ? this.#noJson(node, node.tag ?? 'this') : value
  }

  #aliased(alias: Alias, path: Path): unknown {
    // What an anchor stands for is settled where the alias stands: the same anchor may be given again later.
    if (this.#aliasDepth === 0) this.#targets.set(alias, this.#anchors.get(alias.source))
    const target = this.#targets.get(alias)
    if (target === undefined) {
      const hint = 'an anchor comes before its aliases; quote a text that starts with *'
      this.#report({ code: 'invalid-config', message: `no anchor &${alias.source} stands before this alias`, hint }, alias)
    } else if (this.#open.has(target)) {
      const hint = 'write out what is needed'
      this.#report({ code: 'invalid-config', message: `*${alias.source} stands inside of what it stands for`, hint }, alias)
    } else if (this.#refused === undefined) {
      this.#aliasDepth++
      const value = this.valueOf(target, path)
      this.#aliasDepth--
      if (this.#refused === undefined) return value
      this.#report({ code: 'invalid-config', message: this.#refused, hint: 'write out what is needed' }, alias)
    }
    return null
  }

  #noJson(node: Node, what: string): null {
    const shown = quote(what.replace('tag:yaml.org,2002:', '!!'))
    this.#report({ code: 'invalid-config', message: `${shown} is no JSON value`, hint: 'settings are JSON: use a string' }, node)
    return null
  }

  /** What an alias stands for was looked at where it is written. */
  #report(problem: Problem, node: Node): void {
    if (this.#aliasDepth > 0) return
    this.diagnostics.push(diagnosticOf(problem, this.#placeOfNode(node)))
  }

  #placeOfNode(node: Node | null): Place {
    const [from, to] = node?.range ?? [0, 0]
    return this.#placeAt(from, to)
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`
}
