import { once } from 'node:events'
import { chmodSync, mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leftBy, loaded, packPrograms, type Run, stopInstaller, useInstaller, writeLock } from './installer-runs.ts'
import { freePort, outputFolder, Running } from './memory-modules/processes.ts'

const isRoot = process.getuid?.() === 0
const waits = 'setInterval(() => {}, 1000); console.log("runs")'

let noNode: number
let othersNode: number
// They are a few seconds old by the time that a module looks at them: what is younger may still become Node.js.
beforeAll(() => {
  noNode = new Running('sleep', ['1000']).pid
  othersNode = isRoot ? new Running(process.execPath, ['-e', waits], { cwd: '/', uid: 65_534, gid: 65_534 }).pid : 1
})
const { serve, start, there } = useInstaller()

const slow = new Set<Server>()
afterAll(() => {
  for (const server of slow) server.close().closeAllConnections()
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
    run: () => ({ args: ['--output', there().example.file] }),
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

/** A registry that sends the beginning of a package, and then nothing. */
async function slowRegistry(): Promise<string> {
  const server = createServer((_, response) => response.write('beginning')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  slow.add(server)
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
}

async function gonePid(): Promise<number> {
  const gone = new Running('true', [])
  await gone.ended
  return gone.pid
}
