import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { clean } from './clean-text.js'
import { codeOf } from './sidecar-error.js'

/**
 * A process as /proc shows it. Pid and start time together name it for good: pids come again.
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} parent
 * @property {number} startTicks hundredths of a second after the machine's start
 * @property {string[]} argv
 * @property {string | undefined} exe absent where it may not be read
 */

/** The process, unless it is gone or a zombie. @param {number} pid @returns {Process | undefined} */
export function readProcess(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name before it may hold anything
    if (/[ZX]/.test(fields[0])) return undefined
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').split('\0')
    return { pid, parent: Number(fields[1]), startTicks: Number(fields[19]), argv, exe: readExe(pid) }
  } catch {
    return undefined
  }
}

function readExe(pid) {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
  } catch (error) {
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') return undefined
    throw error
  }
}

/** @returns {Process[]} */
export function listProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .map(readProcess)
    .filter((found) => found !== undefined)
}

/** The lines of /proc/PID/status, which every user may read. @param {number} pid @returns {Map<string, string>} */
export function readStatus(pid) {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

/** Whether it is still this process, and no other that got its pid. @param {Process} process */
export function isAlive({ pid, startTicks }) {
  return readProcess(pid)?.startTicks === startTicks
}

/** @param {Process} process @returns {number} */
export function ageInSeconds({ startTicks }) {
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) - startTicks / 100
}

/** By its executable; where that may not be read, by what it calls itself. @param {Process} process */
export function isNode({ exe, argv }) {
  return /^node(js)?$/.test(path.basename(exe ?? argv[0] ?? ''))
}

/** Pid, program and script. The other arguments may hold secrets. @param {Process} process */
export function describe({ pid, exe, argv }) {
  const script = argv.slice(1).find((argument) => !argument.startsWith('-'))
  const words = [path.basename(exe ?? argv[0] ?? ''), ...(isNode({ exe, argv }) && script ? [path.basename(script)] : [])]
  return `process ${pid} (${clean(words.join(' '), 60)})`
}
