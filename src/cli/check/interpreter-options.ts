import type { Diagnostic } from '../../index.ts'
import type { CommandIo } from '../io.ts'
import type { Passage } from './passage.ts'
import type { Spot } from './source.ts'
import type { Shell } from './syntax.ts'
import { runTool } from './tool-process.ts'

/** What the words behind a shell's name are to it. */
interface ShellWords {
  /** Options that it can be asked about: none that would have it read or run something. */
  options: readonly string[]
  /** A word that is no option: the shell takes it for the script. */
  operand: string | undefined
}

/** Interactive, login, other commands, rc files, other input and output: `-n` may count for nothing then, or what is printed is no answer. */
const unsafeLetters = /[cilsnvxrDEIOPRTV]/g
const unsafeName = /inter|login|rc|profile|exec|stdin|init|verbose|trace|help|version|debug|restrict|command|single|dump|priv/

/** Reads the words behind the name of a shell. */
function readShellWords(words: readonly string[]): ShellWords {
  const options: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '-' || word === '--') return { options, operand: words[at + 1] }
    if (word.startsWith('--')) {
      if (/^--(?:rcfile|init-file)$/.test(word)) at++
      else if (isSafe(word)) options.push(word)
      continue
    }
    if (!/^[-+]./.test(word)) return { options, operand: word }
    // What follows is a command, or arguments of the script.
    if (/^-.*[cs]/.test(word)) return { options, operand: undefined }
    const takesName = /[oO]/.test(word)
    const name = takesName ? words[++at] : undefined
    if (word.startsWith('+')) continue
    const letters = word.slice(1).replace(unsafeLetters, '').replaceAll('o', '')
    if (letters !== '') options.push(`-${letters}`)
    if (word.includes('o') && name !== undefined && isSafe(name)) options.push('-o', name)
  }
  return { options, operand: undefined }
}

function isSafe(name: string): boolean {
  return !unsafeName.test(name.toLowerCase().replace(/[-_]/g, ''))
}

/** What the shell says of its options in the `#!` line; it is given them with an empty script. */
export async function checkOptions(passage: Passage, shell: Shell, spot: Spot | undefined, io: CommandIo): Promise<Diagnostic[]> {
  const { options, operand } = readShellWords(shell.words)
  if (operand !== undefined) {
    const message = `"${operand.slice(0, 80)}" is no option: ${shell.name} takes it for the name of the script, and never reads this one`
    const hint = passage.isFolded ? unfold : 'leave options of the shell alone behind its name'
    return [passage.diagnose({ code: 'interpreter-arguments', severity: 'error', message, hint }, spot)]
  }
  if (options.length === 0) return []
  // bash takes long options first only.
  const long = options.findIndex((option) => !option.startsWith('--'))
  const first = long < 0 ? options.length : long
  const argv = [...shell.start, ...options.slice(0, first), '-n', ...options.slice(first), '/dev/null']
  const result = await runTool({ argv, answer: 'stderr', locale: 'C' }, io)
  if (result.output === undefined || (result.exitCode === 0 && result.output.trim() === '')) return []
  const [printed = ''] = result.output.trim().split('\n')
  const said = printed.replace(/^([^:]*): (?:(?:line )?\d+: )?(?:\1: )?/, '') || `exit code ${result.exitCode}`
  const severity = result.exitCode === 0 ? 'warning' : 'error'
  const hint = `leave options that ${shell.name} takes, or name the shell that has them`
  return [passage.diagnose({ code: 'interpreter-arguments', severity, message: `${shell.name}: ${said}`, hint }, spot)]
}

/** What to do about a script that YAML has made one line of. */
export const unfold = 'YAML folds the lines behind > into one: write | in its place'
