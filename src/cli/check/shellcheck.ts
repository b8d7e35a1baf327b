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
  return comments.flatMap((comment) => {
    if (toldOnce.has(comment.code) && told.has(comment.code)) return []
    told.add(comment.code)
    return diagnosticOf(passage, comment)
  })
}

function diagnosticOf(passage: Passage, { line, endLine, column, endColumn, level, code, message }: Comment): Diagnostic {
  const characters = Array.from(passage.lines[line - 1] ?? '')
  const before = characters.slice(0, column - 1).join('').length
  const to = endLine === line ? Math.max(column, endColumn - 1) : characters.length
  const length = Math.max(1, characters.slice(column - 1, to).join('').length)
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
