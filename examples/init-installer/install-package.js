import { lstat, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { downloadPackage } from './download-package.js'
import { unpackPackage } from './unpack-package.js'

/**
 * Installs one package into the cache, unless it is there, and finds its command. A package's folder is named by its integrity, and is
 * there whole or not at all.
 * @param {import('./allow-list.js').PinnedPackage} pinned
 * @param {string} command the command of the package that is wanted
 * @param {{ cache: string, registry: string, fetchSeconds: number, signal: AbortSignal }} options
 * @returns {Promise<string>} the command's file
 */
export async function installPackage(pinned, command, options) {
  await requireOwnFolder(options.cache)
  const folder = path.join(options.cache, Buffer.from(pinned.integrity.slice('sha512-'.length), 'base64').toString('hex'))
  if (!(await isThere(folder))) {
    const tarball = await downloadPackage(pinned, options)
    await unpackWhole(tarball, folder)
  }
  return commandIn(folder, pinned, command)
}

/** The integrity is the tarball's: what was unpacked can only be trusted where nobody else writes. */
async function requireOwnFolder(cache) {
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(cache)
  if (uid === process.getuid() && (mode & 0o022) === 0) return
  throw new Error(`others can write the cache ${cache}: --cache takes a folder that belongs to this user alone (chmod 0700)`)
}

const isThere = (folder) =>
  lstat(folder).then(
    () => true,
    () => false
  )

async function unpackWhole(tarball, folder) {
  const unfinished = await mkdtemp(path.join(path.dirname(folder), '.unfinished-'))
  try {
    await unpackPackage(tarball, unfinished)
    await rename(unfinished, folder)
  } catch (error) {
    // Another installer may have been faster.
    if (!(await isThere(folder))) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function commandIn(folder, pinned, command) {
  const { name, version, bin } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
  if (name !== pinned.package || version !== pinned.version) {
    throw new Error(
      `the integrity of ${pinned.package}@${pinned.version} in the allow-list is that of another package: correct it`
    )
  }
  const file = path.resolve(folder, String(typeof bin === 'string' ? bin : bin?.[command]))
  const isInside = file.startsWith(`${folder}${path.sep}`)
  if (isInside && (await lstat(file).catch(() => undefined))?.isFile()) return file
  throw new Error(`${pinned.package}@${pinned.version} has no command "${command}": its package.json needs a "bin" of that name`)
}
