import { setTimeout as sleep } from 'node:timers/promises'
import { signalGroup } from './kill-at-exit.ts'
import { carries, findProcesses, isIn, isRunning, type Process, readProcess } from './process-table.ts'

/** A script that was started as the leader of a session and a group of its own. */
export interface Target {
  pid: number
  /** As it was read when it started; `undefined` where there is no `/proc`. */
  leader: Process | undefined
  /** What it and its children carry as `HERMES_RUN_ID`. */
  runId: string | undefined
  graceMs: number
  /** Absolute and real: a process that works in it, or has a file open in it, is one of the script's. @default none */
  folder?: string | undefined
}

/** For how long processes that left the group are looked for. */
const strayMs = 500

/**
 * Ends a script and all that it started, and gives the pids that got a signal.
 *
 * The group first, which may end in good order: SIGTERM, SIGCONT for those that are stopped, SIGKILL after the grace. Then
 * those that left it, which nobody else would ever end: children with a group of their own (`set -m`) by their session,
 * `setsid` ones by the variable that they carry or the folder that they work in, and ones without an environment by their session again.
 */
export async function terminate(target: Target): Promise<number[]> {
  const pids = new Set<number>()
  if (target.leader === undefined) {
    await endUnseenGroup(target, pids)
  } else {
    await endGroup(target, target.leader, pids)
    await killStrays(target, target.leader, pids)
  }
  return [...pids]
}

async function endGroup({ pid, graceMs }: Target, leader: Process, pids: Set<number>): Promise<void> {
  let members = await groupOf(leader)
  if (members.length === 0) return
  signalGroup(pid, 'SIGTERM')
  signalGroup(pid, 'SIGCONT')
  for (const member of members) pids.add(member.pid)
  const deadline = performance.now() + graceMs
  while (performance.now() < deadline) {
    await pauseUntil(() => !members.some(isRunning), deadline)
    // Some may have been started since.
    members = await groupOf(leader)
    if (members.length === 0) return
  }
  signalGroup(pid, 'SIGKILL')
  for (const member of members) pids.add(member.pid)
}

/** Two passes that find nobody, since whoever is found may just have started another. */
async function killStrays({ runId, folder }: Target, leader: Process, pids: Set<number>): Promise<void> {
  const deadline = performance.now() + strayMs
  for (let quiet = 0; quiet < 2 && performance.now() < deadline; ) {
    const ownSession = isOwnSession(leader)
    const isStray = (process: Process) =>
      (ownSession && process.session === leader.pid) || carriesRun(process.pid, runId) || worksIn(process.pid, folder)
    const strays = await findProcesses(leader, isStray, deadline)
    quiet = strays.length === 0 ? quiet + 1 : 0
    for (const stray of strays) if (killOne(stray)) pids.add(stray.pid)
    if (strays.length > 0) await pauseUntil(() => !strays.some(isRunning), deadline)
  }
}

/** Where there is no `/proc` (macOS) the group is all that can be seen, and of it only whether anybody is there. */
async function endUnseenGroup({ pid, graceMs }: Target, pids: Set<number>): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return
  signalGroup(pid, 'SIGCONT')
  pids.add(pid)
  await pauseUntil(() => !signalGroup(pid, 0), performance.now() + graceMs)
  signalGroup(pid, 'SIGKILL')
}

/** Those of the group that still run. The cheap question first: most groups are empty when their script has ended. */
async function groupOf(leader: Process): Promise<Process[]> {
  if (!signalGroup(leader.pid, 0) || !isOwnSession(leader)) return []
  return findProcesses(leader, ({ group, session }) => group === leader.pid && session === leader.pid, Number.POSITIVE_INFINITY)
}

/**
 * The kernel gives out no number that is still somebody's group or session. So where another process has the script's
 * number by now, none of the script's are left in them, and whoever is there is a stranger.
 */
function isOwnSession(leader: Process): boolean {
  const holder = readProcess(leader.pid)
  return holder === undefined || holder.startTime === leader.startTime
}

/** A nested run's id is this one's, a `/` and more. */
function carriesRun(pid: number, runId: string | undefined): boolean {
  if (runId === undefined || runId === '' || pid === process.pid) return false
  return carries(pid, 'HERMES_RUN_ID', (value) => value === runId || value.startsWith(`${runId}/`))
}

function worksIn(pid: number, folder: string | undefined): boolean {
  return folder !== undefined && pid !== process.pid && isIn(pid, folder)
}

/** Looked at once more at the last moment, so that a number that was used again is not hit. */
function killOne(stray: Process): boolean {
  try {
    return isRunning(stray) && process.kill(stray.pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** Most end within a millisecond; those that don't are asked less and less often. */
async function pauseUntil(done: () => boolean, deadline: number): Promise<void> {
  for (let pause = 1; !done() && performance.now() < deadline; pause = Math.min(pause * 2, 20)) {
    await sleep(Math.min(pause, Math.max(deadline - performance.now(), 0)))
  }
}
