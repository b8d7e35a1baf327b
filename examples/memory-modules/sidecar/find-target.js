import path from 'node:path'
import { clean } from './clean-text.js'
import { pause } from './pause.js'
import { describe, isNode, listProcesses } from './processes.js'
import { targetError } from './sidecar-error.js'

/** @typedef {import('./processes.js').Process} Process */

const lookEveryMs = 250
const remindEveryMs = 60_000
// A short-lived child of the app looks like a second one.
const severalForMs = 2000

/** How a module names itself: so that others, which share its process namespace, leave it alone. @param {string} name */
export const titleOf = (name) => `hermes:${name}`

const modules = new Set(['mem-profiler', 'mem-tracer', 'mem-logger', 'leak-detector'])

/**
 * Waits for the process that `wanted` names. A pid is not waited for: it would be another process.
 * @param {string | number} wanted
 * @param {{ stop: AbortSignal, log: (line: string) => void }} context
 * @returns {Promise<Process | undefined>} `undefined` where the module is to end
 */
export async function findTarget(wanted, { stop, log }) {
  let remindAt = 0
  let severalSince
  while (!stop.aborted) {
    const found = choose(wanted, listProcesses(), process.pid)
    if (found.length === 1) return found[0]
    if (isPid(wanted)) throw targetError(`there is no process ${wanted}`)
    severalSince = found.length > 1 ? (severalSince ?? Date.now()) : undefined
    if (severalSince !== undefined && Date.now() - severalSince >= severalForMs) throw several(wanted, found)
    if (found.length === 0 && Date.now() >= remindAt) {
      log(`waiting for ${nameOf(wanted)}: there is none`)
      remindAt = Date.now() + remindEveryMs
    }
    await pause(lookEveryMs, stop)
  }
  return undefined
}

/** @param {string | number} wanted */
export const isPid = (wanted) => /^\d+$/.test(String(wanted))

/** The processes that may be meant. @param {string | number} wanted @param {Process[]} processes @param {number} own @returns {Process[]} */
export function choose(wanted, processes, own) {
  if (isPid(wanted)) return processes.filter(({ pid }) => pid === Number(wanted))
  const ours = lineOf(own, processes)
  const others = processes.filter((process) => !ours.has(process.pid) && !isModule(process) && process.argv.join('') !== '')
  if (wanted === 'auto') return others.filter((process) => isNode(process) && !isPackageManager(process))
  const pattern = new RegExp(String(wanted).split('*').map(literal).join('.*'), 's')
  const matching = others.filter(({ argv }) => pattern.test(argv.join(' ')))
  // `npm start` and `sh -c` have the script's name in their command line too.
  const apps = matching.filter((process) => isNode(process) && !isPackageManager(process))
  return apps.length === 1 ? apps : matching
}

const literal = (text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')

/** A process and what started it: a shell or `npx`, whose command line holds the pattern too. */
function lineOf(pid, processes) {
  const parents = new Map(processes.map((process) => [process.pid, process.parent]))
  const line = new Set()
  for (let at = pid; at > 1 && !line.has(at); at = parents.get(at) ?? 0) line.add(at)
  return line
}

function isModule({ argv }) {
  if (argv[0]?.startsWith(titleOf(''))) return true
  // It has no title yet while it starts.
  return argv.slice(0, 3).some((argument) => modules.has(path.basename(argument, '.js')))
}

/** `npm start` is a Node process that waits for the app. */
const isPackageManager = ({ argv }) => /^(npm|npx|pnpm|yarn)( |$)/.test(argv[0] ?? '')

function nameOf(wanted) {
  return wanted === 'auto' ? 'a Node process' : `a process with "${clean(String(wanted))}" in its command line`
}

function several(wanted, found) {
  const listed = found.slice(0, 8).map(describe).join(', ')
  const more = found.length > 8 ? ` and ${found.length - 8} more` : ''
  return targetError(`target takes one process, and ${nameOf(wanted)} may be ${listed}${more}: name one with target`)
}
