import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../package/packed.ts'
import {
  installedExample,
  leftBy,
  packPrograms,
  type Registry,
  type Run,
  serveRegistry,
  startInstaller,
  stopInstaller,
  tarballPath,
  writeLock
} from './installer-runs.ts'
import { heapModules } from './memory-modules/heap-readers.ts'
import { freePort, outputFolder, Running, startServer } from './memory-modules/processes.ts'

const isRoot = process.getuid?.() === 0
const waits = 'setInterval(() => {}, 1000); console.log("runs")'

let example: Awaited<ReturnType<typeof installedExample>>
let registry: Registry
let healthy: number
let noNode: number
let othersNode: number
const registries = new Set<Registry>()

beforeAll(async () => {
  // They are a few seconds old by the time that a module looks at them: what is younger may still become Node.js.
  noNode = new Running('sleep', ['1000']).pid
  othersNode = isRoot ? new Running(process.execPath, ['-e', waits], { cwd: '/', uid: 65_534, gid: 65_534 }).pid : 1
  healthy = (await startServer('healthy')).pid
  example = await installedExample()
  registry = await serve(example.packages)
})
afterAll(async () => {
  for (const one of registries) await one.close()
  example.remove()
})

async function serve(folder: string): Promise<Registry> {
  const served = await serveRegistry(folder)
  registries.add(served)
  return served
}

/** The installer beside the server that keeps its memory, with the four modules in the registry. */
const start = (run: Partial<Run>) =>
  startInstaller({ file: example.file, registry: registry.url, lock: example.lock, target: healthy, ...run })

const requestFor = (name: string) => `GET /@hermes-modules/${name}/-/${name}-1.0.0.tgz 200`
const loaded = (name: string) => new RegExp(`module-loaded ${name}\n`)

