import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { tarballPath } from '../download-package.js'

const modulesFolder = fileURLToPath(new URL('../../memory-modules', import.meta.url))
const packagesFolder = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const names = ['mem-profiler', 'mem-tracer', 'mem-logger', 'leak-detector']

/**
 * What publishing would do: packs each module with its dependencies inside, so that one download is all of it.
 * @param {string} folder gets the tarballs, at the paths of a registry, and modules.lock.json
 * @returns {Promise<string>} the allow-list's file
 */
export async function packModules(folder) {
  const staging = await mkdtemp(path.join(tmpdir(), 'hermes-pack-'))
  try {
    const allowList = {}
    const folders = await Promise.all(names.map((name) => stageModule(name, staging)))
    for (const { name, version, integrity, filename } of npmPack(folders, staging)) {
      const pinned = { package: name, version, integrity }
      const tarball = path.join(folder, tarballPath(pinned))
      await mkdir(path.dirname(tarball), { recursive: true })
      await cp(path.join(staging, filename), tarball)
      allowList[path.basename(name)] = pinned
    }
    const file = path.join(folder, 'modules.lock.json')
    await writeFile(file, `${JSON.stringify(allowList, undefined, 2)}\n`)
    return file
  } finally {
    await rm(staging, { recursive: true })
  }
}

async function stageModule(name, staging) {
  const staged = path.join(staging, name)
  await cp(path.join(modulesFolder, name), staged, { recursive: true })
  const manifest = await readManifest(staged)
  const bundled = await dependenciesOf(manifest)
  for (const dependency of bundled) {
    const source = path.join(packagesFolder, dependency)
    await cp(source, path.join(staged, 'node_modules', dependency), { recursive: true, dereference: true })
  }
  await writeFile(path.join(staged, 'package.json'), JSON.stringify({ ...manifest, bundleDependencies: bundled }, undefined, 2))
  return staged
}

const readManifest = async (folder) => JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))

/** All of them, those of dependencies too. */
async function dependenciesOf({ dependencies = {} }) {
  const all = new Set()
  for (const name of Object.keys(dependencies)) {
    all.add(name)
    for (const further of await dependenciesOf(await readManifest(path.join(packagesFolder, name)))) all.add(further)
  }
  return [...all]
}

function npmPack(folders, destination) {
  const args = ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', destination]
  return JSON.parse(execFileSync('npm', args, { cwd: destination, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}
