import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** A process as `/proc` shows it. Its number is used again some day; with its start time it is itself. */
export interface Process {
  pid: number
  state: string
  group: number
  session: number
  /** Ticks of the clock since boot. */
  startTime: number
}

const line = Buffer.allocUnsafeSlow(1024)

/** Longest time without giving the event loop a turn: 3,000 processes take most of a second to read. */
const sliceMs = 3

/** A process that was started, dead ones included until they are reaped; `undefined` where there is none, or no `/proc`. */
export function readProcess(pid: number): Process | undefined {
  try {
    const text = readShort(`/proc/${pid}/stat`)
    // The name stands in parentheses and may hold some itself, and spaces and newlines.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state = '', , group, session] = fields
    return { pid, state, group: Number(group), session: Number(session), startTime: Number(fields[19]) }
  } catch {
    return undefined
  }
}

/**
 * Whether it still runs. A zombie does not: one that PID 1 never reaps (Node as PID 1 reaps none that isn't its child)
 * would be waited for in vain, and `kill(pid, 0)` succeeds on it.
 */
export function isRunning(process: Process): boolean {
  const now = readProcess(process.pid)
  return now !== undefined && now.startTime === process.startTime && !isDead(now)
}

/**
 * The running processes that started with or after `first` and are `wanted`. Read with sync calls, since promises cost
 * ten times as much, in slices, since a machine can have many; given up at `deadline`.
 */
export async function findProcesses(first: Process, wanted: (process: Process) => boolean, deadline: number): Promise<Process[]> {
  const found: Process[] = []
  let sliceEnd = performance.now() + sliceMs
  for (const pid of pidsSince(first.pid)) {
    const process = readProcess(pid)
    if (process !== undefined && process.startTime >= first.startTime && !isDead(process) && wanted(process)) found.push(process)
    if (performance.now() < sliceEnd) continue
    await nextTurn()
    if (performance.now() > deadline) break
    sliceEnd = performance.now() + sliceMs
  }
  return found
}

/** Whether the process is of this user and was started with a variable `NAME=value` for which `matches` holds. */
export function carries(pid: number, name: string, matches: (value: string) => boolean): boolean {
  try {
    // As root every process can be read; other people's secrets are none of our business.
    if (statSync(`/proc/${pid}`).uid !== process.geteuid?.()) return false
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return entries.some((entry) => entry.startsWith(`${name}=`) && matches(entry.slice(name.length + 1)))
  } catch {
    return false
  }
}

/** Whether the process is of this user and works in a folder, or has a file open in it. */
export function isIn(pid: number, folder: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.geteuid?.()) return false
    const open = readdirSync(`/proc/${pid}/fd`).map((descriptor) => `fd/${descriptor}`)
    return ['cwd', ...open].some((link) => leadsInto(`/proc/${pid}/${link}`, folder))
  } catch {
    return false
  }
}

/** Of a file that was removed the kernel still tells the path, and that it was. */
function leadsInto(link: string, folder: string): boolean {
  try {
    const target = readlinkSync(link)
    return target === folder || target.startsWith(`${folder}/`)
  } catch {
    return false
  }
}

function isDead({ state }: Process): boolean {
  return state === 'Z' || state === 'X'
}

/** Numbers from `first` on, and also lower ones where the kernel has started to give out low numbers again. */
function pidsSince(first: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return lastPid() >= first ? pids.filter((pid) => pid >= first) : pids
}

/** `readFileSync` takes 64 KiB for a file that doesn't tell its size, as none in `/proc` does. */
function readShort(path: string): string {
  const fd = openSync(path, 'r')
  try {
    return line.toString('latin1', 0, readSync(fd, line, 0, line.length, 0))
  } finally {
    closeSync(fd)
  }
}

/** The number given out last; 0 where it isn't known, which makes every number possible. */
function lastPid(): number {
  try {
    return Number(readShort('/proc/loadavg').trim().split(' ').at(-1))
  } catch {
    return 0
  }
}
