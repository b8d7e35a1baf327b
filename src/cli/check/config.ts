import { type Diagnostic, parseDirectives, parseStaticConfig } from '../../index.ts'
import type { Passage } from './passage.ts'
import { findSecrets, type Redaction } from './secrets.ts'
import { templateDiagnostic } from './template.ts'

/** What a check found, and what of the file must not be shown. */
export interface Checked {
  diagnostics: Diagnostic[]
  hidden: Redaction['hidden']
  written: Redaction['written']
}

/** Checks a static configuration. `name`: a `.json` is strict JSON, as where it is loaded. */
export async function checkConfig(passage: Passage, name: string, keys: readonly string[]): Promise<Checked> {
  const template = templateDiagnostic(passage)
  const format = /\.json$/.test(name) ? 'json' : 'yaml'
  const { diagnostics } = template
    ? { diagnostics: [] }
    : await parseStaticConfig(subjectOf(passage), { source: passage.source, format, keys })
  const { warnings, hidden, written } = findSecrets(passage.source, passage.inPlace ?? passage.text)
  const found = inFile(passage, { diagnostics: template ? [] : [...diagnostics, ...warnings], hidden, written })
  return template ? { ...found, diagnostics: [template] } : found
}

/** Checks a text of directives. */
export function checkDirectives(passage: Passage, keys: readonly string[]): Checked {
  const { diagnostics } = parseDirectives(subjectOf(passage), { source: passage.source, keys })
  const { hidden, written } = findSecrets(passage.source, passage.inPlace ?? passage.text, 'directives')
  return inFile(passage, { diagnostics, hidden, written })
}

/** A whole file as bytes: what is not UTF-8 is to be found. */
function subjectOf({ inPlace, text, bytes }: Passage): string | Uint8Array {
  return inPlace === undefined || inPlace === text ? bytes : inPlace
}

/** What was found in a passage, with the places of the file. */
function inFile(passage: Passage, { diagnostics, hidden, written }: Checked): Checked {
  const { inPlace, linesBefore = 0 } = passage
  if (inPlace === undefined) return { diagnostics: diagnostics.map((found) => moved(passage, found)), hidden: [], written }
  if (linesBefore === 0) return { diagnostics, hidden, written }
  return {
    diagnostics: diagnostics.map((found) => movedDown(found, linesBefore)),
    hidden: hidden.map(([from, to]) => [
      { ...from, line: from.line + linesBefore },
      { ...to, line: to.line + linesBefore }
    ]),
    written
  }
}

/** A diagnostic some lines further down, and the lines that its words name. */
function movedDown(diagnostic: Diagnostic, lines: number): Diagnostic {
  const { message, hint, line } = diagnostic
  const reworded = (text: string) =>
    text.replace(/"[^"]*"|\bin line (\d+)/g, (all, number?: string) =>
      number === undefined ? all : `in line ${Number(number) + lines}`
    )
  return {
    ...diagnostic,
    message: reworded(message),
    ...(hint !== undefined && { hint: reworded(hint) }),
    ...(line !== undefined && { line: line + lines })
  }
}

/** A diagnostic whose place is one in the value, at its place in the file. */
function moved(passage: Passage, { code, severity, message, hint, line, column, length }: Diagnostic): Diagnostic {
  return passage.diagnose({ code, severity, message, hint }, line === undefined ? undefined : { line, column, length })
}
