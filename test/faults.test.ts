import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { HermesError, resolveModules } from '../src/index.ts'
import { type ScriptCase, scriptCases } from './corpus/scripts/catalogue.ts'

const scripts = fileURLToPath(new URL('corpus/scripts', import.meta.url))

/** The reason of a resolution, or the code of the error. */
async function outcomeOf({ script, shells: [shell = 'bash'], args = [], limits = {}, abortAt }: ScriptCase): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'hermes-faults-'))
  const pids = path.join(folder, 'pids')
  const abort = new AbortController()
  try {
    const { reason } = await resolveModules({
      script: { path: `${scripts}/${script}.sh`, interpreter: shell, args, limits },
      env: { PATH: '/usr/bin:/bin', PIDS: pids },
      cwd: folder,
      staticConfig: false,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'script-stderr' && event.line === abortAt) abort.abort()
      }
    })
    return reason
  } catch (error) {
    if (error instanceof HermesError) return error.code
    throw error
  } finally {
    endThoseLeft(pids)
    rmSync(folder, { recursive: true })
  }
}

/** What a script may leave running wrote itself down. */
function endThoseLeft(file: string): void {
  try {
    for (const pid of readFileSync(file, 'utf8').trim().split('\n')) process.kill(Number(pid), 'SIGKILL')
  } catch {
    // Nothing was written down, or it has ended.
  }
}

// `npm run faults` prints them.
const rows: { fault: string; outcome: string; ms: number }[] = []
afterAll(() => {
  if (process.env['HERMES_FAULTS']) console.table(rows)
})

describe('what resolveModules() makes of a misbehaving script', () => {
  test.each(scriptCases.map((row) => [row.script, row.outcome, row] as const))('%s: %s', async (_, expected, row) => {
    const start = performance.now()
    const outcome = await outcomeOf(row)
    rows.push({ fault: row.script, outcome, ms: Math.round(performance.now() - start) })
    expect(outcome).toBe(expected)
  })
})
