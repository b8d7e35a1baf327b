import type { LineCounter } from 'yaml'
import type { Diagnostic } from '../../index.ts'
import { lineCounter, type YamlFault } from './yaml-file.ts'

/** A file that was read, and the diagnostics of places in it. */
export interface TextFile {
  /** As the user named it. */
  name: string
  text: string
  /** A diagnostic, moved to an offset. The line is not shown: a manifest has secrets in it. */
  at(offset: number, diagnostic: Diagnostic): Diagnostic
  /** An error at an offset. */
  fault(fault: YamlFault, code: Diagnostic['code'], hint?: string): Diagnostic
}

/** Makes one. */
export function textFile(name: string, text: string): TextFile {
  let lines: LineCounter | undefined
  const at = (offset: number, { path: _, ...diagnostic }: Diagnostic): Diagnostic => {
    lines ??= lineCounter(text.replace(/^\ufeff/, ''))
    const { line, col } = lines.linePos(offset)
    return { ...diagnostic, source: name, line, column: col, length: 1 }
  }
  return {
    name,
    text,
    at,
    fault: ({ message, offset }, code, hint) =>
      at(offset, { code, severity: 'error', message, ...(hint !== undefined && { hint }) })
  }
}
