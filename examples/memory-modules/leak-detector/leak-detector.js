#!/usr/bin/env node
import { debuglog } from 'node:util'
import { readMemory } from '@hermes-modules/sidecar/memory-facts'
import { stampOf } from '@hermes-modules/sidecar/output-folder'
import { pause } from '@hermes-modules/sidecar/pause'
import { describe, isAlive } from '@hermes-modules/sidecar/processes'
import { runModule } from '@hermes-modules/sidecar/run-module'
import { number, target, wholeNumber } from '@hermes-modules/sidecar/settings'
import { targetError } from '@hermes-modules/sidecar/sidecar-error'
import { judgeGrowth } from './judge-growth.js'
import { leakPage } from './leak-page.js'

const rules = {
  windowSeconds: wholeNumber('seconds', 1, 86_400, 300),
  minGrowthKiBPerSec: number('KiB per second', 0.1, 1_048_576, 16),
  target
}
// As many as the chart shows; all pairs of them are 7140 slopes.
const samplesPerWindow = 120
const debug = debuglog('hermes')

await runModule({ name: 'leak-detector', rules, watch: detect })

/** @param {import('@hermes-modules/sidecar/run-module').Watch} watch */
async function detect(watch) {
  const { target, settings, stop, log } = watch
  const windowMs = settings.windowSeconds * 1000
  const page = `leak-${stampOf(Date.now())}-pid${target.pid}.html`
  let isDecided = false
  log(`watches ${describe(target)}, ${settings.windowSeconds} s at a time`)
  while (!stop.aborted && isAlive(target)) {
    const samples = await sampleWindow(target, windowMs, stop)
    if (samples.length < (isDecided ? 2 : 1)) break // a single one says nothing more
    const limits = { windowMs, minGrowthKiBPerSec: settings.minGrowthKiBPerSec }
    const judgement = judgeGrowth(samples, limits)
    writeReport(watch, samples, judgement, limits)
    // The rest of a window that was cut short says less than the last whole one.
    if (isDecided && judgement.verdict === 'undecided') continue
    isDecided = judgement.verdict !== 'undecided'
    const { config, output } = watch
    if (output.write(page, leakPage({ judgement, samples, target, config, settings: limits }))) log(`wrote ${page}`)
  }
}

/** Shorter where the target ends, or the module. @returns {Promise<[number, number][]>} */
async function sampleWindow(target, windowMs, stop) {
  const samples = []
  const from = Date.now()
  let time = from
  while (time <= from + windowMs && !stop.aborted) {
    const bytes = anonymousMemory(target)
    if (bytes === undefined) break
    samples.push([time, bytes])
    debug('%d bytes', bytes)
    await pause(from + samples.length * (windowMs / samplesPerWindow) - Date.now(), stop)
    time = Date.now()
  }
  return samples
}

/** What was swapped out is still held. */
function anonymousMemory(target) {
  const { values, absent } = readMemory(target.pid, ['anonymousBytes', 'swapBytes'])
  if (!isAlive(target)) return undefined
  if (values.anonymousBytes === undefined) throw targetError(`${describe(target)}: no anonymous memory: ${absent.anonymousBytes}`)
  return values.anonymousBytes + (values.swapBytes ?? 0)
}

function writeReport({ name, config, target, output, log }, samples, judgement, { minGrowthKiBPerSec }) {
  const [from] = samples[0]
  const [to] = samples[samples.length - 1]
  const report = {
    module: name,
    config,
    ...judgement,
    minGrowthKiBPerSec,
    target: { pid: target.pid, process: describe(target) },
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    samples: samples.map(([time, bytes]) => ({ time: new Date(time).toISOString(), anonymousBytes: bytes }))
  }
  const file = `leak-${stampOf(from)}-pid${target.pid}.json`
  log(`${judgement.verdict}: ${judgement.reason}`)
  if (output.write(file, `${JSON.stringify(report, undefined, 2)}\n`)) log(`wrote ${file}`)
}
