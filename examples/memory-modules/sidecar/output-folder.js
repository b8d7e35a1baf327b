import { randomBytes } from 'node:crypto'
import { closeSync, constants, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { codeOf, outputError } from './sidecar-error.js'

const partial = '.partial-'
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
// The volume is writable for every container that mounts it: a link put there leads elsewhere.
const appending = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW

/**
 * A module's own folder in HERMES_OUTPUT. It stays under half of the volume's limit: one that is over evicts the whole Pod at once,
 * and the kubelet measures only from time to time. The oldest files go first.
 * @param {{ folder: string, name: string, limitBytes: number, log: (line: string) => void }} options
 */
export function createOutputFolder({ folder, name, limitBytes, log }) {
  const own = path.join(folder, name)
  makeFolder(folder)
  makeFolder(own)
  if (process.getuid?.() !== lstatSync(own).uid) throw outputError(`${own} belongs to another user`)
  const budget = Math.floor(limitBytes / 2)
  for (const name of readdirSync(own)) if (name.startsWith(partial)) rmSync(path.join(own, name), { force: true })
  makeRoom(0)

  function makeRoom(bytes, keep) {
    const files = filesOf(own)
    let used = files.reduce((sum, { size }) => sum + size, 0)
    for (const { name, size } of files) {
      if (used + bytes <= budget) break
      if (name === keep) continue
      rmSync(path.join(own, name), { force: true })
      log(`removed ${name} (${size} bytes): the output stays under ${budget} bytes`)
      used -= size
    }
    return used + bytes <= budget
  }

  return {
    path: own,
    budget,

    /** Writes a whole file or none; what has its name is replaced. @param {string} name @param {string | Uint8Array} content */
    write(name, content) {
      const bytes = Buffer.from(content)
      if (bytes.length > budget) {
        log(`${name} is not written: its ${bytes.length} bytes are over ${budget}, half of HERMES_OUTPUT_BYTES`)
        return false
      }
      makeRoom(bytes.length)
      const temporary = path.join(own, `${partial}${randomBytes(6).toString('hex')}`)
      try {
        writeTo(openSync(temporary, newFile, 0o640), bytes)
        renameSync(temporary, path.join(own, name))
      } catch (error) {
        rmSync(temporary, { force: true })
        throw outputError(`${path.join(own, name)} can't be written (${codeOf(error)})`)
      }
      return true
    },

    /** Adds to the end of a file. @param {string} name @param {string} text */
    append(name, text) {
      const bytes = Buffer.from(text)
      if (!makeRoom(bytes.length, name)) return false
      try {
        writeTo(openSync(path.join(own, name), appending, 0o640), bytes)
      } catch (error) {
        throw outputError(`${path.join(own, name)} can't be written (${codeOf(error)})`)
      }
      return true
    }
  }
}

function makeFolder(folder) {
  try {
    // One by one: below /proc Node's own `recursive` never returns.
    mkdirSync(folder, 0o750)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isFolder(folder)) return
    throw outputError(`the output folder ${folder} can't be made (${codeOf(error)})`)
  }
}

const isFolder = (folder) => lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true

/** Oldest first. */
function filesOf(folder) {
  return readdirSync(folder)
    .map((name) => ({ name, stat: lstatSync(path.join(folder, name), { throwIfNoEntry: false }) }))
    .filter(({ stat }) => stat !== undefined && !stat.isDirectory())
    .map(({ name, stat }) => ({ name, size: stat.size, at: stat.mtimeMs }))
    .sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
}

function writeTo(descriptor, bytes) {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
  } finally {
    closeSync(descriptor)
  }
}

/** A moment as part of a file's name: it sorts by time. @param {number} time */
export const stampOf = (time) => new Date(time).toISOString().replaceAll(':', '-')
