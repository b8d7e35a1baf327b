import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { outputFolder, Running, startModule, startServer } from './processes.ts'

const sizeOf = (folder: string) => readdirSync(folder).reduce((sum, name) => sum + lstatSync(path.join(folder, name)).size, 0)

it.concurrent('keeps the log under half of the limit: the oldest lines go first', async () => {
  const output = outputFolder()
  const folder = path.join(output, 'mem-logger')
  const target = new Running('sleep', ['1000'])
  const env = { HERMES_OUTPUT_BYTES: '32768' }
  const settings = { intervalMs: 20, fields: ['rssBytes'] }
  const module = startModule('mem-logger', { output, target: target.pid, settings, env })
  const [, removed = ''] = await module.until(/removed (memory-\S+jsonl) \(\d+ bytes\): the output stays under 16384 bytes/)
  await module.until(/removed[\s\S]*removed[\s\S]*removed/)
  expect(sizeOf(folder)).toBeLessThanOrEqual(16_384)
  module.kill('SIGTERM')
  await module.ended
  expect(sizeOf(folder)).toBeLessThanOrEqual(16_384)
  const left = readdirSync(folder)
  expect(left).not.toContain(removed)
  expect(removed < (left.find((name) => name.endsWith('.jsonl')) ?? '')).toBe(true)
})

it.concurrent('says what it can not keep at all', async () => {
  const output = outputFolder()
  const { pid } = await startServer('leaking')
  const settings = { durationSeconds: 1, sampleIntervalBytes: 1024 }
  const env = { HERMES_OUTPUT_BYTES: '16384' }
  const module = startModule('mem-profiler', { output, target: pid, settings, env })
  await module.until(/heap-\S+ is not written: its \d+ bytes are over 8192, half of HERMES_OUTPUT_BYTES/)
  expect(readdirSync(path.join(output, 'mem-profiler'))).toEqual([])
})

it.concurrent('makes room at its start, and removes what a killed one left', async () => {
  const output = outputFolder()
  const folder = path.join(output, 'mem-logger')
  mkdirSync(folder)
  for (const [name, age] of [
    ['old', 200],
    ['young', 100],
    ['.partial-0a1b', 10]
  ] as const) {
    writeFileSync(path.join(folder, name), 'x'.repeat(6000))
    utimesSync(path.join(folder, name), Date.now() / 1000 - age, Date.now() / 1000 - age)
  }
  const env = { HERMES_OUTPUT_BYTES: '20000' }
  const module = startModule('mem-logger', { output, target: 'no such process', env })
  await module.until(/waiting for/)
  expect(readdirSync(folder)).toEqual(['young'])
  expect(module.text).toContain('removed old (6000 bytes)')
})

// The volume is writable for every container that mounts it.
it.concurrent('follows no link in the place of its folder', async () => {
  const output = outputFolder()
  const elsewhere = outputFolder()
  symlinkSync(elsewhere, path.join(output, 'mem-logger'))
  const module = startModule('mem-logger', { output, target: process.pid })
  expect((await module.ended).code).toBe(4)
  expect(module.text).toContain(`the output folder ${path.join(output, 'mem-logger')} can't be made (EEXIST)`)
  expect(readdirSync(elsewhere)).toEqual([])
})

it.concurrent('writes files that the owner and the group may read', async () => {
  const output = outputFolder()
  const module = startModule('mem-logger', { output, target: process.pid, settings: { intervalMs: 20 } })
  const [, name = ''] = await module.until(/wrote (memory-\S+html)/)
  const file = path.join(output, 'mem-logger', name)
  expect(lstatSync(file).mode & 0o777).toBe(0o640)
  expect(readFileSync(file, 'utf8')).toContain('</html>')
})
