import { type Document, isCollection, isPair, type Node, visit } from 'yaml'
import { branchOf, type Kept, NotAsText, type Plan } from './plan.ts'

/**
 * Plans that aliases of what the patch changes or takes away are written out: they keep the value that they had.
 *
 * @returns these aliases, and those that the patch goes into
 */
export function keepAliases(document: Document.Parsed, plan: Plan): readonly Node[] {
  const affected: { alias: Node; value: unknown; path: readonly unknown[] }[] = []
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document)
      if (target !== undefined && isTouched(target, plan))
        affected.push({ alias, value: alias.toJS(document), path: [...ancestors, alias] })
    }
  })
  const written = affected.filter(({ path, value }) => writeOut(plan.root, path, value))
  return [...plan.writtenOut, ...written.map(({ alias }) => alias)]
}

/** Whether it is changed, or stands in something that is taken away. */
function isTouched(target: Node, { entered, gone }: Plan): boolean {
  if (entered.has(target)) return true
  let found = false
  for (const node of gone)
    visit(node, (_, inner) => {
      if (inner === target) found = true
      return found ? visit.BREAK : undefined
    })
  return found
}

/** Whether the alias is there still, so that it is to be written out. */
function writeOut(root: Kept, path: readonly unknown[], value: unknown): boolean {
  let at = root
  for (const [depth, node] of path.entries()) {
    if (!isCollection(node)) continue
    const next = path[depth + 1]
    if (isPair(next) && next.key === path[depth + 2]) throw new NotAsText('an alias that is a key')
    const { children } = branchOf(at)
    const child = children.find(({ index }) => index !== undefined && node.items[index] === next)
    if (child === undefined || 'value' in child.planned) return false
    const inner = isPair(next) ? path[depth + 2] : next
    if (inner === path.at(-1)) {
      child.planned = { value }
      return true
    }
    at = child.planned
  }
  return false
}
