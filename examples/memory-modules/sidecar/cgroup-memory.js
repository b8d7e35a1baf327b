import { readFileSync } from 'node:fs'
import path from 'node:path'
import { codeOf } from './sidecar-error.js'

const versions = [
  { mount: 'sys/fs/cgroup', controller: '', usage: 'memory.current', limit: 'memory.max' },
  { mount: 'sys/fs/cgroup/memory', controller: 'memory', usage: 'memory.usage_in_bytes', limit: 'memory.limit_in_bytes' }
]
// Version 1 has no word for "no limit", but the greatest number of whole pages.
const noLimit = 2 ** 62

/**
 * Memory of the target's cgroup, as the target sees it: below its own root. This process's /sys/fs/cgroup is that of its own container.
 * @param {number} pid
 * @returns {Map<string, number>} `usage`, and `limit` where there is one
 * @throws a system error where the target's root may not be looked into
 */
export function readCgroup(pid) {
  return readCgroupBelow(`/proc/${pid}/root`, readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
}

/** @param {string} root what the target sees as / @param {string} cgroups its /proc/PID/cgroup */
export function readCgroupBelow(root, cgroups) {
  const paths = pathsOf(cgroups)
  for (const { mount, controller, usage, limit } of versions) {
    for (const folder of foldersOf(path.join(root, mount), paths.get(controller))) {
      const used = read(path.join(folder, usage))
      if (used === undefined) continue
      const most = Number(read(path.join(folder, limit)))
      return new Map([['usage', Number(used)], ...(most < noLimit ? [['limit', most]] : [])])
    }
  }
  throw new Error('the target sees no memory cgroup')
}

/** Outside of a container the cgroup is below the mount; in one, the mount is the cgroup, and the path leads out of it. */
function foldersOf(mount, below) {
  if (below === undefined || below === '/' || below.split('/').includes('..')) return [mount]
  return [path.join(mount, below), mount]
}

/** Lines of "hierarchy:controllers:path". */
function pathsOf(cgroups) {
  const found = new Map()
  for (const line of cgroups.trim().split('\n')) {
    const [, controllers, ...below] = line.split(':')
    for (const controller of controllers.split(',')) found.set(controller, below.join(':'))
  }
  return found
}

function read(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
