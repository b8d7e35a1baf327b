import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { create } from 'tar'
import { afterAll, beforeAll } from 'vitest'
import { packProject, root } from '../package/packed.ts'
import { load } from './memory-modules/example-files.ts'
import { outputFolder, Running, startServer } from './memory-modules/processes.ts'

interface Pinned {
  package: string
  version: string
  integrity: string
}

type AllowList = Record<string, Pinned>

interface Registry {
  url: string
  requests: string[]
  close(): Promise<void>
}

const { packModules } = await load<{ packModules(folder: string): Promise<string> }>('../init-installer/demo/pack-modules.js')
const { serveRegistry } = await load<{ serveRegistry(folder: string): Promise<Registry> }>('../init-installer/demo/registry.js')
export const { tarballPath } = await load<{ tarballPath(pinned: Pinned): string }>('../init-installer/download-package.js')

/** One installed example for a file of tests, a registry that has its modules, and a server that keeps its memory. */
export function useInstaller() {
  const registries = new Set<Registry>()
  const shared: Partial<Shared> = {}
  beforeAll(async () => {
    shared.server = (await startServer('healthy')).pid
    shared.example = await installedExample()
    shared.registry = await serve(shared.example.packages)
  })
  afterAll(async () => {
    for (const one of registries) await one.close()
    shared.example?.remove()
  })

  async function serve(folder: string): Promise<Registry> {
    const registry = await serveRegistry(folder)
    registries.add(registry)
    return registry
  }

  /** What the file's tests share: once they run it is there. */
  function there(): Shared {
    const { example, registry, server } = shared
    if (!example || !registry || !server) throw new Error('the example is not installed yet')
    return { example, registry, server }
  }

  function start(run: Partial<Run>): InstallerRun {
    const { example, registry, server } = there()
    return startInstaller({ file: example.file, registry: registry.url, lock: example.lock, target: server, ...run })
  }

  return { serve, there, start }
}

interface Shared {
  example: Awaited<ReturnType<typeof installedExample>>
  registry: Registry
  /** The pid of the server. */
  server: number
}

/** What the installer prints when a module is loaded. */
export const loaded = (name: string) => new RegExp(`module-loaded ${name}\\n`)

/** The installer as a consumer has it, with the packed library, and the four modules as a registry has them. */
async function installedExample() {
  const project = packProject()
  symlinkSync(path.join(root, 'node_modules/tar'), path.join(project.folder, 'node_modules/tar'))
  cpSync(path.join(root, 'examples/init-installer'), path.join(project.folder, 'init-installer'), { recursive: true })
  const packages = path.join(project.folder, 'registry')
  mkdirSync(packages)
  const lock = await packModules(packages)
  return {
    packages,
    lock,
    allowList: JSON.parse(readFileSync(lock, 'utf8')) as AllowList,
    file: path.join(project.folder, 'init-installer/installer.js'),
    remove: project.remove
  }
}

export interface Run {
  file: string
  registry: string
  lock: string
  target: number
  /** What the loader script prints; the ConfigMap's script where it is absent. */
  asks?: string
  clusterEnv?: string
  /** A folder of an earlier run: its cache, output and script. */
  folder?: string
  configs?: Record<string, Record<string, unknown>>
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
}

interface InstallerRun {
  process: Running
  folder: string
  script: string
  cache: string
  output: string
}

function startInstaller(run: Run): InstallerRun {
  const folder = run.folder ?? outputFolder()
  const places = {
    script: path.join(folder, 'load-sidecars.sh'),
    cache: path.join(folder, 'cache'),
    output: path.join(folder, 'output')
  }
  const script = run.asks?.replace(/^/gm, 'echo ') ?? readFileSync(path.join(root, 'test/corpus/configmap/load-sidecars.sh'))
  if (!existsSync(places.script)) writeFileSync(places.script, script)
  const config = path.join(folder, 'modules.json')
  writeFileSync(config, JSON.stringify({ modules: [], configs: run.configs ?? {} }))
  mkdirSync(path.join(folder, 'tmp'), { recursive: true })
  const args = ['--registry', run.registry, '--lock', run.lock, '--cache', places.cache, '--output', places.output]
  const installer = new Running(process.execPath, [run.file, '--target', String(run.target), ...args, ...(run.args ?? [])], {
    env: {
      PATH: process.env['PATH'],
      TMPDIR: path.join(folder, 'tmp'),
      HERMES_SCRIPT: places.script,
      HERMES_STATIC_CONFIG: config,
      ...(run.clusterEnv !== undefined && { CLUSTER_ENV: run.clusterEnv }),
      ...run.env
    }
  })
  return { process: installer, folder, ...places }
}

/** Sends SIGTERM and waits for the end: the exit code. */
export async function stopInstaller({ process }: InstallerRun): Promise<number | null> {
  process.kill('SIGTERM')
  return (await process.ended).code
}

/** The modules' processes that are still there, and files that are in no place for them. */
export function leftBy({ process, folder, cache }: InstallerRun): string[] {
  const pids = Array.from(process.text.matchAll(/runs as process (\d+)/g), ([, pid = '']) => pid)
  const running = pids.filter((pid) => existsSync(`/proc/${pid}`))
  const cached = existsSync(cache) ? readdirSync(cache).filter((name) => !/^[0-9a-f]{128}$/.test(name)) : []
  return [...running, ...readdirSync(path.join(folder, 'tmp')), ...cached]
}

/** A registry's folder with packages that the test wrote: each a program, by module name. */
export async function packPrograms(programs: Readonly<Record<string, string>>) {
  const folder = outputFolder()
  const allowList: AllowList = {}
  for (const [name, program] of Object.entries(programs)) {
    const source = outputFolder()
    mkdirSync(path.join(source, 'package'))
    const manifest = { name, version: '1.0.0', type: 'module', bin: { [name]: 'program.js' } }
    writeFileSync(path.join(source, 'package/package.json'), JSON.stringify(manifest))
    writeFileSync(path.join(source, 'package/program.js'), program)
    const tarball = path.join(folder, tarballPath({ package: name, version: '1.0.0', integrity: '' }))
    mkdirSync(path.dirname(tarball), { recursive: true })
    await create({ cwd: source, file: tarball, gzip: true }, ['package'])
    allowList[name] = { package: name, version: '1.0.0', integrity: integrityOf(readFileSync(tarball)) }
  }
  return { folder, lock: writeLock(allowList), allowList }
}

export function writeLock(allowList: AllowList): string {
  const file = path.join(outputFolder(), 'modules.lock.json')
  writeFileSync(file, JSON.stringify(allowList))
  return file
}

const integrityOf = (bytes: Uint8Array) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`
