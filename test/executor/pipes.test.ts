import { spawnSync } from 'node:child_process'
import { fstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createFifoPool } from '../../src/executor/fifo-pool.ts'
import { closeAll, closeSet } from '../../src/executor/fifo-set.ts'
import { createPipeSource, pipesFor } from '../../src/executor/pipes.ts'
import { pollFifos } from '../../src/executor/poll-fifos.ts'
import { processExecutor } from '../../src/executor/process-executor.ts'
import { scriptCases } from '../corpus/scripts/catalogue.ts'
import { bundle } from './bundle.ts'
import { expectedFacts, runCase } from './run-case.ts'
import { runScript } from './run-script.ts'

const mkfifo = () => '/usr/bin/mkfifo'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipes-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a pool', () => {
  it('gives everyone a set of open FIFOs, and leaves no name', async () => {
    const pool = createFifoPool({ folders: () => [folder], mkfifo })
    const sets = await Promise.all(Array.from({ length: 20 }, () => pool.take()))
    const descriptors = sets.flatMap((set) => (set ? [...set.readers, ...set.writers, ...set.handles] : []))
    expect(new Set(descriptors).size).toBe(180)
    expect(descriptors.every((fd) => fstatSync(fd).isFIFO())).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    expect(pool.problem).toBeUndefined()
    closeAll(descriptors)
  })

  it('takes the first folder that will do', async () => {
    const pool = createFifoPool({ folders: () => ['/no/such/folder', '/proc', folder], mkfifo })
    const set = await pool.take()
    expect(pool.problem).toBeUndefined()
    if (set) closeSet(set)
  })

  it.each([
    ['has no mkfifo', ['FOLDER'], undefined, 'there is no mkfifo'],
    ['has no folder', ['/no/such/folder', '/proc'], '/usr/bin/mkfifo', /^no FIFO could be made \(ENOENT: .*; E\w+: .*\)$/],
    ['has an mkfifo that fails', ['FOLDER'], '/bin/false', 'no FIFO could be made (/bin/false ended with 1)'],
    ['has an mkfifo that makes nothing', ['FOLDER'], '/bin/true', /^no FIFO could be made \(ENOENT: .*\)$/],
    ['has an mkfifo that is not there', ['FOLDER'], '/no/such/mkfifo', 'no FIFO could be made (spawn /no/such/mkfifo ENOENT)']
  ])('says why it %s', async (_what, folders, program, problem) => {
    const pool = createFifoPool({ folders: () => folders.map((name) => name.replace('FOLDER', folder)), mkfifo: () => program })
    expect(await pool.take()).toBeUndefined()
    expect(pool.problem).toMatch(problem)
    expect(readdirSync(folder)).toEqual([])
  })

  it('tries again, and no longer complains when it can', async () => {
    const folders = ['/no/such/folder']
    const pool = createFifoPool({ folders: () => folders, mkfifo })
    expect(await pool.take()).toBeUndefined()
    folders.push(folder)
    const set = await pool.take()
    expect(pool.problem).toBeUndefined()
    if (set) closeSet(set)
  })

  it('keeps a process alive that waits for what is made ahead', async () => {
    const program = await bundle(`
      import { createFifoPool } from '../../src/executor/fifo-pool.ts'
      const pool = createFifoPool({ folders: () => [${JSON.stringify(folder)}], mkfifo: () => '/usr/bin/mkfifo' })
      pool.answered()
      pool.answered()
      pool.take().then((set) => console.log(set.readers.length))
    `)
    const { stdout, stderr } = spawnSync(process.execPath, [program.file], { encoding: 'utf8' })
    rmSync(program.folder, { recursive: true })
    expect([stdout, stderr]).toEqual(['3\n', ''])
  })
})

