import { nameOf } from '../shell/shell-invocations.ts'
import type { Command } from '../shell/shell-types.ts'
import type { TracedText } from './trace-match.ts'
import type { TraceRecord } from './trace-records.ts'

/** A record, and the command that it is of. */
export interface TraceStep<R extends TraceRecord = TraceRecord> {
  record: R
  /** Where it can be told. */
  command: Command | undefined
  /** Where that is: of text that `eval` was given, the place of the `eval`. */
  place: { source: string; line: number } | undefined
  /** What ran in a trap, which is not blamed but counted. */
  trapped?: Command | undefined
}

/** What is known of one process so far. */
interface Process {
  level: number
  /** By depth: the `eval`, or the sourcing of no file, that a command of no file may belong to. */
  frames: Map<number, TraceStep['place']>
  last: TraceRecord | undefined
  /** While a trap runs: how deep that is, what is known to run, and what ran last of each line. */
  trap: { depth: number; command: Command | undefined; lastOf: Map<number, Command> } | undefined
}

/**
 * Finds the command of each record of a run, in the order in which they were written.
 *
 * @param textOf the text of a file as bash names it; `undefined` where there is none
 */
export function readSteps(records: readonly TraceRecord[], textOf: (source: string) => TracedText | undefined): TraceStep[] {
  const processes = new Map<number, Process>()
  let trapped = false
  return records.map((record) => {
    const process = processes.get(record.pid) ?? inherited(processes, record)
    processes.set(record.pid, process)
    // In a trap's body bash still tells the command before it.
    const isStale = trapped && process.last?.command === record.command
    if (/^(?:builtin |command )?trap /.test(record.command)) trapped = true
    const text = textOf(record.source)
    process.trap = isStale ? inTrap(record, process, text) : undefined
    process.last = record
    const command = isStale ? undefined : text?.find(record)
    const place = isStale ? undefined : placeOf(record, command, text, process)
    if (command) enter(process.frames, record.depth, command, place, textOf)
    return { record, command, place, trapped: process.trap?.command }
  })
}

/** A subshell goes on from the shell that started it. */
function inherited(processes: ReadonlyMap<number, Process>, { level }: TraceRecord): Process {
  const parent = [...processes.values()].reverse().find((process) => process.level < level)
  return { level, frames: new Map(parent?.frames), last: parent?.last, trap: parent?.trap }
}

/**
 * What runs in a function that a trap calls is known by its line alone: the trap's own text is of no line of the file, and on
 * entering a function bash tells of it once more.
 */
function inTrap(record: TraceRecord, { last, trap }: Process, text: TracedText | undefined): Process['trap'] {
  const { depth, lastOf } = trap ?? { depth: record.depth, lastOf: new Map<number, Command>() }
  const here = text?.inFunctions(record.line) ?? []
  if (record.depth > depth) {
    if (record.depth > (last?.depth ?? 0)) return { depth, lastOf, command: undefined }
    // Those of one line run one after the other.
    const before = lastOf.get(record.line)
    const command = here[before ? here.indexOf(before) + 1 : 0] ?? here[0]
    if (command) lastOf.set(record.line, command)
    return { depth, lastOf, command }
  }
  // No trap at all, but the same command once more.
  const again = last?.line === record.line ? undefined : text?.find(record)
  return { depth, lastOf, command: again && record.depth === 1 && here.includes(again) ? undefined : again }
}

function placeOf(
  { source, depth }: TraceRecord,
  command: Command | undefined,
  text: TracedText | undefined,
  { frames }: Process
): TraceStep['place'] {
  if (command) return { source, line: command.firstLine }
  return frames.get(text ? depth : depth - 1)
}

function enter(
  frames: Process['frames'],
  depth: number,
  { words }: Command,
  place: TraceStep['place'],
  textOf: (source: string) => TracedText | undefined
): void {
  for (const each of [...frames.keys()]) if (each >= depth) frames.delete(each)
  const name = nameOf(words[0])
  const file = words[1]?.value
  const isNoFile = (name === '.' || name === 'source') && (file === undefined || textOf(file) === undefined)
  if (name === 'eval' || isNoFile) frames.set(depth, place)
}
