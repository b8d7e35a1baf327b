#!/usr/bin/env node
import { gzipSync } from 'node:zlib'
import { sampleHeap } from '@hermes-modules/sidecar/heap-sampling'
import { stampOf } from '@hermes-modules/sidecar/output-folder'
import { runModule } from '@hermes-modules/sidecar/run-module'
import { target, wholeNumber } from '@hermes-modules/sidecar/settings'
import { toPprof } from './to-pprof.js'

const rules = {
  windowSeconds: wholeNumber('seconds', 1, 3600, 10),
  sampleIntervalBytes: wholeNumber('bytes', 1024, 16_384, 16_384),
  target
}

await runModule({ name: 'mem-tracer', rules, watch: trace })

/** @param {import('@hermes-modules/sidecar/run-module').Watch} watch */
async function trace(watch) {
  const { sampleIntervalBytes, windowSeconds } = watch.settings
  const params = {
    samplingInterval: sampleIntervalBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true
  }
  await sampleHeap(watch, { windowMs: windowSeconds * 1000, params }, (window) => write(watch, window, sampleIntervalBytes))
}

function write({ output, target, log }, window, sampleIntervalBytes) {
  const { from, to, isWhole } = window
  const name = `allocations-${stampOf(from)}-pid${target.pid}${isWhole ? '' : '-partial'}.pb.gz`
  const bytes = gzipSync(toPprof(window, sampleIntervalBytes))
  if (output.write(name, bytes)) log(`wrote ${name} (${((to - from) / 1000).toFixed(1)} s, ${bytes.length} bytes)`)
}
