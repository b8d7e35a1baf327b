import path from 'node:path'
import type { Diagnostic } from '../../index.ts'
import type { CommandIo } from '../io.ts'
import type { Passage } from './passage.ts'
import { type ScratchFolder, scratchFile } from './scratch-file.ts'
import { shellErrors, syntaxFinding } from './shell-errors.ts'
import { runTool } from './tool-process.ts'

/** A shell whose syntax can be checked. */
export interface Shell {
  name: string
  /** What starts it, with what changes its syntax. It is never told more: `bash -i` would not mind `-n`. */
  argv: readonly string[]
  /** What starts it, with none of its options but those that keep it from reading anything else. */
  start: readonly string[]
  /** All that stands behind its name. */
  words: readonly string[]
}

const shells = /^(?:sh|bash|dash|ash|ksh|ksh93|mksh|lksh|zsh|yash|busybox)$/
const bashOptions = new Set(['extglob', 'posix'])

/** The shell that an interpreter's words start, or nothing: another program, or an option of `env` that is not looked through. */
export function shellOf(argv: readonly string[]): Shell | undefined {
  const words = [...argv]
  if (path.basename(words[0] ?? '') === 'env') {
    words.shift()
    while (/^(?:-i|-|-S|-v|--ignore-environment|--|[^=-][^=]*=.*)$/s.test(words[0] ?? '')) words.shift()
  }
  const [program = '', ...rest] = words
  const name = path.basename(program)
  if (!shells.test(name)) return undefined
  if (name === 'busybox') {
    const [applet] = rest
    const start = [program, applet ?? '']
    return applet === 'sh' || applet === 'ash'
      ? { name: `busybox ${applet}`, argv: start, start, words: rest.slice(1) }
      : undefined
  }
  const start = name === 'zsh' ? [program, '-f'] : [program]
  return { name, argv: [...start, ...(name === 'bash' ? syntaxOptions(rest) : [])], start, words: rest }
}

/** The options of bash that change what it can parse; the long ones come first. */
function syntaxOptions(words: readonly string[]): string[] {
  const short = words.flatMap((word, index) =>
    /^-[oO]$/.test(word) && bashOptions.has(words[index + 1] ?? '') ? [word, words[index + 1] ?? ''] : []
  )
  return [...(words.includes('--posix') ? ['--posix'] : []), ...short]
}

/** What the shell's own `-n` says about a script, which is read and never run. */
export async function checkSyntax(passage: Passage, shell: Shell, scratch: ScratchFolder, io: CommandIo): Promise<Diagnostic[]> {
  const before = passage.linesBefore ?? 0
  // Empty lines before it, so that every line number that a message names is the file's.
  const file = await scratchFile(scratch, Buffer.concat([Buffer.from('\n'.repeat(before)), passage.bytes]))
  const [program = '', ...options] = shell.argv
  const argv = [program, ...options, '-n', file]
  const result = await runTool({ argv, answer: 'stderr', locale: 'C' }, io)
  if (result.output === undefined) {
    const message = `the syntax was not checked by ${shell.name} -n: ${result.why}`
    return [passage.diagnose({ code: 'syntax-unchecked', severity: 'warning', message })]
  }
  const { output, exitCode } = result
  const severity = exitCode === 0 ? 'warning' : 'error'
  const errors = shellErrors(output, file)
  if (errors.length === 0 && exitCode !== 0) errors.push({ line: undefined, message: `exit code ${exitCode}` })
  return errors.map((error) => {
    const line = error.line === undefined ? undefined : Math.max(1, error.line - before)
    const { finding, spot } = syntaxFinding(shell.name, { ...error, line }, passage.lines, severity)
    return passage.diagnose(finding, spot)
  })
}
