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
}

/** What is known of one process so far. */
interface Process {
  level: number
  /** By depth: the `eval`, or the sourcing of no file, that a command of no file may belong to. */
  frames: Map<number, TraceStep['place']>
  /** The text of the last record. */
  last: string | undefined
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
    const isStale = trapped && process.last === record.command
    process.last = record.command
    if (/^(?:builtin |command )?trap /.test(record.command)) trapped = true
    const text = textOf(record.source)
    const command = isStale ? undefined : text?.find(record)
    const place = isStale ? undefined : placeOf(record, command, text, process)
    if (command) enter(process.frames, record.depth, command, place, textOf)
    return { record, command, place }
  })
}

/** A subshell goes on from the shell that started it. */
function inherited(processes: ReadonlyMap<number, Process>, { level }: TraceRecord): Process {
  const parent = [...processes.values()].reverse().find((process) => process.level < level)
  return { level, frames: new Map(parent?.frames), last: parent?.last }
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
