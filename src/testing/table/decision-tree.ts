import type { PrintedTable } from './decision-text.ts'

/** A question with its answers, or an outcome. */
type Tree = { outcome: string } | { axis: string; branches: { labels: string[]; tree: Tree }[] }

/**
 * The rows as a Mermaid flowchart: the axes are asked in their order, one that makes no difference is left out, values that
 * lead to the same share an arrow, and what is the same is drawn once.
 */
export function mermaidOf({ head, rows }: PrintedTable): string {
  const drawing = new Drawing()
  drawing.draw(treeOf(head.slice(0, -1), rows))
  return ['flowchart LR', ...drawing.lines.map((line) => `  ${line}`)].join('\n')
}

function treeOf(axes: readonly string[], rows: readonly (readonly string[])[]): Tree {
  const [axis, ...rest] = axes
  if (axis === undefined) return { outcome: rows[0]?.[0] ?? '' }
  const byValue = new Map<string, (readonly string[])[]>()
  for (const [value = '', ...others] of rows) byValue.set(value, [...(byValue.get(value) ?? []), others])
  const branches = new Map<string, { labels: string[]; tree: Tree }>()
  for (const [label, inner] of byValue) {
    const tree = treeOf(rest, inner)
    const same = branches.get(keyOf(tree))
    if (same) same.labels.push(label)
    else branches.set(keyOf(tree), { labels: [label], tree })
  }
  const [only, second] = [...branches.values()]
  return only && !second ? only.tree : { axis, branches: [...branches.values()] }
}

function keyOf(tree: Tree): string {
  return JSON.stringify(tree)
}

class Drawing {
  readonly lines: string[] = []
  readonly #ids = new Map<string, string>()

  /** Its node, drawn with all below it where it is new. */
  draw(tree: Tree): string {
    const key = keyOf(tree)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = `n${this.#ids.size}`
    this.#ids.set(key, id)
    if ('outcome' in tree) {
      this.lines.push(`${id}["${label(tree.outcome)}"]`)
    } else {
      this.lines.push(`${id}{"${label(tree.axis)}"}`)
      for (const { labels, tree: inner } of tree.branches) {
        const text = label(labels.join(', '))
        this.lines.push(`${id} -->|"${text}"| ${this.draw(inner)}`)
      }
    }
    return id
  }
}

/** In quotes: all that Mermaid, or the Markdown in its labels, may take for more than a character is an entity. */
function label(text: string): string {
  return text
    .replace(/[^\p{L}\p{N} .,/=()_-]/gu, (character) => `#${character.codePointAt(0)};`)
    .replace(/^(\d+)\./, '$1#46;')
    .replace(/^-/, '#45;')
}
