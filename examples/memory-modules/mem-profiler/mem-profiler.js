#!/usr/bin/env node
import { sampleHeap } from '@hermes-modules/sidecar/heap-sampling'
import { stampOf } from '@hermes-modules/sidecar/output-folder'
import { runModule } from '@hermes-modules/sidecar/run-module'
import { target, wholeNumber } from '@hermes-modules/sidecar/settings'

const rules = {
  sampleIntervalBytes: wholeNumber('bytes', 1024, 2 ** 30, 512 * 1024),
  durationSeconds: wholeNumber('seconds', 1, 86_400, 60),
  target
}

await runModule({ name: 'mem-profiler', rules, watch: profile })

/** @param {import('@hermes-modules/sidecar/run-module').Watch} watch */
async function profile(watch) {
  const { sampleIntervalBytes, durationSeconds } = watch.settings
  const how = { windowMs: durationSeconds * 1000, params: { samplingInterval: sampleIntervalBytes } }
  await sampleHeap(watch, how, (window) => write(watch, window))
}

/** Chrome DevTools opens the answer of the protocol as it is. */
function write({ output, target, log }, { profile, from, to, isWhole }) {
  const name = `heap-${stampOf(from)}-pid${target.pid}${isWhole ? '' : '-partial'}.heapprofile`
  const json = JSON.stringify(profile)
  if (output.write(name, json)) log(`wrote ${name} (${((to - from) / 1000).toFixed(1)} s, ${json.length} characters)`)
}
