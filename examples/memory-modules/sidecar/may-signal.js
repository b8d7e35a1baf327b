import { pause } from './pause.js'
import { ageInSeconds, describe, isNode, readProcess, readStatus } from './processes.js'
import { targetError } from './sidecar-error.js'

/** @typedef {import('./processes.js').Process} Process */

const sigusr1 = 1n << 9n // bit 9 is signal 10
// A process that starts is first a shell that becomes Node, then Node without its handlers.
const startsForSeconds = 5

/**
 * Waits until SIGUSR1 opens the target's inspector. The signal kills nearly every program but Node, and Node too before it has started.
 * @param {Process} target
 * @param {AbortSignal} stop
 * @returns {Promise<Process | undefined>} the target as it is now; `undefined` where it is gone, or `stop` came
 * @throws {import('./sidecar-error.js').SidecarError} where it must not get that signal
 */
export async function untilSignalIsSafe(target, stop) {
  while (!stop.aborted) {
    const now = readProcess(target.pid)
    if (now?.startTicks !== target.startTicks) return undefined
    const danger = dangerOf(now)
    if (danger === undefined) return now
    if (ageInSeconds(now) >= startsForSeconds) throw targetError(`${describe(now)} ${danger}; it got no signal`)
    await pause(100, stop)
  }
  return undefined
}

/** Why the process must not get SIGUSR1. @param {Process} process @returns {string | undefined} */
export function dangerOf(process) {
  const status = statusOf(process)
  if (status === undefined) return 'has ended'
  const user = status.get('Uid')?.split(/\s+/)[1]
  const own = globalThis.process.geteuid?.()
  if (user !== String(own)) return `runs as user ${user}, and this module as user ${own}: give both the same runAsUser`
  if (process.exe === undefined) {
    return "may not be looked at: its /proc/PID/exe can't be read, because it has capabilities that this module lacks"
  }
  if (!isNode(process)) return 'is not Node.js: SIGUSR1 would kill it'
  if (nodeFlags(process.argv).includes('--disable-sigusr1')) return 'runs with --disable-sigusr1: its inspector can not be opened'
  if ((BigInt(`0x${status.get('SigCgt') ?? '0'}`) & sigusr1) === 0n)
    return 'does not handle SIGUSR1: the signal would kill it, or do nothing'
  return undefined
}

function statusOf({ pid }) {
  try {
    return readStatus(pid)
  } catch {
    return undefined
  }
}

// Flags of Node whose value is an argument of its own.
const takesValue = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
  '--env-file'
])

/** Node's own flags: what is before the script. @param {string[]} argv */
export function nodeFlags(argv) {
  const flags = []
  for (let at = 1; at < argv.length; at++) {
    if (!argv[at].startsWith('-') || argv[at] === '--' || argv[at] === '-') break
    flags.push(argv[at])
    if (takesValue.has(argv[at])) at++
  }
  return flags
}

/** Where SIGUSR1 opens the inspector: 9229, unless a flag says otherwise. 0 is any port. @param {string[]} argv */
export function inspectorPort(argv) {
  let port = 9229
  for (const flag of nodeFlags(argv)) {
    const given = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)=(?:.*:)?(\d+)$/.exec(flag)
    if (given) port = Number(given[1])
  }
  return port
}
