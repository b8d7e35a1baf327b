import path from 'node:path'
import { parseDirectives, type ScriptRequest } from '../../index.ts'
import { readText } from '../read-text.ts'
import { linesOf, type SourceLines } from './coverage.ts'
import { blameOf } from './trace-blame.ts'
import { type TracedText, tracedText } from './trace-match.ts'
import type { PlacedRecord, TraceRecord } from './trace-records.ts'
import { readSteps, type TraceStep } from './trace-steps.ts'

/** How far a run could be traced. */
export interface TraceState {
  /** `partial`: up to a command; `none`: not at all. */
  state: 'full' | 'partial' | 'none'
  /** Why it is not `full`. */
  reason?: string
  /** Of the command before which tracing stopped. */
  line?: number
}

/** The command that printed a directive. */
export interface Blame {
  module: string
  config?: string
  /** Absent, with `line`, where it can't be known. */
  source?: string
  /** The first line of the command. */
  line?: number
}

/** Where the text of a file really stands. */
export interface SourceName {
  source: string
  /** What is added to each line. */
  lineOffset: number
}

/** What is known of a run because it was traced. */
export interface RunTrace {
  trace: TraceState
  /** One for each directive of the answer, in its order. */
  blame: Blame[]
  /** What ran, file by file; empty where there is no trace. */
  lines: SourceLines[]
}

/** A run without a trace. */
export function untraced(reason: string): RunTrace {
  return { trace: { state: 'none', reason }, blame: [], lines: [] }
}

export interface TraceInput {
  request: ScriptRequest
  /** All of the run, in the order in which they were written. */
  records: readonly TraceRecord[]
  answer: Uint8Array
  /** Those in the answer. */
  placed: readonly PlacedRecord[]
  isHeld: boolean
  keys: readonly string[]
  sources: ReadonlyMap<string, SourceName>
}

/** Makes of the records of a run what they say. */
export function readTrace({ request, records, answer, placed, isHeld, keys, sources }: TraceInput): RunTrace {
  if (!records.some(({ kind }) => kind !== 'no-pipe')) return untraced(whyNothing(records))
  const files = readFiles(request)
  const steps = readSteps(records, files.textOf)
  const mayFork = files.all().some(([, text]) => text.mayFork)
  // Bash before 4.3 is not asked for `$!`.
  const isHidden = placed.some(({ job }) => job === '?') && files.all().some(([, text]) => text.hidesFork)
  const printed = isHeld || isHidden ? () => undefined : blameOf({ placed, steps, mayFork })
  const shown = ({ source, line }: { source: string; line: number }) => {
    const file = files.pathOf(source)
    const name = sources.get(file)
    return { source: name?.source ?? file, line: line + (name?.lineOffset ?? 0) }
  }
  const blame = directivesOf(answer, keys).map(({ module, config, offset }) => {
    const place = printed(offset)
    return { module, ...(config !== undefined && { config }), ...(place && shown(place)) }
  })
  return { trace: stateOf(records, files.textOf, shown), blame, lines: linesOf(files.all(), countsOf(steps), shown) }
}

function whyNothing(records: readonly TraceRecord[]): string {
  return records.length > 0
    ? "the script's output is no pipe that could be found in the parent process"
    : 'bash ran no command that it told of'
}

/** The files that bash named, by their absolute paths. */
function readFiles({ path: script, bytes, cwd }: ScriptRequest) {
  const texts = new Map<string, TracedText | undefined>()
  const pathOf = (source: string) => path.resolve(cwd, source)
  const textOf = (source: string) => {
    const file = pathOf(source)
    if (!texts.has(file)) texts.set(file, tracedFile(file, file === script ? bytes : undefined))
    return texts.get(file)
  }
  textOf(script)
  return { pathOf, textOf, all: () => [...texts].flatMap(([file, text]) => (text ? [[file, text] as const] : [])) }
}

function tracedFile(file: string, bytes: Uint8Array | undefined): TracedText | undefined {
  const text = bytes ? new TextDecoder().decode(bytes) : readText(file)
  return text === undefined ? undefined : tracedText(text)
}

function directivesOf(
  answer: Uint8Array,
  keys: readonly string[]
): { module: string; config?: string | undefined; offset: number }[] {
  const starts = [0]
  for (let at = answer.indexOf(10); at >= 0; at = answer.indexOf(10, at + 1)) starts.push(at + 1)
  return parseDirectives(answer, { keys }).directives.map(({ module, config, line, column }) => ({
    module,
    config,
    offset: (starts[line - 1] ?? 0) + column - 1
  }))
}

function countsOf(steps: readonly TraceStep[]): Map<NonNullable<TraceStep['command']>, number> {
  const counts = new Map<NonNullable<TraceStep['command']>, number>()
  for (const { command, trapped, record } of steps) {
    const ran = command ?? trapped
    if (ran && record.kind === 'hit') counts.set(ran, (counts.get(ran) ?? 0) + 1)
  }
  return counts
}

function stateOf(
  records: readonly TraceRecord[],
  textOf: (source: string) => TracedText | undefined,
  shown: (place: { source: string; line: number }) => { line: number }
): TraceState {
  const end = records.find(({ kind }) => kind === 'stopped' || kind === 'too-long')
  if (end === undefined) return { state: 'full' }
  const { source, line, command } = end
  const first = textOf(source)?.find({ line, command })?.firstLine ?? line
  return { state: 'partial', reason: whyStopped(end), line: shown({ source, line: first }).line }
}

function whyStopped({ kind, command }: TraceRecord): string {
  if (kind === 'too-long') return 'the script runs so many commands that tracing would make it too slow'
  if (/^(?:builtin |command )?trap\b/.test(command))
    return 'the script lists its traps, or sets one for DEBUG, RETURN or a signal that is not written out'
  if (/^(?:builtin |command )?unset\b/.test(command)) return 'the script may unset functions or variables that tracing rests on'
  if (command.includes('expand_aliases')) return 'the script turns on aliases, and bash tells what they stand for'
  return command.startsWith('ulimit')
    ? 'the script limits the size of files'
    : 'the script may change options of the shell that tracing rests on'
}
