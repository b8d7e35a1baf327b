#!/usr/bin/env node
import { memoryFields, readMemory } from '@hermes-modules/sidecar/memory-facts'
import { stampOf } from '@hermes-modules/sidecar/output-folder'
import { pause } from '@hermes-modules/sidecar/pause'
import { describe, isAlive } from '@hermes-modules/sidecar/processes'
import { inUnit, reportPage } from '@hermes-modules/sidecar/report-page'
import { runModule } from '@hermes-modules/sidecar/run-module'
import { listOf, target, wholeNumber } from '@hermes-modules/sidecar/settings'
import { createHistory } from './history.js'

const rules = {
  intervalMs: wholeNumber('milliseconds', 20, 3_600_000, 1000),
  fields: listOf(memoryFields),
  target
}
// So that the oldest that is deleted is never more than this part of what is kept.
const filesKept = 8
const pageEveryMs = 10_000

await runModule({ name: 'mem-logger', rules, watch: record })

/** @param {import('@hermes-modules/sidecar/run-module').Watch} watch */
async function record(watch) {
  const { target, settings, output, stop, log } = watch
  const history = createHistory(settings.fields)
  const page = `memory-${stampOf(Date.now())}-pid${target.pid}.html`
  log(`reads ${describe(target)} every ${settings.intervalMs} ms`)
  let file
  let written = 0
  let pageAt = Date.now() + Math.min(pageEveryMs, settings.intervalMs * 20)
  while (!stop.aborted && isAlive(target)) {
    const time = Date.now()
    const { values, absent } = readMemory(target.pid, settings.fields)
    if (!isAlive(target)) break // what was read may be of nobody
    const line = lineOf(watch, time, values, absent)
    if (file === undefined || written + line.length > output.budget / filesKept) {
      file = `memory-${stampOf(time)}-pid${target.pid}.jsonl`
      written = 0
      log(`writes ${file}`)
    }
    if (output.append(file, line)) written += line.length
    history.add(time, values, absent)
    if (time >= pageAt) {
      writePage(watch, page, history)
      pageAt = time + pageEveryMs
    }
    await pause(time + settings.intervalMs - Date.now(), stop)
  }
  writePage(watch, page, history)
}

/** Each line stands for itself: it says too what is not there, and why. */
function lineOf({ name, config, target }, time, values, absent) {
  const reasons = Object.keys(absent).length > 0 ? { absent } : {}
  return `${JSON.stringify({ time: new Date(time).toISOString(), module: name, config, pid: target.pid, ...values, ...reasons })}\n`
}

function writePage({ target, config, settings, output, log }, page, history) {
  const { series, notDrawn, absent, lines } = history.read()
  const facts = [
    ['Process', describe(target)],
    ['Interval', `${settings.intervalMs} ms`],
    ['Lines', String(lines)],
    ...(config ? [['Configuration', config]] : []),
    ...notDrawn.map(({ name, points }) => [`Not drawn, far above the rest: ${name}`, inUnit(points.at(-1)?.[1] ?? 0)]),
    ...Object.entries(absent).map(([field, reason]) => [`Absent: ${field}`, reason])
  ]
  const html = reportPage({ title: `Memory of ${describe(target)}`, facts, series })
  if (output.write(page, html)) log(`wrote ${page} (${lines} lines)`)
}
