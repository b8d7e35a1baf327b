import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { carries, findProcesses, isRunning, type Process, readProcess } from '../../src/executor/process-table.ts'
import { terminate } from '../../src/executor/terminate.ts'
import { alive } from './run-case.ts'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** Starts a leader of its own session, ready when it has said so. */
async function start(script: string, options: { env?: Record<string, string>; uid?: number } = {}): Promise<Process> {
  const child = spawn('/bin/sh', ['-c', `${script.replace('READY', 'echo ready')}`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...options,
    env: { PATH: '/usr/bin:/bin', ...options.env }
  })
  children.push(child)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  const process = readProcess(child.pid ?? 0)
  if (process === undefined) throw new Error('it has ended')
  return process
}

const sleeper = 'READY; exec sleep 60'
const end = (leader: Process, more: { runId?: string; graceMs?: number } = {}) =>
  terminate({ pid: leader.pid, leader, runId: undefined, graceMs: 2_000, ...more })

describe('ending a group', () => {
  it('gives those that got a signal', async () => {
    const leader = await start(sleeper)
    expect(await end(leader)).toEqual([leader.pid])
    expect(alive([leader.pid])).toEqual([])
  })

  it('kills after the grace what ignores SIGTERM, and what was started since', async () => {
    const leader = await start(`trap '' TERM; READY; while :; do sleep 0.02; done`)
    const pids = await end(leader, { graceMs: 150 })
    expect(pids).toContain(leader.pid)
    expect(alive(pids)).toEqual([])
  })

  it('does nothing for one that has ended', async () => {
    const leader = await start('READY')
    await once(children[0] as ChildProcess, 'exit')
    expect(await end(leader)).toEqual([])
  })

  it('does not touch a stranger that has the number by now', async () => {
    const stranger = await start(sleeper, { env: { HERMES_RUN_ID: 'other' } })
    const leader = { ...stranger, startTime: stranger.startTime - 1 }
    expect(await end(leader, { runId: 'mine' })).toEqual([])
    expect(alive([stranger.pid])).toEqual([stranger.pid])
  })

  it('works without /proc, for the group alone', async () => {
    const leader = await start(`trap '' TERM; READY; exec sleep 60`)
    const target = { pid: leader.pid, leader: undefined, runId: undefined, graceMs: 50 }
    expect(await terminate(target)).toEqual([leader.pid])
    await once(children[0] as ChildProcess, 'exit')
    expect(await terminate(target)).toEqual([])
  })
})

describe('strays', () => {
  it.each([
    ['run-1', true],
    ['run-1/inner', true],
    ['run-1/inner/most', true],
    ['run-12', false],
    ['run', false],
    ['', false]
  ])('with the id %j of run-1 are killed: %s', async (id, killed) => {
    const leader = await start('READY; exec sleep 60')
    const stray = await start(sleeper, { env: { HERMES_RUN_ID: id } })
    await end(leader, { runId: 'run-1' })
    expect(alive([stray.pid])).toEqual(killed ? [] : [stray.pid])
  })

  it('are not looked for by an empty id', async () => {
    const leader = await start('READY; exec sleep 60')
    const stray = await start(sleeper, { env: { HERMES_RUN_ID: '' } })
    await end(leader, { runId: '' })
    expect(alive([stray.pid])).toEqual([stray.pid])
  })

  it('that started before the script are left', async () => {
    const before = await start(sleeper, { env: { HERMES_RUN_ID: 'run-1' } })
    const leader = await start(sleeper)
    await end({ ...leader, startTime: Math.max(leader.startTime, before.startTime + 1) }, { runId: 'run-1' })
    expect(alive([before.pid])).toEqual([before.pid])
  })
})

describe('the table of processes', () => {
  it('reads past a name with spaces and parentheses', async () => {
    const child = spawn('/bin/bash', ['-c', 'printf "a) R 1 1" >/proc/$$/comm; echo ready; read -r line'], {
      stdio: ['pipe', 'pipe', 'ignore']
    })
    children.push(child)
    await once(child.stdout, 'data')
    expect(readProcess(child.pid ?? 0)).toMatchObject({ pid: child.pid, session: readProcess(process.pid)?.session })
  })

  it('knows a dead one from a running one, and from another with its number', async () => {
    const leader = await start(sleeper)
    expect(isRunning(leader)).toBe(true)
    expect(isRunning({ ...leader, startTime: leader.startTime - 1 })).toBe(false)
    children[0]?.kill('SIGKILL')
    // A zombie, since the event loop has had no turn to reap it.
    while (readProcess(leader.pid)?.state !== 'Z');
    expect(isRunning(leader)).toBe(false)
  })

  it('finds lower numbers too when the numbers have started again', async () => {
    const leader = await start(sleeper)
    const wrapped = { ...leader, pid: 4_194_304 }
    const found = await findProcesses(wrapped, ({ pid }) => pid === leader.pid, Number.POSITIVE_INFINITY)
    expect(found.map(({ pid }) => pid)).toEqual([leader.pid])
  })

  it('is read in slices, between which the event loop has its turn, until the deadline', async () => {
    const self = readProcess(process.pid) as Process
    const first = { ...self, pid: 4_194_304, startTime: 0 }
    let turns = 0
    let looked = 0
    const timer = setInterval(() => turns++, 0)
    const slowly = () => {
      looked++
      for (const until = performance.now() + 4; performance.now() < until; );
      return false
    }
    await findProcesses(first, slowly, Number.POSITIVE_INFINITY)
    clearInterval(timer)
    expect(looked).toBeGreaterThan(3)
    expect(turns).toBeGreaterThan(1)
    looked = 0
    await findProcesses(first, slowly, 0)
    expect(looked).toBe(1)
  })

  it("tells nothing of another user's process", async () => {
    const root = process.getuid?.() === 0
    const other = root ? (await start(sleeper, { uid: 65534, env: { HERMES_RUN_ID: 'x' } })).pid : 1
    expect(carries(other, 'HERMES_RUN_ID', () => true)).toBe(false)
    expect(carries(4_194_305, 'HERMES_RUN_ID', () => true)).toBe(false)
  })
})
