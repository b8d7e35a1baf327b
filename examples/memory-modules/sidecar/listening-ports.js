import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listening = '0A'

/**
 * Who listens on which TCP port in the network namespace of a process.
 * @param {number} pid
 * @returns {{ own: { host: string, port: number }[], all: Set<number> }} `own`: the process's
 */
export function listeningPorts(pid) {
  const sockets = [...table(pid, 'tcp', '127.0.0.1'), ...table(pid, 'tcp6', '[::1]')]
  const inodes = socketsOf(pid)
  return {
    own: sockets.filter(({ inode }) => inodes.has(inode)).map(({ host, port }) => ({ host, port })),
    all: new Set(sockets.map(({ port }) => port))
  }
}

/** Lines of "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode". */
function table(pid, name, host) {
  return lines(pid, name)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening)
    .map((fields) => ({ host, port: Number.parseInt(fields[1].split(':')[1], 16), inode: fields[9] }))
}

function lines(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/net/${name}`, 'latin1').trim().split('\n').slice(1)
  } catch {
    return [] // no IPv6 here, or no process
  }
}

function socketsOf(pid) {
  const inodes = new Set()
  for (const descriptor of descriptors(pid)) {
    try {
      const socket = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))
      if (socket) inodes.add(socket[1])
    } catch {
      // Closed by now.
    }
  }
  return inodes
}

function descriptors(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`)
  } catch {
    return [] // it ended, or is another user's
  }
}
