import { randomUUID } from 'node:crypto'
import { connect, isInspector } from './inspector-connection.js'
import { ending, leaseMs, taking } from './inspector-lease.js'
import { listeningPorts } from './listening-ports.js'
import { inspectorPort, untilSignalIsSafe } from './may-signal.js'
import { pause } from './pause.js'
import { describe, isAlive, readStatus } from './processes.js'
import { SidecarError, targetError } from './sidecar-error.js'

/** @typedef {import('./processes.js').Process} Process */

const owner = randomUUID()
const opensInMs = 10_000
const stopOpensInMs = 500
const portFreeInMs = 5000
const closeMs = 400
const answersInMs = 3000
const retryMs = 1000
// Each look at an inspector that is held writes "Debugger attached." into the target's log.
const mostDoublings = 5
const mostFailures = 5

export const renewEveryMs = leaseMs / 4

/**
 * Opens the inspector of a Node process, and says so in the log.
 * @param {Process} target
 * @param {{ stop: AbortSignal, log: (line: string) => void }} context
 * @returns {Promise<Inspector | undefined>} `undefined` where the target is gone, or `stop` came
 */
export async function openInspector(target, { stop, log }) {
  const opening = { address: undefined, signalled: false }
  let held = 0
  let failures = 0
  while (!stop.aborted) {
    const now = await untilSignalIsSafe(target, stop)
    if (now === undefined) return undefined
    const outcome = await tryToOpen(now, opening, stop)
    if (outcome.inspector) log(`attached to ${describe(now)}`)
    if (outcome.isGone && opening.signalled && isAlive(now)) {
      log(`${describe(now)} was asked to open its inspector, and may do so when nobody is there to close it`)
    }
    if (outcome.inspector || outcome.isGone) return outcome.inspector
    // Another tool may close the inspector while this one connects.
    if (outcome.error && ++failures >= mostFailures) {
      throw targetError(`the inspector of ${describe(now)} does not answer (${outcome.error.message})`)
    }
    if (outcome.isHeld && held++ === 0) log(`waiting: another tool is attached to ${describe(now)}`)
    await pause(retryMs * 2 ** Math.min(held, mostDoublings), stop)
  }
  return undefined
}

/** @returns {Promise<{ inspector?: Inspector, isHeld?: boolean, isGone?: boolean, error?: Error }>} */
async function tryToOpen(target, opening, stop) {
  const port = opening.address?.port ?? inspectorPort(target.argv)
  const there = listeningPorts(target.pid).own.find((address) => address.port === port)
  if (there === undefined) opening.signalled = false // it was closed, if it was ever open
  const address = there ?? (await openedBySignal(target, port, opening, stop))
  if (address === undefined) return { isGone: true }
  opening.address = address
  let connection
  try {
    connection = await connect(address)
    const { signalled } = opening
    const pid = pidInside(target)
    // One command: what is sent to a target that is blocked is carried out later, also when this module has gone.
    const taken = await connection.evaluate(taking(pid, owner, signalled), answersInMs)
    if (taken === 'taken') return { inspector: inspectorOver(connection, target, pid, signalled, address.port) }
    if (taken !== 'held') {
      throw targetError(`the inspector on port ${address.port} is that of process ${taken}, and not of ${describe(target)}`)
    }
    connection.drop()
    opening.signalled = false // who has the lease closes it
    return { isHeld: true }
  } catch (error) {
    connection?.drop()
    if (error instanceof SidecarError) throw error
    return isAlive(target) ? { error } : { isGone: true }
  }
}

/**
 * The flags that were seen name a port, but NODE_OPTIONS or the app may have named another: any new one that is an inspector is it.
 * What is on its way to open is waited for when `stop` comes: it is to be closed.
 */
async function openedBySignal(target, port, opening, stop) {
  if (!(await untilFree(target, port, stop))) return undefined
  const known = new Set(listeningPorts(target.pid).own.map((address) => address.port))
  if (!isAlive(target)) return undefined
  process.kill(target.pid, 'SIGUSR1')
  opening.signalled = true
  const until = Date.now() + opensInMs
  let untilStopped = Number.POSITIVE_INFINITY
  while (Date.now() < Math.min(until, untilStopped) && isAlive(target)) {
    for (const address of listeningPorts(target.pid).own) {
      if (!known.has(address.port) && (await isInspector(address))) return address
      known.add(address.port)
    }
    await pause(30)
    if (stop.aborted) untilStopped = Math.min(untilStopped, Date.now() + stopOpensInMs)
  }
  if (stop.aborted || !isAlive(target)) return undefined
  throw targetError(
    `${describe(target)} did not open its inspector in ${opensInMs / 1000} s: it may have its own handler for SIGUSR1`
  )
}

/** A second Node process can't open the port, and whoever connects talks to the first. */
async function untilFree(target, port, stop) {
  for (const until = Date.now() + portFreeInMs; Date.now() < until; await pause(100, stop)) {
    if (!listeningPorts(target.pid).all.has(port)) return true
    if (!isAlive(target) || stop.aborted) return false
  }
  throw targetError(
    `port ${port} belongs to another process than ${describe(target)}: its inspector can not be opened; it got no signal`
  )
}

/** In its own namespace, which is the last one. */
function pidInside({ pid }) {
  return Number(readStatus(pid).get('NSpid')?.split(/\s+/).at(-1) ?? pid)
}

/** @typedef {ReturnType<typeof inspectorOver>} Inspector */

function inspectorOver(connection, target, pid, opened, port) {
  const isOpen = () => listeningPorts(target.pid).own.some((address) => address.port === port)
  return {
    command: connection.command,
    closed: connection.closed,
    /** Keeps the target from closing the inspector; at least every `leaseMs`. */
    renew: () => connection.evaluate(taking(pid, owner, opened)),
    /** Closes what was opened. @returns {Promise<boolean>} false: the port is still open, for at most `leaseMs` */
    async close() {
      // Closing it cuts the connection, so there may be no answer.
      await connection.evaluate(ending(owner, opened), closeMs).catch(() => undefined)
      connection.drop()
      for (const until = Date.now() + closeMs; opened && isOpen() && Date.now() < until; ) await pause(20)
      return !(opened && isOpen())
    }
  }
}
