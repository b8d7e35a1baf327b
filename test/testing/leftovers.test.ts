import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { readProcess } from '../../src/executor/process-table.ts'
import { rejection, runText, shells } from './kit.ts'

const isRunning = (pid: number) => !/^[ZX]$/.test(readProcess(pid)?.state ?? 'X')

/** Where a run takes place, as a stub is told. */
function witness(): { tell: ({ args }: { args: readonly string[] }) => void; folder: () => string; pids: number[] } {
  const pids: number[] = []
  let folder = ''
  return {
    tell: ({ args: [what = '', ...rest] }) => {
      folder = path.dirname(what)
      pids.push(...rest.map(Number))
    },
    folder: () => folder,
    pids
  }
}

describe.each(shells)('after a run of %s nothing is left', (interpreter) => {
  test.each([
    ['a background child', 'sleep 300 >/dev/null 2>&1 3>&- & tell "$PWD" $!'],
    [
      'one that left the session',
      'setsid sh -c \'echo $$ >"$TMPDIR/pid"; exec sleep 300\' >/dev/null 2>&1 3>&- & while [ ! -s "$TMPDIR/pid" ]; do sleep 0.01; done; tell "$PWD" $(cat "$TMPDIR/pid")'
    ],
    [
      'one that left the session and its environment, and works in the folder',
      'setsid env -i PATH="$PATH" sh -c \'echo $$ >"$1/pid"; exec sleep 300\' sh "$TMPDIR" >/dev/null 2>&1 3>&- & while [ ! -s "$TMPDIR/pid" ]; do sleep 0.01; done; tell "$PWD" $(cat "$TMPDIR/pid")'
    ],
    [
      'one that left the session, its environment and the folder, and has a file of it open',
      'setsid env -i PATH="$PATH" sh -c \'cd /; echo $$ >"$1/pid"; exec sleep 300\' sh "$TMPDIR" >log 2>&1 3>&- & while [ ! -s "$TMPDIR/pid" ]; do sleep 0.01; done; tell "$PWD" $(cat "$TMPDIR/pid")'
    ],
    ['one that ignores TERM', 'sh -c \'trap "" TERM; while :; do sleep 300; done\' >/dev/null 2>&1 3>&- & tell "$PWD" $!']
  ])('of %s', async (_, text) => {
    const { tell, folder, pids } = witness()
    await runText(text, { interpreter, commands: { tell } })
    expect(pids.length).toBe(1)
    expect(pids.filter(isRunning)).toEqual([])
    expect(folder()).toContain('hermes-run-')
    expect(existsSync(folder())).toBe(false)
  })

  test('where the script fails, is stopped, or a function throws', async () => {
    for (const [end, code] of [
      ['exit 3', 'ERR_HERMES_SCRIPT_EXIT'],
      ['sleep 300', 'ERR_HERMES_SCRIPT_TIMEOUT'],
      ['boom', 'ERR_HERMES_COMMAND_REFUSED'],
      ['never', 'ERR_HERMES_SCRIPT_TIMEOUT']
    ] as const) {
      const { tell, folder } = witness()
      const boom = () => {
        throw new Error('boom')
      }
      const never = () => new Promise<void>(() => {})
      const limits = { timeoutMs: 1_000, killGraceMs: 100 }
      const error = await rejection(runText(`tell "$PWD"; ${end}`, { interpreter, limits, commands: { tell, boom, never } }))
      expect(error.code).toBe(code)
      expect(existsSync(folder())).toBe(false)
    }
  })

  test('a call that still waits when the run ends is one that exited 125, and its late answer changes nothing', async () => {
    let answer = () => {}
    const late = () => new Promise<void>((resolve) => (answer = resolve))
    const run = await runText('late >/dev/null 2>&1 3>&- & i=0; while [ ! -s "$TMPDIR/../spool/calls" ]; do sleep 0.01; done', {
      interpreter,
      commands: { late }
    })
    answer()
    await nextTurn()
    expect(run.calls).toEqual([{ command: 'late', args: [], stdin: '', exitCode: 125 }])
  })
})

test('no descriptor is left', async () => {
  const open = () => readdirSync('/proc/self/fd').length
  const commands = { k: () => ({ stdout: 'x' }) }
  for (let warm = 0; warm < 3; warm++) await runText('k >&2', { commands })
  await nextTurn()
  const before = open()
  for (let round = 0; round < 5; round++) await runText('k >&2', { commands })
  await nextTurn()
  expect(open()).toBeLessThanOrEqual(before + 2) // pipes that the executor makes ahead come and go
})

test('a shim ends with 125 where the run is over, and where the process that answers is gone', async () => {
  let bin = ''
  const copies = new Map<string, string>()
  const read: Parameters<typeof runText>[1] = {
    commands: {
      fixed: { stdout: 'x' },
      asked: ({ args: [folder = ''] }) => {
        bin = folder
        for (const name of ['fixed', 'asked', 'curl']) copies.set(name, readFileSync(path.join(folder, name), 'utf8'))
      }
    }
  }
  await runText('asked "$PATH"', read)
  expect(existsSync(bin)).toBe(false)
  for (const [name, text] of copies) {
    const child = spawn('/bin/sh', ['-c', text, name], { stdio: 'ignore' })
    expect([name, (await once(child, 'exit'))[0]]).toEqual([name, 125])
  }
})