it.each(['', 'process.exit()'])('leave no file where the process ends while they are made (%s)', async (end) => {
  const program = await bundle(`
    import { createFifoPool } from '../../src/executor/fifo-pool.ts'
    const pool = createFifoPool({ folders: () => [${JSON.stringify(folder)}], mkfifo: () => '/usr/bin/mkfifo' })
    pool.answered()
    pool.answered()
    ${end}
  `)
  for (let count = 0; count < 10; count++) {
    const { status, stderr } = spawnSync(process.execPath, [program.file], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  }
  rmSync(program.folder, { recursive: true })
  expect(readdirSync(folder)).toEqual([])
})

describe('FIFOs that a script is done with', () => {
  const inode = (fd: number | string) => statSync(`/proc/${fd}`).ino
  const ours = () =>
    readdirSync('/proc/self/fd').flatMap((fd) => (readlink(fd).includes(`${folder}/hermes-`) ? [inode(`self/fd/${fd}`)] : []))
  const readlink = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  }

  it('serve the next, in a process that runs more than one', async () => {
    const executor = processExecutor(createPipeSource(createFifoPool({ folders: () => [folder], mkfifo })))
    await runScript(executor, 'echo first')
    expect(ours()).toEqual([])
    const used = new Set<string>()
    for (let count = 0; count < 30; count++) {
      const { stdout } = await runScript(executor, `readlink /proc/$$/fd/2; echo ${count}`)
      const [, name = '', said] = /^(.*)\n(\d+)\n$/.exec(stdout) ?? []
      used.add(name)
      expect(said).toBe(String(count))
    }
    // Four sets made at once, and one more that was made while one of them was in use.
    expect(used.size).toBeLessThanOrEqual(8)
    expect(new Set(ours()).size).toBeLessThanOrEqual(8 * 3)
  })

  it('are let go of where somebody can still read or write them', async () => {
    const executor = processExecutor(createPipeSource(createFifoPool({ folders: () => [folder], mkfifo })))
    await runScript(executor, ':')
    const reader = await runScript(executor, 'sleep 60 7</dev/stdout >/dev/null 2>&1 3>&- & echo module=mem-logger; echo $! >&2')
    const writer = await runScript(executor, 'sleep 60 >/dev/null 2>&1 & echo module=mem-logger; echo $! >&2')
    const [reading, writing] = [Number(reader.result.stderr), Number(writer.result.stderr)]
    const held = [inode(`${reading}/fd/7`), inode(`${writing}/fd/3`)]
    for (let count = 0; count < 20; count++) expect((await runScript(executor, `echo ${count}`)).stdout).toBe(`${count}\n`)
    const stillOurs = ours()
    for (const pid of [reading, writing]) process.kill(pid, 'SIGKILL')
    expect([reader.result.outputHeld, writer.result.outputHeld]).toEqual([false, false])
    expect(stillOurs.filter((ino) => held.includes(ino))).toEqual([])
  })

  it('are no more than are kept', async () => {
    const pool = createFifoPool({ folders: () => [folder], mkfifo })
    pool.answered()
    const sets = await Promise.all(Array.from({ length: 20 }, () => pool.take()))
    const before = ours().length
    for (const set of sets) {
      if (set === undefined) continue
      closeAll([...set.readers, ...set.writers])
      pool.giveBack(set.handles)
    }
    expect(before - ours().length).toBe(12 * 9)
  })
})

