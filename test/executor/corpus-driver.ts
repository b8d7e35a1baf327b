// Runs the whole corpus in this process and reports what was wrong and what is left; started by corpus.test.ts.
import { readdirSync, readlinkSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { ScriptRequest } from '../../src/executor/script-executor.ts'
import { createShellExecutor } from '../../src/executor/shell-executor.ts'
import { type ScriptCase, type Shell, scriptCases } from '../corpus/scripts/catalogue.ts'
import { expectedFacts, type Facts, limits, runCase } from './run-case.ts'

export interface DriverReport {
  wrong: { script: string; shell: Shell; expected: Facts; facts: Facts }[]
  runs: number
  /** Open descriptors more than at the start, FIFOs aside. */
  descriptors: number
  /** FIFOs that were made ahead. */
  pooled: number
  /** What keeps the process alive. */
  resources: string[]
  listeners: number
  warnings: string[]
}

const events = ['exit', 'SIGTERM', 'SIGINT', 'unhandledRejection'] as const
const warnings: string[] = []
process.on('warning', (warning) => warnings.push(warning.message))

const [, , scripts = ''] = process.argv
const executor = createShellExecutor()
const rows = scriptCases.flatMap((row) => row.shells.map((shell): [ScriptCase, Shell] => [row, shell]))
const runs = rows.length
const wrong: DriverReport['wrong'] = []

async function work(): Promise<void> {
  for (let next = rows.shift(); next !== undefined; next = rows.shift()) {
    const [row, shell] = next
    const expected = expectedFacts(row)
    const facts = await runCase(executor, row, shell, scripts)
    if (!isDeepStrictEqual(facts, expected)) wrong.push({ script: row.script, shell, expected, facts })
  }
}

// In a turn of its own: while the entry module is evaluated Node has an exit listener of its own.
setImmediate(async () => {
  // libuv keeps one descriptor from the first stream on, and stdout is a resource from its first use.
  process.stdout.write('')
  await executor.execute(firstRequest())
  const before = openDescriptors()
  const resourcesBefore = process.getActiveResourcesInfo()
  const listenersBefore = countListeners()
  await Promise.all(Array.from({ length: 8 }, work))

  // Reached when nothing keeps the process alive any more: a timer or handle left behind would keep it from ending.
  process.once('beforeExit', () => {
    const after = openDescriptors()
    const report: DriverReport = {
      wrong,
      runs,
      descriptors: after.others - before.others,
      pooled: after.fifos,
      resources: process.getActiveResourcesInfo().slice(resourcesBefore.length),
      listeners: countListeners() - listenersBefore,
      warnings
    }
    process.stdout.write(JSON.stringify(report))
  })
})

function firstRequest(): ScriptRequest {
  return {
    path: '/dev/null',
    bytes: new Uint8Array(),
    pinned: false,
    interpreter: ['/bin/sh'],
    args: [],
    env: {},
    cwd: '/',
    limits,
    onEvent() {}
  }
}

function countListeners(): number {
  return events.reduce((sum, event) => sum + process.listenerCount(event), 0)
}

function openDescriptors(): { fifos: number; others: number } {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return 'the folder that was just read'
    }
  })
  const fifos = targets.filter((target) => /\/hermes-\w+\/\d+ \(deleted\)$/.test(target)).length
  return { fifos, others: targets.length - fifos }
}
