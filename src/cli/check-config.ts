import { type Diagnostic, parseDirectives, parseStaticConfig } from '../index.ts'
import type { Passage } from './check-passage.ts'
import { findSecrets, type Redaction, suspectsIn } from './check-secrets.ts'

/** What a check found, and what of the file must not be shown. */
export interface Checked {
  diagnostics: Diagnostic[]
  hidden: Redaction['hidden']
  written: Redaction['written']
}

/** Checks a static configuration. `name`: a `.json` is strict JSON, as where it is loaded. */
export async function checkConfig(passage: Passage, name: string, keys: readonly string[]): Promise<Checked> {
  const format = /\.json$/.test(name) ? 'json' : 'yaml'
  const subject = subjectOf(passage)
  const { diagnostics } = await parseStaticConfig(subject, { source: passage.source, format, keys })
  const { warnings, hidden, written } = findSecrets(passage.source, textOf(passage))
  const found = [...diagnostics, ...warnings]
  if (passage.inPlace !== undefined) return { diagnostics: found, hidden, written }
  return { diagnostics: found.map((diagnostic) => moved(passage, diagnostic)), hidden: [], written }
}

/** Checks a text of directives. */
export function checkDirectives(passage: Passage, keys: readonly string[]): Checked {
  const { diagnostics } = parseDirectives(subjectOf(passage), { source: passage.source, keys })
  if (passage.inPlace !== undefined) return { diagnostics, ...suspectsIn(passage.inPlace) }
  const { written } = suspectsIn(passage.text)
  return { diagnostics: diagnostics.map((diagnostic) => moved(passage, diagnostic)), hidden: [], written }
}

/** A whole file as bytes: what is not UTF-8 is to be found. */
function subjectOf(passage: Passage): string | Uint8Array {
  return passage.linesBefore === 0 && passage.inPlace === passage.text ? passage.bytes : textOf(passage)
}

function textOf(passage: Passage): string {
  return passage.inPlace ?? passage.text
}

/** A diagnostic whose place is one in the value, at its place in the file. */
function moved(passage: Passage, { code, severity, message, hint, line, column, length }: Diagnostic): Diagnostic {
  return passage.diagnose({ code, severity, message, hint }, line === undefined ? undefined : { line, column, length })
}
