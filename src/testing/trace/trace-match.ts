import { enclosing, parseShell, substitutedIn } from '../shell/shell-syntax.ts'
import type { Command, Word } from '../shell/shell-types.ts'
import { ansiValue } from '../shell/shell-words.ts'
import type { TraceRecord } from './trace-records.ts'

/** A text in which records are looked up. */
export interface TracedText {
  /** Those before which bash's DEBUG trap fires. */
  executable: readonly Command[]
  /** The command that a record is of, or nothing where that can't be told. */
  find(record: Pick<TraceRecord, 'line' | 'command'>): Command | undefined
  /** Those in functions that a line may be of. */
  inFunctions(line: number): readonly Command[]
  /** Processes may be put into the background. */
  mayFork: boolean
  /** The same, and no record tells of it: only `$!` does. */
  hidesFork: boolean
}

const fires = new Set<Command['kind']>(['simple', 'for', 'for((', 'select', 'case', '((', '[['])
/** How much of a command is compared: bash tells the first 300 characters, white space and all. */
const compared = 100
/** What a record has blanks for, and blanks. */
const untold = /[\s\x02]+/g
/** From here on bash prints a command in another way than it is written. */
const reprinted = /\$[('"]|`|=\(|(?:&| \d+| \{\w+\}| |^\d+|^)?[<>]/

/**
 * Makes a text ready for look-ups.
 *
 * Bash's LINENO is not the line of a command in all versions: before 5.3 it is the last line of many a command of several,
 * and in a substitution of several lines it counts on from the end of the command around it. So a record is of the command
 * whose lines hold its line and whose words are its words, as far as bash prints them as they are written.
 */
export function tracedText(text: string): TracedText {
  const { commands } = parseShell(text)
  const executable = commands.filter(isExecutable)
  const hidesFork = commands.some(({ kind, words }) => {
    const isUnreadable = words[0]?.text === 'eval' && words.some(({ value }) => value === undefined || /&|coproc/.test(value))
    return kind === 'coproc' || isUnreadable
  })
  const byKey = new Map<string, Command[]>()
  for (const command of executable) for (const key of keysOf(command)) byKey.set(key, [...(byKey.get(key) ?? []), command])
  const functional = executable.filter(isInFunction)
  return {
    executable,
    inFunctions(line) {
      const here = functional.filter((command) => command.firstLine <= line && line <= lastLineOf(command))
      const first = here.filter(({ firstLine }) => firstLine === line)
      return first.length > 0 ? first : here
    },
    mayFork: hidesFork || commands.some(({ async, via }) => async || via === '>('),
    hidesFork,
    find({ line, command }) {
      const found = byKey.get(keyOf(command)) ?? []
      return inOwnLines(found, line) ?? inSubstitution(found, line)
    }
  }
}

function isExecutable({ kind, assignments, words, redirections }: Command): boolean {
  return fires.has(kind) && (kind !== 'simple' || assignments.length + words.length + redirections.length > 0)
}

function isInFunction(command: Command): boolean {
  return [...enclosing(command)].some(({ kind }) => kind === 'function')
}

const ansi = /\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|\$?'(?:[^'\\]|\\[\s\S])*'/g

/** A word as bash prints it: what is in `$'…'` is expanded when a command is read. */
function printed({ text }: Word): string {
  return text.replace(ansi, (quoted) =>
    quoted.startsWith('$') ? `'${ansiValue(quoted.slice(2, -1)).replaceAll("'", "'\\''")}'` : quoted
  )
}

function keysOf(command: Command): string[] {
  return [...new Set([...keysBy(command, ({ text }) => text), ...keysBy(command, printed)])]
}

function keysBy({ kind, assignments, words }: Command, textOf: (word: Word) => string): string[] {
  const [first, ...rest] = words.map(textOf)
  switch (kind) {
    case 'for((':
    case '((':
      return ['((']
    case '[[':
      return ['[[']
    case 'for':
    case 'select':
      return [`${kind} ${first}`]
    case 'case':
      return [keyOf(`case ${first} in`)]
    default:
      return [keyOf([...assignments.map(textOf), ...(first === undefined ? [] : [first, ...rest])].join(' '))]
  }
}

function keyOf(command: string): string {
  if (command.startsWith('((') || command.startsWith('[[')) return command.slice(0, 2)
  const loop = /^(?:for|select) [^\s]+(?= in )/.exec(command)?.[0]
  if (loop !== undefined) return loop
  return command.slice(0, reprinted.exec(command)?.index).replace(untold, '').slice(0, compared)
}

/** Of a loop or a `case` only the head is told. */
function lastLineOf({ kind, firstLine, lastLine, words, redirections }: Command): number {
  if (kind === 'for' || kind === 'select' || kind === 'case' || kind === 'for((')
    return Math.max(firstLine, ...words.map(({ line, text }) => line + text.split('\n').length - 1))
  return Math.max(lastLine, ...redirections.map(({ body }) => body?.lastLine ?? 0))
}

function inOwnLines(found: readonly Command[], line: number): Command | undefined {
  const here = found.filter((command) => command.firstLine <= line && line <= lastLineOf(command) && !substitutedIn(command))
  return here.every(({ firstLine }) => firstLine === here[0]?.firstLine) ? here[0] : undefined
}

/** Commands of a substitution are counted from the last line of what is around it, one a line, without blank ones. */
function inSubstitution(found: readonly Command[], line: number): Command | undefined {
  const near = found.flatMap((command) => {
    const outer = substitutedIn(command)
    if (outer === undefined) return []
    const last = lastLineOf(outer)
    const most = last + (last - outer.firstLine) + 1
    if (line < outer.firstLine || line > most) return []
    return [{ command, distance: Math.abs(last + (command.firstLine - outer.firstLine) - line) }]
  })
  const [nearest, next] = near.sort((a, b) => a.distance - b.distance)
  const isTie = next?.distance === nearest?.distance && next?.command.firstLine !== nearest?.command.firstLine
  return isTie ? undefined : nearest?.command
}