describe.concurrent('the installer', () => {
  it("has the ConfigMap's script, to the byte", () => {
    const script = readFileSync(path.join(root, 'examples/init-installer/load-sidecars.sh'))
    expect(script).toEqual(readFileSync(path.join(root, 'test/corpus/configmap/load-sidecars.sh')))
  })

  const names: Record<string, string> = { production: 'mem-profiler', staging: 'mem-tracer' }
  it.each(Object.entries(names))('finds in %s the function that leaks, with %s', async (clusterEnv, name) => {
    const own = await serve(example.packages)
    const { pid } = await startServer('leaking')
    const { settings, hottest } = heapModules.find((one) => one.name === name) ?? {}
    const configs = { 'prod-tunings': settings ?? {}, 'staging-tunings': settings ?? {} }
    const run = start({ clusterEnv, configs, target: pid, registry: own.url })
    const [, file = ''] = await run.process.until(/wrote (\S+) /)
    expect(await stopInstaller(run)).toBe(0)
    expect(hottest?.(path.join(run.output, name, file))).toEqual({ function: 'rememberRequest', file: 'leaking.js', line: 6 })
    expect(own.requests).toEqual([requestFor(name)])
    expect(run.process.text).toContain(`installer: script-ran: ${name} with `)
    expect(leftBy(run)).toEqual([])
  })

  it('takes the logger elsewhere', async () => {
    const own = await serve(example.packages)
    const run = start({ registry: own.url })
    await run.process.until(loaded('mem-logger'))
    expect(await stopInstaller(run)).toBe(0)
    const [line = ''] = readFileSync(firstFile(run.output, 'mem-logger', '.jsonl'), 'utf8').split('\n')
    expect(JSON.parse(line)).toMatchObject({ module: 'mem-logger', pid: healthy })
    expect(own.requests).toEqual([requestFor('mem-logger')])
    expect(leftBy(run)).toEqual([])
  })

  it('fetches nothing on a second start, and needs no registry', async () => {
    const first = start({})
    await first.process.until(loaded('mem-logger'))
    await stopInstaller(first)
    const nobody = `http://127.0.0.1:${await freePort()}/`
    const second = start({ folder: first.folder, registry: nobody })
    await second.process.until(loaded('mem-logger'))
    expect(await stopInstaller(second)).toBe(0)
    expect(readdirSync(first.cache)).toHaveLength(1)
  })

  it('gives a second step what the first one got, though the script was changed', async () => {
    const record = path.join(outputFolder(), 'record')
    const first = start({ env: { HERMES_RECORD: record, HERMES_STEP: 'init-1', HERMES_RECORD_MODE: 'begin' } })
    await first.process.until(loaded('mem-logger'))
    await stopInstaller(first)
    writeFileSync(first.script, 'echo module=leak-detector\n')
    const second = start({ folder: first.folder, env: { HERMES_RECORD: record, HERMES_STEP: 'app' } })
    await second.process.until(loaded('mem-logger'))
    expect(await stopInstaller(second)).toBe(0)
    expect(second.process.text).toContain('installer: recorded by step "init-1": mem-logger\n')
    expect(second.process.text).not.toContain('leak-detector')
  })

  it('stops in reverse order', async () => {
    const run = start({ asks: 'module=mem-logger\nmodule=leak-detector' })
    await run.process.until(loaded('leak-detector'))
    expect(await stopInstaller(run)).toBe(0)
    const ends = Array.from(run.process.text.matchAll(/^(\S+): ended$|module-stopped (\S+)$/gm), ([, ended, stopped]) =>
      ended ? `${ended} ended` : `${stopped} stopped`
    )
    expect(ends).toEqual(['leak-detector ended', 'leak-detector stopped', 'mem-logger ended', 'mem-logger stopped'])
    expect(leftBy(run)).toEqual([])
  })

  it('stops the first module when the second one fails', async () => {
    const { 'mem-logger': logger, 'leak-detector': detector } = example.allowList
    if (!logger || !detector) throw new Error('the allow-list lacks a module')
    const lock = writeLock({ 'mem-logger': logger, 'leak-detector': { ...detector, version: '9.9.9' } })
    const run = start({ asks: 'module=mem-logger\nmodule=leak-detector', lock })
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toMatch(/module-loaded mem-logger\n(.*\n)*mem-logger: ended\ninstaller: module-stopped mem-logger\n/)
    expect(run.process.text).toContain(
      `installer: module "leak-detector", which output of ${run.script}:2:1 asks for, could not be loaded: the registry has no @hermes-modules/leak-detector@9.9.9 (404 for `
    )
    expect(leftBy(run)).toEqual([])
  })

  it('keeps nothing of a package that was changed', async () => {
    const folder = outputFolder()
    cpSync(example.packages, folder, { recursive: true })
    const { 'mem-logger': pinned } = example.allowList
    if (!pinned) throw new Error('the allow-list lacks a module')
    cpSync(path.join(folder, '@hermes-modules/mem-tracer/-/mem-tracer-1.0.0.tgz'), path.join(folder, tarballPath(pinned)))
    const run = start({ registry: (await serve(folder)).url })
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toMatch(
      /module "mem-logger", which output of \S+:1:1 asks for, .*: its integrity is sha512-\S+ and not sha512-\S+\. Nothing of it was kept\. Find out who changed it/
    )
    expect(run.process.text).toContain(`not ${pinned.integrity}.`)
    expect(readdirSync(run.cache)).toEqual([])
    expect(existsSync(run.output)).toBe(false)
    expect(leftBy(run)).toEqual([])
  })

  it('ends when its target does', async () => {
    const { server, pid } = await startServer('healthy')
    const run = start({ target: pid })
    await run.process.until(loaded('mem-logger'))
    server.kill('SIGKILL')
    expect((await run.process.ended).code).toBe(0)
    expect(leftBy(run)).toEqual([])
  })
})

/** What goes wrong, and what is said of it. */
interface Wrong {
  run(): Partial<Run> | Promise<Partial<Run>>
  says: RegExp
}

const asked = (name: string) =>
  `installer: module "${name}", which output of \\S+/load-sidecars\\.sh:1:1 asks for, could not be loaded: `

