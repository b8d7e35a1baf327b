import { cleanInPlace } from './clean-text.ts'
import { type Diagnostic, inOrder, isOk } from './diagnostic.ts'
import { type Extent, extentOf, kindOf } from './directive-grammar.ts'
import type { ParsedDirectives } from './directive-reader.ts'
import { parseLines } from './parse-directives.ts'
import { diagnosticAt, type LineProblem, readLines, type SourceLine } from './source-text.ts'

/** The environment variable that replaces the `modules` of a static configuration. */
export const modulesVariable = 'HERMES_MODULES'

/** Reads the value of HERMES_MODULES: directives separated by `;` or newlines; `none` or nothing for no module. */
export function parseModulesVariable(value: string, keys: readonly string[]): ParsedDirectives {
  const parts: SourceLine[] = []
  const diagnostics = []
  for (const part of partsOf(value)) {
    const problem = misplaced(part.text, extentOf(part.text))
    if (problem) diagnostics.push(diagnosticAt(modulesVariable, part, problem))
    else parts.push(part)
  }
  const parsed = parseLines(parts, { source: modulesVariable, keys })
  if (parsed.diagnostics[0]?.code === 'unsupported-protocol') return parsed
  diagnostics.push(...parsed.diagnostics.map(hintForVariable))
  return { ...parsed, ok: isOk(diagnostics), diagnostics: inOrder(diagnostics) }
}

/** Hints of a script's output that would be wrong here. */
function hintForVariable({ hint, ...diagnostic }: Diagnostic): Diagnostic {
  if (hint === undefined) return diagnostic
  if (/abstain|stderr|print UTF-8/.test(hint))
    return { ...diagnostic, hint: 'write module=NAME; module=NAME,config=NAME, or none' }
  return { ...diagnostic, hint }
}

/** What has a meaning in a script's output only. */
function misplaced(text: string, extent: Extent): LineProblem | undefined {
  const kind = kindOf(text, extent)
  const said = text.slice(extent.start, extent.end)
  const span = { at: extent.start, length: said.length }
  const hint = 'name modules, or say "none"'
  if (kind === 'message') return { code: 'syntax', message: 'a message has no reader here', hint, ...span }
  if (kind !== 'verdict' || said !== 'abstain') return undefined
  return { code: 'syntax', message: '"abstain" means nothing here: there is nothing else to fall back to', hint, ...span }
}

/**
 *     module=mem-logger ; module=mem-profiler,config="a;b" ; # a comment; none
 *     ^ part              ^ part                             ^ part       ^ part
 */
function* partsOf(value: string): Generator<SourceLine> {
  for (const line of readLines(value)) {
    line.cleaned = cleanInPlace(line.text)
    let start = 0
    for (;;) {
      const end = endOfPart(line.text, start)
      yield partOf(line, start, end)
      if (end === line.text.length) break
      start = end + 1
    }
  }
}

function partOf(line: SourceLine, start: number, end: number): SourceLine {
  const { invalidAt, ...rest } = line
  const isInvalid = invalidAt !== undefined && invalidAt >= start && invalidAt < end
  const carriageReturn = line.carriageReturn && end === line.text.length
  return {
    ...rest,
    text: line.text.slice(start, end),
    offset: start,
    carriageReturn,
    ...(isInvalid && { invalidAt: invalidAt - start })
  }
}

function endOfPart(text: string, start: number): number {
  const isComment = /^[ \t]*#/.test(text.slice(start, text.length))
  let quoted = false
  for (let at = start; at < text.length; at++) {
    if (text[at] === ';' && !quoted) return at
    if (text[at] === '"' && !isComment) quoted = !quoted
    if (text[at] === '\\' && quoted) at++
  }
  return text.length
}
