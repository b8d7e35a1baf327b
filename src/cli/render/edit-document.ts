import { type Document, type Node, parseDocument } from 'yaml'
import type { PatchOperation } from '../../kubernetes/index.ts'
import { keepAliases } from './aliases.ts'
import { withEdits } from './edit.ts'
import { patchedAsNodes } from './edit-nodes.ts'
import { editsOf } from './edit-text.ts'
import { isSame } from './json-values.ts'
import { type Layout, layoutOf } from './layout.ts'
import { NotAsText, planPatch } from './plan.ts'
import { parseOptions, type YamlFile } from './yaml-file.ts'

/** A document as a patch leaves it. */
export interface EditedDocument {
  /** From the end of the document before it to its own. */
  text: string
  /** Aliases that are written out, since what they stand for is no longer the same everywhere. */
  writtenOut: readonly Node[]
  /** Its text could not be edited in place: all of it is written anew. */
  isRewritten: boolean
}

/**
 * Applies a patch to the text of one document. Whatever comes out is read again and held against `expected`.
 *
 * @throws Error where it can't be written: nothing that means something else is ever given
 */
export function editDocument(file: YamlFile, index: number, patch: readonly PatchOperation[], expected: unknown): EditedDocument {
  const document = file.documents[index] as Document.Parsed
  const [from, to] = extentOf(file, index)
  const part = file.text.slice(from, to)
  const layout = layoutOf(document, file.text, part)
  try {
    const plan = planPatch(document, patch)
    const writtenOut = keepAliases(document, plan)
    const edits = editsOf(plan, file.text, layout)
    const text = withEdits(
      part,
      edits.map((edit) => ({ ...edit, from: edit.from - from, to: edit.to - from }))
    )
    if (means(text, expected)) return { text, writtenOut, isRewritten: false }
  } catch (error) {
    if (!(error instanceof NotAsText)) throw error
  }
  return rewritten(part, patch, expected, layout)
}

function rewritten(part: string, patch: readonly PatchOperation[], expected: unknown, layout: Layout): EditedDocument {
  let why = 'what came out means something else'
  try {
    const text = patchedAsNodes(parseDocument(part, parseOptions), patch, layout)
    if (means(text, expected)) return { text, writtenOut: [], isRewritten: true }
  } catch (error) {
    if (!(error instanceof NotAsText)) throw error
    why = `${error.message} stands in an alias, or is not there`
  }
  throw new Error(`a document could not be edited: ${why}`)
}

/** A document in the text, with the comments before it. */
export function extentOf({ documents, text }: YamlFile, index: number): readonly [number, number] {
  const end = (at: number) => documents[at]?.range[2] ?? 0
  return [index === 0 ? 0 : end(index - 1), index === documents.length - 1 ? text.length : end(index)]
}

function means(text: string, expected: unknown): boolean {
  const document = parseDocument(text, parseOptions)
  return document.errors.length === 0 && isSame(document.toJS(), expected)
}
