import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Parser, Unpack } from 'tar'

const mostUnpackedBytes = 128 * 1024 * 1024

/**
 * Unpacks a tarball as npm makes it, less its first folder. It is looked through before anything is written: files and folders only, and
 * none of them elsewhere.
 * @param {Buffer} tarball
 * @param {string} folder an empty one
 */
export async function unpackPackage(tarball, folder) {
  const archive = await promisify(gunzip)(tarball, { maxOutputLength: mostUnpackedBytes }).catch((error) => {
    throw new Error(`the package is no gzip file of at most ${mostUnpackedBytes} bytes (${error.code})`)
  })
  const refused = new Set()
  await writeAll(new Parser({ strict: true, onReadEntry: (entry) => look(entry, refused) }), archive)
  if (refused.size > 0) {
    throw new Error(`the package holds ${[...refused].slice(0, 5).join(', ')}. Nothing was unpacked: let its author pack it anew`)
  }
  await writeAll(new Unpack({ cwd: folder, strip: 1, strict: true, preserveOwner: false }), archive)
}

function look(entry, refused) {
  entry.resume()
  const name = JSON.stringify(entry.path)
  const parts = entry.path.replace(/\/$/, '').split('/')
  const isOutside = parts[0] === '' || parts.some((part) => part === '..' || part === '.') || /[\\\0]/.test(entry.path)
  if (isOutside) refused.add(`${name}, which leads out of its folder`)
  else if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'Directory') {
    refused.add(`${name}, which is no file and no folder (${entry.type})`)
  } else if (parts.length < 2 && entry.type !== 'Directory') refused.add(`${name}, which is in no folder`)
}

function writeAll(stream, bytes) {
  return new Promise((resolve, reject) => {
    const fail = (error) =>
      reject(new Error(`the package is no tarball that can be unpacked (${error.message})`, { cause: error }))
    stream.on('error', fail)
    stream.on(stream instanceof Unpack ? 'close' : 'end', resolve)
    stream.end(bytes)
  })
}
