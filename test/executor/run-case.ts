import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ScriptEvent, ScriptExecutor, ScriptRequest } from '../../src/executor/script-executor.ts'
import type { ScriptCase, Shell } from '../corpus/scripts/catalogue.ts'

/** And one that says that there are more. */
const mostLines = 10_000

/** What is compared: of the result, of the events and of what still runs. */
export interface Facts {
  exitCode: number | undefined
  signalCode: string | undefined
  ended: string | undefined
  held: true | undefined
  stdout: string | null
  descriptor3: string | null | undefined
  stderr: string | undefined
  /** Whether the `stderr` events, joined, say what the result says, or are as many as are told. */
  lines: boolean
  killed: string | undefined
  left: number
  /** Processes of the run that are there and should not be. */
  survivors: string[]
}

export const limits = { timeoutMs: 30_000, killGraceMs: 2_000, settleMs: 500, maxOutputBytes: 1_048_576 }

export function interpreterOf(shell: Shell): string[] {
  return shell.split(' ')
}

export function expectedFacts({
  exitCode,
  signalCode,
  ended,
  held,
  stdout,
  descriptor3,
  killed,
  left = 0,
  ...rest
}: ScriptCase): Facts {
  const stderr = rest.stderr ?? rest.stderrEnd
  return { exitCode, signalCode, ended, held, stdout, descriptor3, stderr, lines: true, killed, left, survivors: [] }
}

let runs = 0

/** Runs one row of the catalogue, and ends what it is allowed to leave running. */
export async function runCase(executor: ScriptExecutor, row: ScriptCase, shell: Shell, scripts: string): Promise<Facts> {
  const folder = mkdtempSync(join(tmpdir(), 'case-'))
  const pids = join(folder, 'pids')
  const runId = `case-${process.pid}-${runs++}`
  const events: ScriptEvent[] = []
  const abort = new AbortController()
  const request: ScriptRequest = {
    path: join(scripts, `${row.script}.sh`),
    bytes: readFileSync(join(scripts, `${row.script}.sh`)),
    pinned: false,
    interpreter: interpreterOf(shell),
    args: row.args ?? [],
    env: { PATH: '/usr/bin:/bin', PIDS: pids, HERMES_PROTOCOL: '1', HERMES_RUN_ID: runId },
    cwd: folder,
    limits: { ...limits, ...row.limits },
    signal: abort.signal,
    onEvent(event) {
      events.push(event)
      if (event.type === 'stderr' && event.line === row.abortAt) abort.abort()
    }
  }
  const result = await executor.execute(request)
  const stdout = text(result.stdout)
  const descriptor3 = result.descriptor3 && text(result.descriptor3)
  const lines = events.flatMap((event) => (event.type === 'stderr' ? [event.line] : []))
  const written = writtenDown(pids)
  await settled(() => alive(written).length === (row.left ?? 0))
  const left = alive(written)
  for (const pid of left) process.kill(pid, 'SIGKILL')
  const started = events.find((event) => event.type === 'started')
  const own = () => (started ? ofRun(started.pid, runId) : ['nothing was started'])
  await settled(() => own().length === 0)
  const survivors = own()
  rmSync(folder, { recursive: true })
  return {
    exitCode: result.exitCode,
    signalCode: result.signalCode,
    ended: result.ended,
    held: result.outputHeld || undefined,
    stdout: row.stdout === null ? null : stdout,
    descriptor3: row.descriptor3 === null && descriptor3 ? null : descriptor3,
    stderr: stderrFact(row, result.stderr),
    lines: lines.length === mostLines + 1 || lines.join('').endsWith(result.stderr.replaceAll(/\r?\n/g, '')),
    killed: events.flatMap((event) => (event.type === 'killed' ? [event.why] : []))[0],
    left: left.length,
    survivors
  }
}

function stderrFact({ stderr, stderrEnd }: ScriptCase, said: string): string | undefined {
  if (stderr !== undefined) return said
  return stderrEnd === undefined || !said.endsWith(stderrEnd) ? stderrEnd && said : stderrEnd
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function writtenDown(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').map(Number)
  } catch {
    return []
  }
}

/** Not an assertion about time: a process that was sent SIGPIPE or SIGKILL needs a moment to go. */
async function settled(done: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !done(); tries++) await sleep(10)
}

export function alive(pids: readonly number[]): number[] {
  return pids.filter((pid) => !['', 'Z', 'X'].includes(stateOf(pid)[0] ?? ''))
}

/** Everything after the name: state, parent, group, session … */
function stateOf(pid: number | string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Found another way than the code under test does: every process of the machine is looked at. */
function ofRun(script: number, runId: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    const [state = '', , group, session] = stateOf(pid)
    if (['', 'Z', 'X'].includes(state)) return false
    return Number(group) === script || Number(session) === script || environment(pid).includes(`HERMES_RUN_ID=${runId}`)
  })
}

function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}
