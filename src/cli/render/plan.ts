import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { PatchOperation } from '../../kubernetes/index.ts'
import { type Change, changed, stepsOf } from './json-values.ts'

/** A node of the document as the patch leaves it, or a value that is to be written in its place. */
type Planned = Kept | { value: unknown }

/** A node that stays. */
export interface Kept {
  node: Node | null
  /** Of a collection that the patch goes into. */
  children?: Child[]
}

/** A pair of a mapping, or an element of a sequence. */
export interface Child {
  key?: string
  /** Among the items of the node; nothing for a new one. */
  index?: number
  planned: Planned
}

/** A collection that the patch goes into. */
export type Branch = { node: YAMLMap | YAMLSeq; children: Child[] }

/** What is written in a way that can only be changed as nodes and not as text. */
export class NotAsText extends Error {}

/** What a patch does to the nodes of a document. */
export interface Plan {
  root: Kept
  /** Collections that the patch goes into. */
  entered: Set<Node>
  /** Nodes that it takes away or writes another value for. */
  gone: Set<Node>
  /** Aliases that the patch goes into: they are written out. */
  writtenOut: Set<Node>
}

/** Applies operations one after the other to a plan; no text and no node is changed. */
export function planPatch(document: Document.Parsed, patch: readonly PatchOperation[]): Plan {
  const plan: Plan = { root: { node: document.contents }, entered: new Set(), gone: new Set(), writtenOut: new Set() }
  for (const operation of patch) {
    if (!('value' in operation) && operation.op !== 'remove') throw new NotAsText(`the operation ${operation.op}`)
    const change = 'value' in operation ? { write: operation.value, insert: operation.op === 'add' } : 'remove'
    apply(document, plan, stepsOf(operation.path), change)
  }
  return plan
}

function apply(document: Document.Parsed, plan: Plan, steps: readonly string[], change: Change): void {
  let at: Kept = plan.root
  for (const [depth, step] of steps.entries()) {
    const branch = branchOf(at)
    plan.entered.add(branch.node)
    const rest = steps.slice(depth + 1)
    const child = childAt(document, branch, step)
    if (rest.length === 0) {
      changeChild(document, plan, branch, step, change)
      return
    }
    if (child === undefined) throw new NotAsText('a place that is not there')
    if (!('value' in child.planned) && isAlias(child.planned.node)) {
      plan.writtenOut.add(child.planned.node)
      child.planned = { value: child.planned.node.toJS(document) }
    }
    if ('value' in child.planned) {
      child.planned.value = changed(child.planned.value, rest, change)
      return
    }
    at = child.planned
  }
  throw new NotAsText('the whole document')
}

function changeChild(document: Document.Parsed, plan: Plan, branch: Branch, step: string, change: Change): void {
  const { children, node } = branch
  const isList = isSeq(node)
  const place = isList ? (step === '-' ? children.length : Number(step)) : children.findIndex(({ key }) => key === step)
  const child = children[place]
  if (change !== 'remove' && ((isList && change.insert) || child === undefined)) {
    const added: Child = { ...(!isList && { key: step }), planned: { value: change.write } }
    children.splice(isList ? place : children.length, 0, added)
    return
  }
  if (child === undefined) throw new NotAsText('a place that is not there')
  if (!('value' in child.planned) && child.planned.node !== null) plan.gone.add(child.planned.node)
  if (change !== 'remove') child.planned = { value: change.write }
  // Without the pair of its own the mapping would have the one that is merged into it.
  else if (isMap(node) && inherited(document, node, step) !== undefined) throw new NotAsText('a key that is merged')
  else children.splice(place, 1)
}

/** The children of a node, made when the patch goes into it first. */
export function branchOf(kept: Kept): Branch {
  const { node } = kept
  if (!isMap(node) && !isSeq(node)) throw new NotAsText('a place in what is no collection')
  kept.children ??= isSeq(node)
    ? node.items.map((element, index) => ({ index, planned: { node: element as Node | null } }))
    : node.items.map((pair, index) => ({ ...keyOf(pair), index, planned: { node: pair.value as Node | null } }))
  return { node, children: kept.children }
}

function childAt(document: Document.Parsed, { node, children }: Branch, step: string): Child | undefined {
  if (isSeq(node)) return children[Number(step)]
  const own = children.find(({ key }) => key === step)
  if (own || !isMap(node)) return own
  const merged = inherited(document, node, step)
  if (merged === undefined) return undefined
  // A pair of its own wins over what is merged.
  const child: Child = { key: step, planned: { value: merged.value } }
  children.push(child)
  return child
}

function keyOf({ key }: Pair): { key?: string } {
  if (!isScalar(key)) throw new NotAsText('a key that is no text')
  return typeof key.value === 'symbol' ? {} : { key: String(key.value ?? '') }
}

/** What a mapping has of a key by its merge keys (`<<`) alone. */
function inherited(document: Document.Parsed, node: YAMLMap, key: string): { value: unknown } | undefined {
  const merges = node.items.filter((pair) => isScalar(pair.key) && typeof pair.key.value === 'symbol')
  if (merges.length === 0) return undefined
  const alone = node.clone() as YAMLMap
  alone.items = merges
  const value = alone.toJS(document) as Record<string, unknown>
  return Object.hasOwn(value, key) ? { value: value[key] } : undefined
}
