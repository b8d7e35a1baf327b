import type { Layout } from './layout.ts'

/** A stretch of the text, and what takes its place. */
export interface Edit {
  from: number
  to: number
  text: string
}

/** A text while its edits are gathered; offsets are those of the text as it was. */
export interface Editing {
  readonly text: string
  readonly layout: Layout
  readonly edits: Edit[]
}

/** The text with edits applied; what two of them take away is taken away once. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((one, other) => one.from - other.from || one.to - other.to)
  let cursor = 0
  const parts: string[] = []
  for (const { from, to, text: written } of inOrder) {
    parts.push(text.slice(cursor, Math.max(cursor, from)), written)
    cursor = Math.max(cursor, to)
  }
  return parts.join('') + text.slice(cursor)
}
