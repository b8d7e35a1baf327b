import type { Finding, Spot } from './source.ts'

/** One message of a shell about the syntax of a script. */
export interface ShellError {
  /** In the text that it was given, from 1; nothing where it names none. */
  line: number | undefined
  message: string
  hint?: string
}

// With the script's path before it:
//   bash, busybox  `: line 3: syntax error …`       dash   `: 3: Syntax error: …`
//   zsh, yash      `:3: parse error …`              mksh   `[3]: syntax error: …`
//   ksh93          `: syntax error at line 3: …`    and    `: warning: line 3: …`
const forms = [
  /^: line (?<line>\d+): (?<message>.*)$/,
  /^: ?(?<line>\d+): (?<message>.*)$/,
  /^\[(?<line>\d+)\]: (?<message>.*)$/,
  /^: syntax error at line (?<line>\d+): (?<message>.*)$/,
  /^: warning: line (?<line>\d+): (?<message>.*)$/
]

/** What a shell printed about the script at `path`, a message for each line of the script. */
export function shellErrors(stderr: string, path: string): ShellError[] {
  const found = new Map<number, ShellError>()
  for (const printed of stderr.split('\n')) {
    const at = printed.indexOf(path)
    if (at < 0) continue
    const { line, message = '' } = forms.map((form) => form.exec(printed.slice(at + path.length))?.groups).find(Boolean) ?? {}
    // bash shows the line once more, in its own quotes.
    if (line === undefined || /^`.*'$/.test(message)) continue
    const earlier = found.get(Number(line))
    const words = message.replace(/^[Ss]yntax error: /, '')
    // yash goes on in the same line: (maybe you missed `esac'?)
    if (earlier) earlier.hint ??= words.replace(/^\((.*)\)$/, '$1')
    else found.set(Number(line), { line: Number(line), message: words })
  }
  const [first] = stderr.trim().split('\n')
  return found.size === 0 && first ? [{ line: undefined, message: first.replaceAll(path, 'the script') }] : [...found.values()]
}

/** What is wrong with the syntax, and where in the script; the end of the text is the end of its last line. */
export function syntaxFinding(
  shell: string,
  { line, message, hint }: ShellError,
  lines: readonly string[],
  severity: 'error' | 'warning'
): { finding: Finding; spot: Spot | undefined } {
  const said = message.startsWith('syntax error') ? message : severity === 'error' ? `syntax error: ${message}` : message
  const finding = { code: 'shell-syntax', severity, message: `${shell}: ${said}`, hint }
  if (line === undefined) return { finding, spot: undefined }
  if (line <= lines.length && lines[line - 1]?.trim()) return { finding, spot: { line } }
  let last = Math.max(0, Math.min(line, lines.length) - 1)
  while (last > 0 && lines[last]?.trim() === '') last--
  return { finding, spot: { line: last + 1, column: (lines[last] ?? '').length + 1, length: 1 } }
}
