import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ScriptRequest } from '../../src/executor/script-executor.ts'
import { createShellExecutor } from '../../src/executor/shell-executor.ts'
import { bundle } from './bundle.ts'
import { alive } from './run-case.ts'
import { type Run, runScript } from './run-script.ts'

const executor = createShellExecutor()
const run = (text: string, request?: Parameters<typeof runScript>[2]) => runScript(executor, text, request)
const failure = async (text: string, request: Parameters<typeof runScript>[2]) => {
  const { code, path, message } = await run(text, request).then(
    () => ({ code: undefined, path: undefined, message: 'it ran' }),
    (error: NodeJS.ErrnoException) => error
  )
  return { code, path, message }
}

/** Keeps the event loop from its work, as an embedder may. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

function startedPid({ events }: Run): number {
  const started = events.find((event) => event.type === 'started')
  return started?.type === 'started' ? started.pid : 0
}

describe('what a script gets', () => {
  it('is its environment and nothing of ours', async () => {
    process.env['HERMES_TEST_SECRET'] = 'inherited'
    const { stdout } = await run('', {
      interpreter: ['/usr/bin/env', '-u', 'PATH', 'env'],
      args: [],
      env: { PATH: '/usr/bin', ONE: '1' },
      path: '--'
    }).finally(() => delete process.env['HERMES_TEST_SECRET'])
    expect(stdout).toBe('ONE=1\n')
  })

  it('is a session and a group of its own, the default answers to signals, and nothing on stdin', async () => {
    const { stdout, events, result } = await run(
      'cut -d" " -f5,6 /proc/$$/stat; readlink /proc/$$/fd/0; grep SigIgn /proc/$$/status'
    )
    const pid = startedPid({ events, result, stdout })
    expect(stdout).toBe(`${pid} ${pid}\n/dev/null\nSigIgn:\t0000000000000000\n`)
  })

  it('has three pipes and no other descriptor of ours', async () => {
    const { stdout, result } = await run(
      'for fd in /proc/$$/fd/*; do readlink "$fd" | cut -d/ -f1-2; done | sort | uniq -c | tr -s " "'
    )
    expect(result.exitCode).toBe(0)
    // stdin, stderr and descriptor 3; stdout of the loop is the shell's own pipe; 10 is the script, in some shells.
    expect(stdout).toContain(' 1 /dev\n')
    expect(stdout).not.toContain('socket')
  })
})

describe('a script that can not be started', () => {
  it('is one whose interpreter is not there', async () => {
    expect(await failure(':', { interpreter: ['no-such-shell'] })).toEqual({
      code: 'ENOENT',
      path: 'no-such-shell',
      message: "ENOENT: 'no-such-shell' was not found"
    })
  })

  it("is one whose interpreter's own interpreter is not there", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broken-'))
    const broken = join(folder, 'broken')
    writeFileSync(broken, '#!/no/such/loader\n', { mode: 0o755 })
    const { code, path } = await failure(':', { interpreter: ['./broken'], cwd: folder })
    rmSync(folder, { recursive: true })
    expect([code, path]).toEqual(['ENOENT', './broken'])
  })

  it('is one whose working folder is gone, which is not the fault of the interpreter', async () => {
    expect(await failure(':', { cwd: '/no/such/folder' })).toEqual({
      code: 'ENOENT',
      path: '/no/such/folder',
      message: "ENOENT: the working folder '/no/such/folder' can't be entered"
    })
  })

  it('is one whose arguments are too long', async () => {
    const { code, path } = await failure(':', { args: ['x'.repeat(200_000)] })
    expect([code, path]).toEqual(['E2BIG', undefined])
  })
})

describe('an abort', () => {
  it('that came before starts nothing', async () => {
    const { result, events } = await run('echo started', { signal: AbortSignal.abort() })
    expect(result).toEqual({ ended: 'aborted', stdout: new Uint8Array(), stderr: '', durationMs: 0 })
    expect(events).toEqual([])
  })

  it('that comes while the pipes are made starts nothing', async () => {
    const abort = new AbortController()
    const running = run('echo started', { signal: abort.signal })
    abort.abort()
    const { result, events } = await running
    expect([result.ended, result.exitCode, events]).toEqual(['aborted', undefined, []])
  })

  it('of many runs with one signal ends them all, without a warning', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    const abort = new AbortController()
    let ready = 0
    const onEvent: ScriptRequest['onEvent'] = ({ type }) => {
      if (type === 'stderr' && ++ready === 20) abort.abort()
    }
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => run('echo ready >&2; sleep 60', { signal: abort.signal, onEvent }))
    )
    process.off('warning', onWarning)
    expect(runs.map(({ result }) => [result.ended, result.signalCode])).toEqual(runs.map(() => ['aborted', 'SIGTERM']))
    expect(alive(runs.map(startedPid))).toEqual([])
    expect(warnings).toEqual([])
  })

  it('while a background child holds the answer ends the waiting and kills nothing', async () => {
    const abort = new AbortController()
    const script = run('echo module=mem-logger; sleep 60 & echo $! >&2', {
      signal: abort.signal,
      limits: { settleMs: 50_000 },
      onEvent(event) {
        if (event.type !== 'started') return
        const timer = setInterval(() => {
          if (alive([event.pid]).length > 0) return
          clearInterval(timer)
          abort.abort()
        }, 5)
      }
    })
    const { result, events } = await script
    const child = Number(result.stderr)
    expect(result).toMatchObject({ ended: 'aborted', exitCode: 0, outputHeld: true })
    expect(events.map(({ type }) => type)).toEqual(['started', 'stderr'])
    expect(alive([child])).toEqual([child])
    process.kill(child, 'SIGKILL')
  })
})

describe('an event loop that was kept busy', () => {
  it('does not make a timeout of a script that ended in time', async () => {
    const { result, stdout, events } = await run('echo module=mem-logger', {
      limits: { timeoutMs: 100 },
      onEvent: ({ type }) => type === 'started' && block(400)
    })
    expect([result.ended, result.exitCode, stdout]).toEqual([undefined, 0, 'module=mem-logger\n'])
    expect(events.map(({ type }) => type)).toEqual(['started'])
  })

  it('does not make a held channel of one that ended in time', async () => {
    const { result, stdout } = await run('{ sleep 0.2; echo late; } & echo early', {
      limits: { settleMs: 100 },
      onEvent: ({ type }) => type === 'started' && setTimeout(block, 30, 500)
    })
    expect([result.exitCode, result.outputHeld, stdout]).toEqual([0, false, 'early\nlate\n'])
  })

  it('kills nothing for output that went over the limit before exit 0', async () => {
    const { result, events } = await run('sleep 60 >/dev/null 2>&1 3>&- & echo $! >&2; head -c 5000 /dev/zero', {
      limits: { maxOutputBytes: 100 },
      onEvent: ({ type }) => type === 'started' && block(300)
    })
    const child = Number(result.stderr)
    expect([result.ended, result.exitCode, result.stdout.length]).toEqual(['output-limit', 0, 5000])
    expect(events.map(({ type }) => type)).toEqual(['started', 'stderr'])
    expect(alive([child])).toEqual([child])
    process.kill(child, 'SIGKILL')
  })
})

describe('limits', () => {
  it('are exact', async () => {
    const lengths = await Promise.all(
      [17, 18, 19].map(
        async (maxOutputBytes) =>
          (await run("printf 'module=mem-logger\\n'; sleep 0.1", { limits: { maxOutputBytes } })).result.ended
      )
    )
    expect(lengths).toEqual(['output-limit', undefined, undefined])
  })
})

describe('a listener', () => {
  it('that throws changes nothing', async () => {
    const { result, stdout } = await run('echo note >&2; echo module=mem-logger', {
      onEvent() {
        throw new Error('not yours')
      }
    })
    expect([result.exitCode, result.stderr, stdout]).toEqual([0, 'note\n', 'module=mem-logger\n'])
  })

  it('hears nothing after the result', async () => {
    const { events } = await run('echo early >&2; { sleep 0.2; echo late >&2; } >/dev/null &')
    const before = [...events]
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(events).toEqual(before)
  })

  it('is told who was ended', async () => {
    const { events, result, stdout } = await run('sleep 60 & echo $! >&2; setsid sleep 60 & echo $! >&2; sleep 0.1; exit 1')
    const children = result.stderr.trim().split('\n').map(Number)
    const killed = events.find((event) => event.type === 'killed')
    expect(killed).toEqual({ type: 'killed', why: 'failed', pids: children })
    expect(stdout).toBe('')
  })
})

describe('a process of its own', () => {
  let program: { folder: string; file: string }
  let temporary: string

  beforeAll(async () => {
    program = await bundle(`
      import { createShellExecutor } from '../../src/executor/shell-executor.ts'
      import { limits } from './run-case.ts'
      const run = (text: string, onEvent = (event) => {}) => createShellExecutor().execute({
        path: '/script.sh', bytes: Buffer.from(text), pinned: true, interpreter: ['/bin/sh'], args: [],
        env: { PATH: '/usr/bin:/bin' }, cwd: '/', limits, onEvent
      })
      const programs = {
        async ends() {
          for (let count = 0; count < 3; count++) await run('echo a')
          console.log('done')
        },
        exitsWhileRunning() {
          void run('sleep 60 & echo $! >&2; wait', (event) => {
            if (event.type === 'started') console.log(event.pid)
            if (event.type === 'stderr') { console.log(event.line); process.exit() }
          })
        }
      }
      void programs[process.argv[2]]()
    `)
    temporary = mkdtempSync(join(tmpdir(), 'own-'))
  })
  afterAll(() => {
    rmSync(program.folder, { recursive: true })
    rmSync(temporary, { recursive: true })
  })
  const start = (name: string) =>
    spawnSync(process.execPath, [program.file, name], { env: { TMPDIR: temporary }, encoding: 'utf8' })

  it('ends by itself with pipes made ahead, and leaves no file', () => {
    const { status, stdout, stderr } = start('ends')
    expect([status, stdout, stderr]).toEqual([0, 'done\n', ''])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('leaves no script running when it exits', async () => {
    const { stdout } = start('exitsWhileRunning')
    const pids = stdout.trim().split('\n').map(Number)
    expect(pids).toHaveLength(2)
    for (let tries = 0; tries < 200 && alive(pids).length > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(alive(pids)).toEqual([])
  })
})

it('ends a flood of stderr in time', async () => {
  const { result, events } = await runScript(createShellExecutor(), 'yes x >&2', { limits: { timeoutMs: 300 } })
  expect(result).toMatchObject({ ended: 'timeout', stderr: expect.stringMatching(/x\n$/) })
  expect(result.durationMs).toBeLessThan(600)
  expect(events.length).toBeLessThan(10_010)
})
