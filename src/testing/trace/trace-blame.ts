import { invocationsOf, nameOf } from '../shell/shell-invocations.ts'
import { isAsync, isPiped } from '../shell/shell-syntax.ts'
import type { PlacedRecord, TraceRecord } from './trace-records.ts'
import type { TraceStep } from './trace-steps.ts'

/** Programs that print to their stdout and stderr alone: a descriptor beside these says nothing of them. */
const plainPrograms = new Set(
  (
    ': . [ alias awk basename break builtin cat cd command continue cut date declare dirname echo eval exec exit export expr false ' +
    'getopts grep hash head hostname id let local ls mapfile mkdir mktemp mv nproc printf pwd read readarray readlink readonly ' +
    'realpath return rm sed seq set shift shopt sleep sort source stat tail test touch tr trap true type typeset ulimit umask ' +
    'uname uniq unset wait wc'
  ).split(' ')
)

/** Programs that leave a process behind. */
const leavers = new Set(['setsid', 'nohup'])

/** What of a run decides whether its records can be believed. */
export interface BlameInput {
  /** Records in the answer, in its order. */
  placed: readonly PlacedRecord[]
  /** All steps of the run. */
  steps: readonly TraceStep[]
  /** A source may put a process into the background without the parser seeing where. */
  mayFork: boolean
}

/**
 * Tells for a byte of an answer where the command stands that printed it: the last one before it that could have. From where
 * two processes can print at once nothing is told.
 */
export function blameOf({ placed, steps, mayFork }: BlameInput): (offset: number) => TraceStep['place'] {
  const own = aligned(placed, steps)
  const unknownFrom = Math.min(firstUnknown(own, mayFork), endOfTrace(own, steps))
  const counting = own.map((step, index) => ({ step, index })).filter(({ step }) => counts(step))
  return (offset) => {
    let low = 0
    let high = counting.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((counting[middle]?.step.record.at ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    const found = counting[low - 1]
    return found === undefined || found.index >= unknownFrom ? undefined : found.step.place
  }
}

/** A step that left its record in the answer too. */
interface OwnStep extends TraceStep<PlacedRecord> {
  /** Its place among all steps. */
  order: number
}

function aligned(placed: readonly PlacedRecord[], steps: readonly TraceStep[]): OwnStep[] {
  const queues = new Map<number, number[]>()
  for (const [order, { record }] of steps.entries()) {
    const queue = queues.get(record.pid)
    if (queue) queue.push(order)
    else queues.set(record.pid, [order])
  }
  const next = new Map<number, number>()
  return placed.map((record) => {
    const queue = queues.get(record.pid) ?? []
    let at = next.get(record.pid) ?? 0
    const stepAt = () => steps[queue[at] ?? -1]
    for (let step = stepAt(); step && !isSame(step.record, record); step = stepAt()) at++
    next.set(record.pid, at + 1)
    return { record, command: stepAt()?.command, place: stepAt()?.place, order: queue[at] ?? steps.length }
  })
}

/** The index of the first step after which commands are not told of any more, or run beside others. */
function endOfTrace(own: readonly OwnStep[], steps: readonly TraceStep[]): number {
  for (const [order, { record, command }] of steps.entries()) {
    const leaves = command !== undefined && leavesProcess(command)
    if (record.kind === 'hit' && !leaves) continue
    const at = own.findIndex((step) => step.order === order)
    if (at >= 0) return at
    // A substitution that stops alone has no part in the answer.
    if (leaves || record.level === 0) return own.filter((step) => step.order < order).length - 1
  }
  return Number.POSITIVE_INFINITY
}

function isSame(a: TraceRecord, b: TraceRecord): boolean {
  return a.line === b.line && a.command === b.command && a.depth === b.depth && a.source === b.source && a.job === b.job
}

/** A descriptor beside stdout counts only where the command can be using it, and in a pipeline several would. */
function counts({ record, command }: TraceStep): boolean {
  if (record.kind === 'direct' || command === undefined) return true
  return !isPiped(command) && (command.redirections.length > 0 || !plainPrograms.has(nameOf(command.words[0])))
}

/** The index of the first step from which two processes may print. */
function firstUnknown(steps: readonly TraceStep<PlacedRecord>[], mayFork: boolean): number {
  const lastOf = new Map<number, number>()
  const jobs = new Set(['', '?'])
  const lineage: { pid: number; level: number }[] = []
  const over = new Map<number, number>()
  for (const [index, { record }] of steps.entries()) {
    const { pid, level, job } = record
    const before = lastOf.get(pid)
    if (mayFork && !jobs.has(job)) return before ?? index
    jobs.add(job)
    const resumed = over.get(pid)
    if (resumed !== undefined) return resumed
    while (lineage.length > 0 && (lineage.at(-1)?.level ?? 0) >= level && lineage.at(-1)?.pid !== pid) {
      over.set(lineage.pop()?.pid ?? 0, index)
    }
    if (lineage.at(-1)?.pid !== pid) lineage.push({ pid, level })
    lastOf.set(pid, index)
  }
  return Number.POSITIVE_INFINITY
}

function leavesProcess(command: NonNullable<TraceStep['command']>): boolean {
  return isAsync(command) || command.feedsProcess || invocationsOf(command).some(({ program }) => leavers.has(nameOf(program)))
}
