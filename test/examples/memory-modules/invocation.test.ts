import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { type ModuleOptions, outputFolder, startModule } from './processes.ts'

const secret = 'hunter2'

it.concurrent.each<[module: string, what: Partial<ModuleOptions>, printed: string]>([
  [
    'mem-profiler',
    { settings: 'durationSeconds: 5' },
    'HERMES_MODULE_SETTINGS takes a JSON object, and is no JSON (18 characters)'
  ],
  ['mem-profiler', { settings: '[1]' }, 'HERMES_MODULE_SETTINGS takes a JSON object, and is another value'],
  [
    'mem-profiler',
    { settings: { durationSeconds: secret, sampleIntervalBytes: 10 } },
    'HERMES_MODULE_SETTINGS:\n  - durationSeconds takes a whole number of seconds, 1 to 86400\n  - sampleIntervalBytes takes a whole number of bytes, 1024 to 1073741824'
  ],
  [
    'mem-tracer',
    { settings: { sampleIntervalBytes: 16_385 } },
    'HERMES_MODULE_SETTINGS:\n  - sampleIntervalBytes takes a whole number of bytes, 1024 to 16384'
  ],
  [
    'mem-tracer',
    { settings: { windowSecond: 1 } },
    'HERMES_MODULE_SETTINGS:\n  - unknown setting "windowSecond": there are windowSeconds, sampleIntervalBytes, target'
  ],
  [
    'mem-tracer',
    { settings: '{"__proto__": 1}' },
    'HERMES_MODULE_SETTINGS:\n  - unknown setting "__proto__": there are windowSeconds, sampleIntervalBytes, target'
  ],
  [
    'mem-logger',
    { settings: { fields: ['rssBytes', secret] } },
    'HERMES_MODULE_SETTINGS:\n  - fields takes a list of at least one of rssBytes, anonymousBytes, fileBytes, sharedBytes, swapBytes, peakRssBytes, virtualBytes, pssBytes, pssAnonymousBytes, privateDirtyBytes, cgroupUsageBytes, cgroupLimitBytes'
  ],
  [
    'leak-detector',
    { settings: { minGrowthKiBPerSec: '5', target: 1.5 } },
    'HERMES_MODULE_SETTINGS:\n  - minGrowthKiBPerSec takes a number of KiB per second, 0.1 to 1048576\n  - target takes a pid, a part of a command line (* stands for any text), or "auto"'
  ],
  [
    'leak-detector',
    { env: { HERMES_OUTPUT_BYTES: '64Mi' } },
    'HERMES_OUTPUT_BYTES takes a whole number of bytes, at least 16384'
  ],
  ['leak-detector', { env: { HERMES_MODULE: '../etc' } }, 'HERMES_MODULE takes letters, digits, ".", "_" and "-"']
])('%s refuses %j', async (name, what, printed) => {
  const output = path.join(outputFolder(), 'output')
  const module = startModule(name, { output, ...what })
  expect(await module.ended).toEqual({ code: 2, signal: null })
  expect(module.text).toBe(`${name}: ${printed}\n`)
  expect(module.text).not.toContain(secret)
  expect(existsSync(output)).toBe(false)
})

it.concurrent('says which folder it can not write', async () => {
  const output = path.join(outputFolder(), 'there/is/none')
  const module = startModule('mem-logger', { output })
  expect((await module.ended).code).toBe(4)
  expect(module.text).toBe(`mem-logger: the output folder ${output} can't be made (ENOENT)\n`)
})
