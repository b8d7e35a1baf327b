import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../package/packed.ts'
import { leftBy, loaded, stopInstaller, tarballPath, useInstaller, writeLock } from './installer-runs.ts'
import { heapModules } from './memory-modules/heap-readers.ts'
import { freePort, outputFolder, Running, startServer } from './memory-modules/processes.ts'

const { serve, start, there } = useInstaller()

const requestFor = (name: string) => `GET /@hermes-modules/${name}/-/${name}-1.0.0.tgz 200`

describe.concurrent('the installer', () => {
  it("has the ConfigMap's script, to the byte", () => {
    const script = readFileSync(path.join(root, 'examples/init-installer/load-sidecars.sh'))
    expect(script).toEqual(readFileSync(path.join(root, 'test/corpus/configmap/load-sidecars.sh')))
  })

  const names: Record<string, string> = { production: 'mem-profiler', staging: 'mem-tracer' }
  it.each(Object.entries(names))('finds in %s the function that leaks, with %s', async (clusterEnv, name) => {
    const own = await serve(there().example.packages)
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
    const own = await serve(there().example.packages)
    const run = start({ registry: own.url })
    await run.process.until(loaded('mem-logger'))
    expect(await stopInstaller(run)).toBe(0)
    const [line = ''] = readFileSync(firstFile(run.output, 'mem-logger', '.jsonl'), 'utf8').split('\n')
    expect(JSON.parse(line)).toMatchObject({ module: 'mem-logger', pid: there().server })
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
    const { 'mem-logger': logger, 'leak-detector': detector } = there().example.allowList
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
    cpSync(there().example.packages, folder, { recursive: true })
    const { 'mem-logger': pinned } = there().example.allowList
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
