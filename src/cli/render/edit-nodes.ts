import { type Document, isMap, isSeq, type Node } from 'yaml'
import type { PatchOperation } from '../../kubernetes/index.ts'
import { stepsOf } from './json-values.ts'
import type { Layout } from './layout.ts'
import { NotAsText } from './plan.ts'
import { escapeOdd, quoteOdd } from './yaml-escapes.ts'

/**
 * Applies a patch to the nodes of a document and writes all of it anew: comments and order stay, spaces and quotes do not. For
 * what can't be done in the text, such as `? key`.
 *
 * @throws NotAsText for a place inside of an alias
 */
export function patchedAsNodes(document: Document.Parsed, patch: readonly PatchOperation[], layout: Layout): string {
  for (const operation of patch) applyToNodes(document, operation)
  quoteOdd(document)
  const options = { lineWidth: 0, indent: layout.step, indentSeq: layout.indentsLists, flowCollectionPadding: layout.padsFlow }
  return escapeOdd(document.toString(options)).replaceAll('\n', layout.eol)
}

function applyToNodes(document: Document.Parsed, operation: PatchOperation): void {
  if (!('value' in operation) && operation.op !== 'remove') throw new NotAsText(`the operation ${operation.op}`)
  const steps = stepsOf(operation.path)
  const last = steps.pop() ?? ''
  const parent = parentOf(document, steps)
  const node = 'value' in operation ? document.createNode(operation.value, { aliasDuplicateObjects: false }) : undefined
  if (isSeq(parent)) {
    const index = last === '-' ? parent.items.length : Number(last)
    parent.items.splice(index, operation.op === 'add' ? 0 : 1, ...(node === undefined ? [] : [node]))
  } else if (isMap(parent)) {
    if (node === undefined) parent.delete(last)
    else parent.set(last, node)
  } else throw new NotAsText(`the place ${operation.path}`)
}

function parentOf(document: Document.Parsed, steps: readonly string[]): Node | null | undefined {
  return steps.length === 0 ? document.contents : (document.getIn(steps, true) as Node | undefined)
}
