import { readdirSync, readlinkSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { ScriptResult } from '../../src/executor/script-executor.ts'
import { createShellExecutor } from '../../src/executor/shell-executor.ts'
import { alive, limits } from './run-case.ts'

/** More for a longer night: `SOAK=20000 npx vitest run test/executor/soak.test.ts`. */
const runs = Number(process.env['SOAK'] ?? 2_000)
const atOnce = 16

/** The same faults in the same order every time. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Fault {
  script: string
  limits?: Partial<typeof limits>
  abort?: true
  expected: Partial<Record<keyof ScriptResult, unknown>>
}

const answer = 'module=mem-logger\n'
const ok = { exitCode: 0, ended: undefined, stdout: answer }
const faults: readonly Fault[] = [
  { script: 'echo module=mem-logger', expected: ok },
  { script: 'echo log; echo module=mem-logger >&3', expected: { exitCode: 0, stdout: 'log\n', descriptor3: answer } },
  { script: 'echo note >/dev/stderr && echo module=mem-logger', expected: { ...ok, stderr: 'note\n' } },
  {
    script: 'yes "# 123456789" | head -n 9000; echo module=mem-logger',
    expected: { exitCode: 0, stdout: `${'# 123456789\n'.repeat(9000)}${answer}` }
  },
  { script: '{ echo module=mem-logger; } & exit 0', expected: ok },
  { script: 'sleep 0.02 >/dev/null 2>&1 & echo module=mem-logger', expected: { ...ok, outputHeld: false } },
  { script: 'sleep 0.02 & echo module=mem-logger', limits: { settleMs: 20_000 }, expected: { ...ok, outputHeld: false } },
  { script: 'sleep 30 & echo $! >&2; echo module=mem-logger', limits: { settleMs: 20 }, expected: { ...ok, outputHeld: true } },
  { script: 'printf module=mem-; kill -KILL $$', expected: { signalCode: 'SIGKILL', stdout: 'module=mem-' } },
  { script: 'echo module=mem-logger; exit 3', expected: { exitCode: 3, stdout: answer } },
  { script: 'setsid sleep 30 & echo $! >&2; exit 4', expected: { exitCode: 4 } },
  { script: 'sleep 30 & echo $! >&2; exit 5', expected: { exitCode: 5 } },
  { script: 'echo $$ >&2; exec sleep 30', limits: { timeoutMs: 60 }, expected: { ended: 'timeout', signalCode: 'SIGTERM' } },
  {
    script: 'echo ready >&2; exec sleep 30',
    abort: true,
    expected: { ended: 'aborted', signalCode: 'SIGTERM', stderr: 'ready\n' }
  },
  { script: 'exec yes', limits: { maxOutputBytes: 5_000 }, expected: { ended: 'output-limit', signalCode: 'SIGTERM' } }
]

it(`${runs} runs with random faults, ${atOnce} at a time: every answer right, descriptors and memory flat`, {
  timeout: 600_000
}, async () => {
  const executor = createShellExecutor()
  const next = random(20_240_229)
  const wrong: unknown[] = []
  const samples: { at: number; descriptors: number; fifos: number; heap: number; rss: number }[] = []
  let done = 0

  async function one(index: number): Promise<void> {
    const fault = faults[Math.floor(next() * faults.length)] as Fault
    const abort = new AbortController()
    const result = await executor.execute({
      path: '/script.sh',
      bytes: Buffer.from(fault.script),
      pinned: true,
      interpreter: next() < 0.5 ? ['/bin/sh'] : ['/usr/bin/env', 'bash'],
      args: [],
      env: { PATH: '/usr/bin:/bin', HERMES_RUN_ID: `soak-${process.pid}-${index}` },
      cwd: '/',
      limits: { ...limits, ...fault.limits },
      signal: abort.signal,
      onEvent: ({ type }) => fault.abort && type === 'stderr' && abort.abort()
    })
    const seen = {
      ...result,
      stdout: Buffer.from(result.stdout).toString(),
      descriptor3: result.descriptor3 && Buffer.from(result.descriptor3).toString()
    }
    const differs = Object.entries(fault.expected).filter(([key, value]) => seen[key as keyof ScriptResult] !== value)
    const child = Number(result.stderr) || 0
    const running = alive([child]).length === 1
    if (running) process.kill(child, 'SIGKILL')
    if (differs.length > 0 || running !== (result.outputHeld === true))
      wrong.push({ index, script: fault.script, differs, running, seen })
  }

  async function work(): Promise<void> {
    while (done < runs) {
      const index = done++
      await one(index)
      if (index % Math.ceil(runs / 10) === Math.ceil(runs / 10) - 1) samples.push(sample(index + 1))
    }
  }

  await Promise.all(Array.from({ length: atOnce }, work))
  samples.push(sample(done))
  console.table(samples)
  expect(wrong).toEqual([])
  const [first, ...rest] = samples
  const last = rest.at(-1)
  if (first === undefined || last === undefined) throw new Error('too few runs')
  // With nothing running: what is made ahead, at nine descriptors a set, and what the process had.
  expect(last.fifos % 9).toBe(0)
  expect(last.fifos).toBeLessThanOrEqual(32 * 9)
  expect(last.descriptors - last.fifos).toBeLessThanOrEqual(first.descriptors - first.fifos)
  expect(last.rss - first.rss).toBeLessThan(64)
})

/** Megabytes, and open descriptors. */
function sample(at: number) {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  return {
    at,
    descriptors: targets.length,
    fifos: targets.filter((target) => target.includes('/hermes-')).length,
    heap: megabytes(heapUsed),
    rss: megabytes(rss)
  }
}
