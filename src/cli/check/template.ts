import type { Diagnostic } from '../../index.ts'
import type { Passage } from './passage.ts'
import { lineCounter, templateOffset } from './yaml-nodes.ts'

/** The one thing to say of a YAML text that is a template of Helm or the like, and was not rendered. */
export function templateDiagnostic(passage: Passage): Diagnostic | undefined {
  const offset = templateOffset(passage.text)
  return offset === undefined ? undefined : templateAt(passage, offset)
}

/** The same where it is known already where it begins. */
export function templateAt(passage: Passage, offset: number): Diagnostic {
  const message = 'not valid YAML: it is a template, which must be rendered first'
  const hint = 'helm template … | hermes-modules check -'
  const { line, col: column } = lineCounter(passage.text).linePos(offset)
  return passage.diagnose({ code: 'invalid-config', severity: 'error', message, hint }, { line, column, length: 2 })
}