const wrong: Record<string, Wrong> = {
  'a module that is not in the allow-list': {
    run: () => ({ lock: writeLock({}) }),
    says: new RegExp(`${asked('mem-logger')}the allow-list \\S+ has no entry for it: add its package, version and integrity`)
  },
  'an allow-list that does not pin': {
    run: () => ({ lock: writeLock({ 'mem-logger': { package: 'mem-logger', version: '^1.0.0', integrity: 'sha512-' } }) }),
    says: /installer: the allow-list \S+ is wrong:\n✖ takes one version such as 1\.0\.0.*\n {2}→ at \["mem-logger"\]\.version\n✖ takes sha512- /
  },
  'settings that the schema refuses': {
    run: () => ({ clusterEnv: 'production', configs: { 'prod-tunings': { durationSeconds: 0 } } }),
    says: /output of \S+:1:1: error: config "prod-tunings" of module "mem-profiler": \/durationSeconds: .*>=1 \[invalid-settings\]/
  },
  'a module that does not exist': {
    run: () => ({ asks: 'module=mem-loger' }),
    says: /output of \S+:1:1: error: unknown module "mem-loger" \[unknown-module\]\n(.*\n)*\s+hint: did you mean "mem-logger"\?/
  },
  'a registry that is down': {
    run: async () => ({ registry: `http://127.0.0.1:${await freePort()}/npm` }),
    says: new RegExp(
      `${asked('mem-logger')}\\S+ can't be fetched \\(ECONNREFUSED\\): is --registry right, and does the registry run\\?`
    )
  },
  'a registry that lacks the package': {
    run: async () => ({ registry: (await serve(outputFolder())).url }),
    says: new RegExp(
      `${asked('mem-logger')}the registry has no @hermes-modules/mem-logger@1\\.0\\.0 \\(404 for \\S+\\): publish it`
    )
  },
  'a registry that stops in the middle': {
    run: async () => ({ registry: await slowRegistry(), args: ['--fetch-seconds', '0.5'] }),
    says: new RegExp(`${asked('mem-logger')}\\S+ did not arrive in 0\\.5 s: name a registry that is nearer, or allow more`)
  },
  'a registry with a password': {
    run: () => ({ registry: 'http://user:secret@127.0.0.1/' }),
    says: /^installer: --registry takes a URL such as \S+, without a user, a password and a query\n$/
  },
  'a target that is gone': {
    run: async () => ({ target: await gonePid() }),
    says: new RegExp(
      `${asked('mem-logger')}it ended with exit code 3 \\(mem-logger: there is no process \\d+\\): put --target right: a process that is there`
    )
  },
  'a target that is not Node.js': {
    run: () => ({ target: noNode, clusterEnv: 'production' }),
    says: new RegExp(
      `${asked('mem-profiler')}it ended with exit code 3 \\(.* is not Node\\.js: SIGUSR1 would kill it.*\\): put --target right`
    )
  },
  'a target of another user': {
    run: () => ({ target: othersNode, clusterEnv: 'staging' }),
    says: new RegExp(`${asked('mem-tracer')}it ended with exit code 3 \\(.*give both the same runAsUser.*\\): put --target right`)
  },
  'an output folder that is a file': {
    run: () => ({ args: ['--output', example.file] }),
    says: new RegExp(`${asked('mem-logger')}it ended with exit code 4 \\(mem-logger: the output folder .*\\): give it a folder`)
  },
  'settings that only the module refuses': {
    run: () => ({ asks: 'module=mem-logger,config=odd', configs: { odd: { fields: ['heat'] } } }),
    says: new RegExp(`${asked('mem-logger')}it ended with exit code 2 \\(.*fields takes a list of .*\\): put its settings right`)
  },
  'a cache that others can write': {
    run: () => {
      const cache = path.join(outputFolder(), 'shared')
      mkdirSync(cache)
      chmodSync(cache, 0o777)
      return { args: ['--cache', cache] }
    },
    says: new RegExp(
      `${asked('mem-logger')}others can write the cache \\S+: --cache takes a folder that belongs to this user alone`
    )
  }
}

describe.concurrent('the installer refuses', () => {
  it.each(Object.entries(wrong))('%s', async (_, { run, says }) => {
    const started = start(await run())
    expect((await started.process.ended).code).toBe(1)
    expect(started.process.text).toMatch(says)
    expect(started.process.text).not.toContain('secret')
    expect(started.process.text).not.toContain('module-loaded')
    expect(leftBy(started)).toEqual([])
  })
})

