import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createShellExecutor } from '../../src/executor/shell-executor.ts'
import { scriptCases } from '../corpus/scripts/catalogue.ts'
import type { DriverReport } from './corpus-driver.ts'
import { expectedFacts, runCase } from './run-case.ts'

const scripts = fileURLToPath(new URL('../corpus/scripts', import.meta.url))
const warnings: Error[] = []
const onWarning = (warning: Error) => warnings.push(warning)

beforeAll(() => {
  process.on('warning', onWarning)
})
afterAll(() => {
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})

describe('the scripts of the corpus', () => {
  const executor = createShellExecutor()
  for (const row of scriptCases) {
    const how = `${row.abortAt === undefined ? '' : ', aborted'} gives ${row.outcome}`
    it.concurrent.each(row.shells)(`${row.script} under %s${how}`, async (shell) => {
      expect(await runCase(executor, row, shell, scripts)).toEqual(expectedFacts(row))
    })
  }
})

/** A process of its own, so that descriptors, timers, listeners and warnings are the executor's alone. */
describe('all of them in one process', () => {
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'driver-'))
    chmodSync(folder, 0o755)
    cpSync(scripts, join(folder, 'scripts'), { recursive: true })
    const entry = fileURLToPath(new URL('corpus-driver.ts', import.meta.url))
    await build({
      entryPoints: [entry],
      outfile: join(folder, 'driver.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error'
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const nobody = { uid: 65534, gid: 65534 }
  const users = process.getuid?.() === 0 ? { root: {}, 'an unprivileged user': nobody } : { 'an unprivileged user': {} }
  for (const [user, ids] of Object.entries(users)) {
    it(`as ${user}: right, and nothing is left`, async () => {
      const report = await drive(ids)
      expect(report.wrong).toEqual([])
      expect(report).toEqual({
        wrong: [],
        runs: scriptCases.reduce((sum, { shells }) => sum + shells.length, 0),
        descriptors: 0,
        pooled: expect.any(Number),
        resources: [],
        listeners: 0,
        warnings: []
      })
      // What is made ahead: nine descriptors a set.
      expect(report.pooled % 9).toBe(0)
      expect(report.pooled).toBeLessThanOrEqual(24 * 9)
    })
  }

  async function drive(ids: { uid?: number; gid?: number }): Promise<DriverReport> {
    const driver = spawn(process.execPath, [join(folder, 'driver.mjs'), join(folder, 'scripts')], {
      ...ids,
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const chunks: Buffer[] = []
    for await (const chunk of driver.stdout) chunks.push(chunk as Buffer)
    return JSON.parse(Buffer.concat(chunks).toString()) as DriverReport
  }
})
