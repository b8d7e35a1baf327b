import type { Diagnostic } from '../../index.ts'
import type { CommandIo } from '../io.ts'
import type { Passage } from './passage.ts'
import type { Shell } from './syntax.ts'
import { runTool } from './tool-process.ts'

/** What ShellCheck calls the shells. */
const dialects: Readonly<Record<string, string>> = {
  sh: 'sh',
  yash: 'sh',
  bash: 'bash',
  dash: 'dash',
  ash: 'dash',
  'busybox sh': 'dash',
  'busybox ash': 'dash',
  ksh: 'ksh',
  ksh93: 'ksh',
  mksh: 'ksh',
  lksh: 'ksh'
}

interface Comment {
  line: number
  endLine: number
  /** From 1, in code points; a tab is one. */
  column: number
  endColumn: number
  level: 'error' | 'warning' | 'info' | 'style'
  code: number
  message: string
}

/** A carriage return in every line is one mistake. */
const toldOnce = new Set([1017])

/**
 * What ShellCheck says, where it is installed and knows the shell. It advises and does not refuse: its errors and warnings are
 * warnings here, the rest notes. A `.shellcheckrc` of the working folder counts.
 */
export async function runShellCheck(passage: Passage, shell: Shell, io: CommandIo): Promise<Diagnostic[]> {
  const dialect = dialects[shell.name]
  if (dialect === undefined) return []
  const argv = ['shellcheck', '--format=json1', `--shell=${dialect}`, '-']
  const result = await runTool({ argv, input: passage.text, answer: 'stdout', locale: 'C.UTF-8' }, io)
  if (result.output === undefined && result.missing) return []
  const comments = result.output === undefined ? undefined : commentsOf(result.output)
  if (comments === undefined) {
    const why = result.output === undefined ? result.why : 'it gave no report'
    return [passage.diagnose({ code: 'syntax-unchecked', severity: 'note', message: `ShellCheck was left out: ${why}` })]
  }
  const told = new Set<number>()
  const columns = new Map<number, Columns>()
  return comments.flatMap((comment) => {
    if (toldOnce.has(comment.code) && told.has(comment.code)) return []
    told.add(comment.code)
    return diagnosticOf(passage, comment, columns)
  })
}

/** Where each code point of a line begins, in UTF-16 code units, and where the line ends. */
type Columns = readonly number[]

function columnsOf(line: string): Columns {
  const starts = [0]
  for (const character of line) starts.push((starts.at(-1) ?? 0) + character.length)
  return starts
}

function diagnosticOf(passage: Passage, comment: Comment, known: Map<number, Columns>): Diagnostic {
  const { endLine, endColumn, level, code, message } = comment
  // The end of a script is for ShellCheck the start of a line behind it, which is another key's in a YAML file.
  const isBehind = comment.line > passage.lines.length
  const line = isBehind ? Math.max(1, passage.lines.length) : comment.line
  const columns = known.get(line) ?? columnsOf(passage.lines[line - 1] ?? '')
  known.set(line, columns)
  const column = isBehind ? columns.length : Math.min(comment.column, columns.length)
  const before = columns[column - 1] ?? 0
  const to = endLine === line ? Math.max(column, endColumn - 1) : columns.length
  const length = Math.max(1, (columns[to] ?? columns.at(-1) ?? 0) - before)
  const severity = level === 'error' || level === 'warning' ? 'warning' : 'note'
  const hint = `https://www.shellcheck.net/wiki/SC${code}`
  return passage.diagnose({ code: `shellcheck/SC${code}`, severity, message, hint }, { line, column: before + 1, length })
}

function commentsOf(output: string): Comment[] | undefined {
  try {
    const { comments } = JSON.parse(output) as { comments?: Comment[] }
    return comments
  } catch {
    return undefined
  }
}