describe('an mkfifo that hangs', () => {
  const hanging = () => {
    const program = join(folder, 'mkfifo')
    writeFileSync(program, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
    const folders = () => [folder, folder]
    return processExecutor(createPipeSource(createFifoPool({ folders, mkfifo: () => program })))
  }
  const left = () => readdirSync(folder).filter((name) => name.startsWith('hermes-'))

  it('is given up after a while', async () => {
    const { result, stdout } = await runScript(hanging(), 'echo a')
    expect([stdout, result.plainPipes]).toEqual([
      'a\n',
      expect.stringMatching(/^no FIFO could be made \(\/.* took more than 2000 ms\)$/)
    ])
    await vi.waitFor(() => expect(left()).toEqual([]))
  })

  it.each([
    ['aborted', { signal: AbortSignal.timeout(100) }],
    ['timeout', { limits: { timeoutMs: 100 } }]
  ] as const)('does not delay that a run is ended: %s', async (ended, request) => {
    const begin = performance.now()
    const { result } = await runScript(hanging(), 'echo a', request)
    expect(result.ended).toBe(ended)
    expect(performance.now() - begin).toBeLessThan(1500)
    await vi.waitFor(() => expect(left()).toEqual([]), 5000)
  })
})

it('closes every descriptor where there are too few', async () => {
  const program = await bundle(`
    import { readdirSync } from 'node:fs'
    import { createFifoPool } from '../../src/executor/fifo-pool.ts'
    import { closeSet } from '../../src/executor/fifo-set.ts'
    const pool = createFifoPool({ folders: () => [${JSON.stringify(folder)}], mkfifo: () => '/usr/bin/mkfifo' })
    const count = () => readdirSync('/proc/self/fd').length
    async function main() {
      closeSet(await pool.take())
      const before = count()
      const sets = await Promise.all(Array.from({ length: 60 }, () => pool.take()))
      for (const set of sets) if (set) closeSet(set)
      console.log(sets.filter((set) => set).length, count() - before, pool.problem.slice(0, 36))
    }
    void main()
  `)
  const node = `ulimit -n 100; exec '${process.execPath}' '${program.file}'`
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', node], { encoding: 'utf8' })
  rmSync(program.folder, { recursive: true })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^\d+ 0 no FIFO could be made \(EMFILE: too m\n$/)
})

describe('plain pipes', () => {
  const source = createPipeSource(createFifoPool({ folders: () => ['/no/such/folder'], mkfifo }))
  const executor = processExecutor(source)
  const scripts = fileURLToPath(new URL('../corpus/scripts', import.meta.url))
  const needsRealPipes = new Set([
    'writes-dev-stdout',
    'writes-dev-stderr',
    'writes-dev-fd-3',
    'helper-writes-dev-stderr',
    'tee-process-substitution'
  ])

  for (const row of scriptCases) {
    if (needsRealPipes.has(row.script)) continue
    it.concurrent(`do for ${row.script}, which gives ${row.outcome}`, async () => {
      const [shell = 'bash'] = row.shells
      expect(await runCase(executor, row, shell, scripts)).toEqual(expectedFacts(row))
    })
  }

  it('are sockets that a script can not open, which the source can explain', async () => {
    const { result, stdout } = await runScript(executor, 'if echo note >/dev/stderr; then echo right; else echo wrong; fi')
    expect([result.exitCode, stdout]).toEqual([0, 'wrong\n'])
    expect(result.stderr).toContain('No such device or address')
    expect(result.plainPipes).toMatch(/^no FIFO could be made \(ENOENT/)
  })

  it('are not what this process has', async () => {
    const { result } = await runScript(processExecutor(pipesFor(process.versions, true)), 'echo module=mem-logger')
    expect(result).not.toHaveProperty('plainPipes')
  })
})

describe('where no socket may read them', () => {
  const folders = () => [folder]
  const executor = processExecutor(createPipeSource(createFifoPool({ folders, mkfifo }), pollFifos))
  const scripts = fileURLToPath(new URL('../corpus/scripts', import.meta.url))

  for (const row of scriptCases) {
    it.concurrent(`the script ${row.script} gives ${row.outcome}`, async () => {
      const [shell = 'bash'] = row.shells
      expect(await runCase(executor, row, shell, scripts)).toEqual(expectedFacts(row))
    })
  }

  it.each([
    [{ node: '24.0.0', bun: '1.4.0' }, true],
    [{ node: '24.0.0', deno: '2.9.0' }, true],
    [process.versions, false]
  ])('%j has real ones', async (versions, mainThread) => {
    const { result, stdout } = await runScript(
      processExecutor(pipesFor(versions, mainThread)),
      'echo a >/dev/stdout; sleep 0.1; echo b'
    )
    expect(stdout).toBe('a\nb\n')
    expect(result).not.toHaveProperty('plainPipes')
  })

  it("a worker thread's end closes nothing of others", async () => {
    const program = await bundle(
      `
      import { closeSync, fstatSync, openSync } from 'node:fs'
      import { isMainThread, parentPort, Worker } from 'node:worker_threads'
      import { createShellExecutor } from '../../src/executor/shell-executor.ts'
      import { limits } from './run-case.ts'
      process.on('warning', ({ message }) => console.log('warning', message))
      async function inWorker() {
        const request = { path: '/dev/null', bytes: Buffer.from('echo $0'), pinned: true, interpreter: ['/bin/sh'], args: [],
          env: {}, cwd: '/', limits, onEvent() {} }
        for (let count = 0; count < 10; count++) {
          const { stdout } = await createShellExecutor().execute(request)
          if (count === 9) parentPort.postMessage(String(stdout))
        }
        setInterval(() => {}, 1000)
      }
      if (isMainThread) {
        const worker = new Worker(__filename)
        worker.on('message', async () => {
          const files = Array.from({ length: 60 }, () => openSync('/etc/hostname'))
          await worker.terminate()
          const gone = files.filter((fd) => { try { fstatSync(fd) } catch { return true } })
          console.log('closed', gone.length)
        })
      } else void inWorker()
    `,
      'cjs'
    )
    const { stdout, stderr } = spawnSync(process.execPath, [program.file], { encoding: 'utf8' })
    rmSync(program.folder, { recursive: true })
    expect([stdout, stderr]).toEqual(['closed 0\n', ''])
  })
})
