import { readFileSync } from 'node:fs'
import { readCgroup } from './cgroup-memory.js'
import { readStatus } from './processes.js'
import { codeOf } from './sidecar-error.js'

/** What can be known of a process's memory, and where from. The kernel's kB are KiB; here all is bytes. */
const sources = {
  rssBytes: { from: 'status', key: 'VmRSS' },
  anonymousBytes: { from: 'status', key: 'RssAnon' },
  fileBytes: { from: 'status', key: 'RssFile' },
  sharedBytes: { from: 'status', key: 'RssShmem' },
  swapBytes: { from: 'status', key: 'VmSwap' },
  peakRssBytes: { from: 'status', key: 'VmHWM' },
  virtualBytes: { from: 'status', key: 'VmSize' },
  pssBytes: { from: 'smaps_rollup', key: 'Pss' },
  pssAnonymousBytes: { from: 'smaps_rollup', key: 'Pss_Anon' },
  privateDirtyBytes: { from: 'smaps_rollup', key: 'Private_Dirty' },
  cgroupUsageBytes: { from: 'cgroup', key: 'usage' },
  cgroupLimitBytes: { from: 'cgroup', key: 'limit' }
}

/** @type {readonly string[]} */
export const memoryFields = Object.keys(sources)

const readers = {
  status: readStatus,
  smaps_rollup: (pid) => tableOf(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')),
  cgroup: readCgroup
}

/**
 * A field that can't be had is absent, with the reason: a value of something else in its place would be believed.
 * @param {number} pid
 * @param {readonly string[]} fields
 * @returns {{ values: Record<string, number>, absent: Record<string, string> }}
 */
export function readMemory(pid, fields) {
  const read = new Map()
  const values = {}
  const absent = {}
  for (const field of fields) {
    const { from, key } = sources[field]
    if (!read.has(from)) read.set(from, attempt(readers[from], pid, from))
    const { found, reason } = read.get(from)
    const value = found && bytesOf(found.get(key))
    if (value !== undefined) values[field] = value
    else absent[field] = reason ?? `${from} has no ${key}`
  }
  return { values, absent }
}

function attempt(reader, pid, from) {
  try {
    return { found: reader(pid) }
  } catch (error) {
    return { reason: reasonOf(error, from) }
  }
}

function reasonOf(error, from) {
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM')
    return `${from} may not be read (${code}): the target has another user, or more capabilities`
  return error instanceof Error && 'code' in error ? `${from} can't be read (${code})` : error.message
}

function bytesOf(text) {
  if (typeof text === 'number') return text
  const kib = /^(\d+) kB$/.exec(text ?? '')
  return kib ? Number(kib[1]) * 1024 : undefined
}

function tableOf(text) {
  return new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}
