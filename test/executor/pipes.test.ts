import { spawnSync } from 'node:child_process'
import { fstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFifoPool } from '../../src/executor/fifo-pool.ts'
import { closeAll } from '../../src/executor/fifo-set.ts'
import { createPipeSource, pipesFor, whyPlainPipes } from '../../src/executor/pipes.ts'
import { shellExecutor } from '../../src/executor/shell-executor.ts'
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
    const descriptors = sets.flatMap((set) => (set ? [...set.readers, ...set.writers] : []))
    expect(new Set(descriptors).size).toBe(120)
    expect(descriptors.every((fd) => fstatSync(fd).isFIFO())).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    expect(pool.problem).toBeUndefined()
    closeAll(descriptors)
  })

  it('takes the first folder that will do', async () => {
    const pool = createFifoPool({ folders: () => ['/no/such/folder', '/proc', folder], mkfifo })
    const set = await pool.take()
    expect(pool.problem).toBeUndefined()
    closeAll([...(set?.readers ?? []), ...(set?.writers ?? [])])
  })

  it.each([
    ['has no mkfifo', [tmpdir()], undefined, 'there is no mkfifo'],
    ['has no folder', ['/no/such/folder', '/proc'], '/usr/bin/mkfifo', /^no FIFO could be made \(ENOENT: .*; E\w+: .*\)$/],
    ['has an mkfifo that fails', [tmpdir()], '/bin/false', 'no FIFO could be made (/bin/false ended with 1)'],
    ['has an mkfifo that makes nothing', [tmpdir()], '/bin/true', /^no FIFO could be made \(ENOENT: .*\)$/],
    ['has an mkfifo that is not there', [tmpdir()], '/no/such/mkfifo', 'no FIFO could be made (spawn /no/such/mkfifo ENOENT)']
  ])('says why it %s', async (_what, folders, program, problem) => {
    const pool = createFifoPool({ folders: () => folders, mkfifo: () => program })
    expect(await pool.take()).toBeUndefined()
    expect(pool.problem).toMatch(problem)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('hermes-'))).toEqual([])
  })

  it('tries again, and no longer complains when it can', async () => {
    const folders = ['/no/such/folder']
    const pool = createFifoPool({ folders: () => folders, mkfifo })
    expect(await pool.take()).toBeUndefined()
    folders.push(folder)
    const set = await pool.take()
    expect(pool.problem).toBeUndefined()
    closeAll([...(set?.readers ?? []), ...(set?.writers ?? [])])
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

describe('plain pipes', () => {
  const source = createPipeSource(createFifoPool({ folders: () => ['/no/such/folder'], mkfifo }))
  const executor = shellExecutor(source)
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
    expect(source.problem).toMatch(/^no FIFO could be made \(ENOENT/)
  })

  it('are what Bun and Deno have', async () => {
    const bun = pipesFor({ node: '24.0.0', bun: '1.4.0' })
    bun.answered()
    const { stdout } = await runScript(shellExecutor(bun), 'echo module=mem-logger; echo note >&2')
    expect([stdout, bun.problem]).toEqual(['module=mem-logger\n', "Bun can't read a FIFO"])
    expect(pipesFor({ node: '24.0.0', deno: '2.9.0' }).problem).toBe("Deno can't read a FIFO")
  })

  it('are not what this process has', () => {
    expect(whyPlainPipes()).toBeUndefined()
  })
})