// A module as it is not to be: the test's own programs, which say that they are attached.
describe.concurrent('a module that', () => {
  const beside = async (program: string, run: Partial<Run> = {}) => {
    const packed = await packPrograms({ 'mem-logger': program })
    return start({ registry: (await serve(packed.folder)).url, lock: packed.lock, ...run })
  }
  const attaches = "console.error('mem-logger: reads process 1')"

  it('takes no notice of SIGTERM is killed, and that is said', async () => {
    const run = await beside(`process.on('SIGTERM', () => {}); ${attaches}; ${waits}`, { args: ['--stop-seconds', '0.3'] })
    await run.process.until(loaded('mem-logger'))
    expect(await stopInstaller(run)).toBe(1)
    expect(run.process.text).toContain(
      'module "mem-logger" could not be stopped: it did not end in 0.3 s and was killed: what it had not yet written is lost'
    )
    expect(leftBy(run)).toEqual([])
  })

  it('never attaches is given up', async () => {
    const run = await beside(`console.error('mem-logger: waiting'); ${waits}`, { args: ['--attach-seconds', '0.5'] })
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toContain('it was not attached after 0.5 s')
    expect(leftBy(run)).toEqual([])
  })

  it('fails later is told', async () => {
    const run = await beside(`${attaches}; setTimeout(() => { console.error('no more'); process.exit(7) }, 100)`)
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toContain(
      'installer: module "mem-logger" failed: it ended with exit code 7 (mem-logger: reads process 1 | no more)\n'
    )
  })

  it('ends before it attaches has failed, whatever its exit code', async () => {
    const run = await beside("console.error('bye')")
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toContain('could not be loaded: it ended before it was attached (bye)\n')
  })

  it('is being loaded when SIGTERM comes is stopped', async () => {
    const run = await beside(`console.error('mem-logger: waiting'); ${waits}`)
    await run.process.until(/mem-logger: waiting/)
    expect(await stopInstaller(run)).toBe(0)
    expect(run.process.text).toContain('installer: loading was aborted by its signal\n')
    expect(leftBy(run)).toEqual([])
  })

  it("gets none of the installer's environment but its own", async () => {
    const program = `console.error(Object.keys(process.env).sort().join()); ${attaches}; ${waits}`
    const run = await beside(program, { env: { REGISTRY_TOKEN: 'secret' } })
    await run.process.until(loaded('mem-logger'))
    await stopInstaller(run)
    expect(run.process.text).toContain(
      '\nHERMES_MODULE,HERMES_MODULE_CONFIG,HERMES_MODULE_SETTINGS,HERMES_OUTPUT,HERMES_OUTPUT_BYTES,PATH\n'
    )
  })

  it('has no command of its name is refused', async () => {
    const { folder, allowList } = await packPrograms({ other: waits })
    const { other } = allowList
    if (!other) throw new Error('nothing was packed')
    const run = start({ registry: (await serve(folder)).url, lock: writeLock({ 'mem-logger': other }) })
    expect((await run.process.ended).code).toBe(1)
    expect(run.process.text).toContain('other@1.0.0 has no command "mem-logger": its package.json needs a "bin" of that name\n')
  })

  it('is another package of the same integrity is refused, from the cache too', async () => {
    const { folder, allowList } = await packPrograms({ other: waits, 'mem-logger': `${attaches}; ${waits}` })
    const { other, 'mem-logger': logger } = allowList
    if (!other || !logger) throw new Error('nothing was packed')
    const { url } = await serve(folder)
    const first = start({ registry: url, lock: writeLock({ 'mem-logger': logger }) })
    await first.process.until(loaded('mem-logger'))
    await stopInstaller(first)
    const lock = writeLock({ 'mem-logger': { ...other, integrity: logger.integrity } })
    const second = start({ registry: url, lock, folder: first.folder })
    expect((await second.process.ended).code).toBe(1)
    expect(second.process.text).toContain(
      'the integrity of other@1.0.0 in the allow-list is that of another package: correct it\n'
    )
  })
})

it('shows all of it with one command, and leaves nothing', async () => {
  const folder = outputFolder()
  const demo = new Running(process.execPath, [path.join(root, 'examples/init-installer/demo/run-demo.js')], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, CLUSTER_ENV: 'production' }
  })
  expect((await demo.ended).code).toBe(0)
  expect(demo.text).toMatch(/\.heapprofile: hottest allocation: rememberRequest \(leaking\.js:6\): [\d.]+ MiB of [\d.]+ MiB\n/)
  expect(demo.text).toContain(
    `the registry was asked for:\n  ${requestFor('mem-profiler')}\nand not for leak-detector, mem-logger, mem-tracer\n`
  )
  const pids = Array.from(demo.text.matchAll(/(?:server: process|runs as process) (\d+)/g), ([, pid]) => pid)
  expect(pids).toHaveLength(2)
  expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

function firstFile(output: string, module: string, extension: string): string {
  const [file = ''] = readdirSync(path.join(output, module)).filter((name) => name.endsWith(extension))
  return path.join(output, module, file)
}

/** A registry that sends the beginning of a package, and then nothing. */
async function slowRegistry(): Promise<string> {
  const server = createServer((_, response) => response.write('beginning')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  const close = async () => void server.close().closeAllConnections()
  registries.add({ url, requests: [], close })
  return url
}

async function gonePid(): Promise<number> {
  const gone = new Running('true', [])
  await gone.ended
  return gone.pid
}
