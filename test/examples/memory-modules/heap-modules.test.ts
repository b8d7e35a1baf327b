import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { heapModules } from './heap-readers.ts'
import { eventually, isOpen, outputFolder, startModule, startServer } from './processes.ts'

describe.concurrent.each(heapModules)('$name', ({ name, settings, hottest }) => {
  it('names the function that leaks, flushes on SIGTERM, and closes the inspector', async () => {
    const output = outputFolder()
    const { server, pid, inspectorPort, url } = await startServer('leaking')
    const module = startModule(name, { output, target: pid, settings })
    await module.until(/wrote .*\n.*wrote /)
    module.kill('SIGTERM')
    expect(await module.ended).toEqual({ code: 0, signal: null })
    expect(module.text).toContain(`${name}: attached to process ${pid} (node leaking.js)\n`)
    const files = readdirSync(path.join(output, name))
    const last = files.at(-1) ?? ''
    expect(files.length).toBeGreaterThanOrEqual(3)
    expect(last).toContain('-partial')
    expect(module.text).toContain(`wrote ${last}`)
    for (const file of files) {
      const found = hottest(path.join(output, name, file))
      if (file !== last) expect(found).toEqual({ function: 'rememberRequest', file: 'leaking.js', line: 6 })
    }
    expect(await isOpen(inspectorPort)).toBe(false)
    expect(server.text).toContain('Debugger listening')
    expect((await fetch(url)).status).toBe(200)
  })

  it('loses at most the running window to SIGKILL, and the target closes the inspector itself', async () => {
    const output = outputFolder()
    const { pid, inspectorPort, url } = await startServer('leaking')
    const module = startModule(name, { output, target: pid, settings })
    await module.until(/wrote .*\n.*wrote /)
    module.kill('SIGKILL')
    await module.ended
    const told = Array.from(module.text.matchAll(/wrote (\S+) /g), ([, file]) => file)
    expect(readdirSync(path.join(output, name))).toEqual(expect.arrayContaining(told))
    for (const file of told) expect(hottest(path.join(output, name, file ?? '')).function).toBe('rememberRequest')
    await eventually(async () => !(await isOpen(inspectorPort)))
    expect((await fetch(url)).status).toBe(200)
  })

  it('waits for its target, keeps the last window when it dies, and attaches again', async () => {
    const output = outputFolder()
    const tag = `--tag-${name}-${process.pid}`
    const long = name === 'mem-tracer' ? { ...settings, windowSeconds: 3 } : { ...settings, durationSeconds: 3 }
    const module = startModule(name, { output, target: `leaking*${tag}`, settings: long, env: { NODE_DEBUG: 'hermes' } })
    await module.until(/waiting for a process with "leaking\*--tag-.*" in its command line: there is none/)
    const first = await startServer('leaking', { tag })
    await module.until(/window so far/)
    first.server.kill('SIGKILL')
    const [, kept = ''] = await module.until(/wrote (\S+-partial\S*)/)
    expect(kept).toContain(`-pid${first.pid}-`)
    expect(hottest(path.join(output, name, kept)).function).toBe('rememberRequest')
    await module.until(/ended\n/)
    const second = await startServer('leaking', { tag, port: first.inspectorPort })
    await module.until(new RegExp(`attached to process ${second.pid} `))
    await module.until(new RegExp(`wrote \\S+-pid${second.pid}\\.`))
  })
})

it.concurrent('lets the first of two tools finish', async () => {
  const { pid } = await startServer('healthy')
  const output = outputFolder()
  const first = startModule('mem-profiler', { output, target: pid, settings: { durationSeconds: 60 } })
  await first.until(/attached/)
  const second = startModule('mem-tracer', { output, target: pid })
  await second.until(/waiting: another tool is attached to process/)
  first.kill('SIGTERM')
  await first.ended
  await second.until(/attached to process/)
})

it.concurrent('leaves an inspector open that was open before', async () => {
  const { server, pid, inspectorPort } = await startServer('healthy')
  server.kill('SIGUSR1')
  await server.until(/Debugger listening/)
  const module = startModule('mem-profiler', { output: outputFolder(), target: pid, settings: { durationSeconds: 1 } })
  await module.until(/wrote /)
  module.kill('SIGTERM')
  expect((await module.ended).code).toBe(0)
  expect(await isOpen(inspectorPort)).toBe(true)
})
