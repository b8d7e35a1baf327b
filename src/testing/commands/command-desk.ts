import { accessSync, constants } from 'node:fs'
import { platformUnsupportedBy } from '../../kit-errors.ts'
import type { CommandCall } from '../loader-run.ts'
import { findTool } from '../world/tools.ts'
import { writeShim } from '../world/world.ts'
import { type LoggedCall, readArgs, readEnvironment, readLog, readStdin } from './call-log.ts'
import type { CommandReply, CommandStub, Stub } from './stub.ts'
import { type Miss, type StubAnswer, stubAnswers } from './stub-answers.ts'
import { keep, openDesk, type Question } from './stub-desk.ts'
import { askingShim, fixedShim, modeOf, refusedExit, refusingShim, replyText, type ShimPlace } from './stub-shim.ts'

/** What the commands of a run were called with, and what came of it. */
export interface CommandReport {
  calls: CommandCall[]
  refused: CommandCall[]
  /** The replies, for who wants to run the same again. */
  replies: ReadonlyMap<CommandCall, CommandReply>
  misses: Miss[]
  /** Commands that left a stdin unread which their parent shares. */
  leftShared: string[]
}

/** The commands of one run. */
export interface CommandDesk {
  /** Calls that wait end, with 125. */
  close(): void
  report(): CommandReport
}

/** Where the commands of a run are. */
export interface CommandPlace {
  bin: string
  spool: string
  /** Where a program of this machine is for the script, also where a stub has its place. */
  programAt(file: string): string
}

type Commands = readonly (readonly [name: string, stub: Stub])[]

/** Writes the commands of a run, and answers those that ask. */
export async function openCommands(
  commands: Commands,
  refused: readonly string[],
  { bin, spool, programAt }: CommandPlace
): Promise<CommandDesk> {
  const place: ShimPlace = {
    spool,
    sh: programAt('/bin/sh'),
    cat: programAt(firstOf('/bin/cat', '/usr/bin/cat')),
    sleep: programAt(firstOf('/bin/sleep', '/usr/bin/sleep')),
    bash: programAt(findTool('bash') ?? '/bin/bash')
  }
  let kept = 0
  const keepText = (text: string) => keep(spool, `text-${kept++}`, text)
  for (const [index, [name, stub]] of commands.entries()) writeShim(bin, name, shimOf(place, index, stub, keepText))
  const refusal = refusingShim(place)
  for (const name of refused) writeShim(bin, name, refusal)

  const answers = stubAnswers(commands)
  const asked = new Map<string, StubAnswer>()
  const answer = async (question: Question): Promise<string> => {
    const { stub: index, unique } = question
    const args = readArgs(spool, question)
    const given =
      typeof commands[index]?.[1] === 'function'
        ? await answers.fromFunction(index, {
            args,
            stdin: readStdin(spool, question),
            env: readEnvironment(Number.parseInt(unique, 10))
          })
        : answers.fromList(index, args)
    asked.set(unique, given)
    const name = `reply-${kept++}`
    keep(spool, name, replyText(given.reply, modeOf(given.stdin), keepText))
    return name
  }
  const asking = commands.some(([, stub]) => isAsking(stub))
  const desk = asking ? await openDesk(spool, requireMkfifo(), answer) : undefined
  return { close: () => desk?.close(), report: () => reportOf(spool, commands, asked, answers.atTheEnd) }
}

function shimOf(place: ShimPlace, index: number, stub: Stub, keepText: (text: string) => string): string {
  if (typeof stub === 'function') return askingShim(place, index, 'function')
  return isAsking(stub) ? askingShim(place, index, 'list') : fixedShim(place, index, stub as CommandStub, keepText)
}

function isAsking(stub: Stub): boolean {
  return typeof stub === 'function' || Array.isArray(stub)
}

function reportOf(
  spool: string,
  commands: Commands,
  asked: ReadonlyMap<string, StubAnswer>,
  atTheEnd: (counted: (index: number) => number) => Miss[]
): CommandReport {
  const report: CommandReport = { calls: [], refused: [], replies: new Map(), misses: [], leftShared: [] }
  const replies = report.replies as Map<CommandCall, CommandReply>
  const counts = new Map<string, number>()
  for (const logged of readLog(spool)) {
    const [name, stub] = commands[Number(logged.command)] ?? [logged.command, undefined]
    const answer = stub === undefined ? undefined : isAsking(stub) ? asked.get(logged.unique) : { reply: stub as CommandStub }
    const call = callOf(spool, logged, name, answer?.reply.exitCode ?? (answer ? 0 : refusedExit))
    counts.set(logged.command, (counts.get(logged.command) ?? 0) + 1)
    if (stub === undefined || answer?.miss) report.refused.push(call)
    if (stub !== undefined) report.calls.push(call)
    if (answer?.miss) report.misses.push(answer.miss)
    else if (answer) replies.set(call, answer.reply)
    if (stub !== undefined && isLeft(logged, stub, answer) && !report.leftShared.includes(name)) report.leftShared.push(name)
  }
  report.misses.push(...atTheEnd((index) => counts.get(String(index)) ?? 0))
  return report
}

function callOf(spool: string, logged: LoggedCall, command: string, exitCode: number): CommandCall {
  return { command, args: readArgs(spool, logged), stdin: readStdin(spool, logged), exitCode }
}

/** A stub that says `stdin: false` means it. */
function isLeft({ stdin }: LoggedCall, stub: Stub, answer: StubAnswer | undefined): boolean {
  const said = typeof stub === 'function' ? undefined : Array.isArray(stub) ? answer?.stdin : (stub as CommandStub).stdin
  return stdin === 's' && said === undefined
}

/** @throws HermesError PLATFORM_UNSUPPORTED */
function requireMkfifo(): string {
  const mkfifo = firstOf('/usr/bin/mkfifo', '/bin/mkfifo', '')
  if (mkfifo === '') throw platformUnsupportedBy('a command that is a function or a list needs /usr/bin/mkfifo or /bin/mkfifo')
  return mkfifo
}

/** The first that can be run, else the last. */
function firstOf(...files: string[]): string {
  return files.find(isExecutable) ?? files.at(-1) ?? ''
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return file !== ''
  } catch {
    return false
  }
}
