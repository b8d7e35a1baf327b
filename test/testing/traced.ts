import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createShellExecutor, type ScriptExecutor, type ScriptRequest, type ScriptResult } from '../../src/index.ts'
import { type TraceOptions, traceExecutor } from '../../src/testing/trace/trace-executor.ts'
import type { RunTrace } from '../../src/testing/trace/trace-run.ts'
import { tempFolder } from '../temp-folder.ts'

/** The bash of this machine, and others that `HERMES_BASHES` names, between colons. */
export const bashes = ['/bin/bash', ...(process.env['HERMES_BASHES'] ?? '').split(':').filter((name) => name !== '')]

export interface Run {
  result: ScriptResult
  folder: string
  script: string
}

export interface TracedRun extends Run, RunTrace {}

export interface RunOptions extends TraceOptions {
  /** With the text that bash before 4.3 gets. */
  old?: boolean
  files?: Readonly<Record<string, string>>
  request?: Partial<ScriptRequest>
}

const limits: ScriptRequest['limits'] = { timeoutMs: 30_000, killGraceMs: 500, settleMs: 300, maxOutputBytes: 1_048_576 }

function requestOf(script: string, { files = {}, request = {} }: RunOptions, folder: string): ScriptRequest {
  const file = path.join(folder, 'load.sh')
  for (const [name, text] of Object.entries({ 'load.sh': script, ...files }))
    writeFileSync(path.join(folder, name), text, { mode: 0o755 })
  return {
    path: file,
    bytes: new TextEncoder().encode(script),
    pinned: false,
    interpreter: ['/bin/bash'],
    args: [],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HERMES_RUN_ID: `trace-${path.basename(folder)}` },
    cwd: folder,
    limits,
    onEvent() {},
    ...request
  }
}

const withOldTrap: ScriptExecutor = {
  execute(request) {
    const prelude = request.env['BASH_ENV']
    if (prelude !== undefined) writeFileSync(prelude, readFileSync(prelude, 'utf8').replaceAll('< 403', '< 999'))
    return createShellExecutor().execute(request)
  }
}

export async function runPlain(script: string, options: RunOptions = {}, folder: string = tempFolder()): Promise<Run> {
  const request = requestOf(script, options, folder)
  return { result: await createShellExecutor().execute(request), folder, script: request.path }
}

export async function runTraced(script: string, options: RunOptions = {}, folder: string = tempFolder()): Promise<TracedRun> {
  const request = requestOf(script, options, folder)
  const traced = traceExecutor(options.old ? withOldTrap : createShellExecutor(), options)
  const result = await traced.executor.execute(request)
  if (traced.run === undefined) throw new Error('there is no trace')
  return { result, folder, script: request.path, ...traced.run }
}

/** What of a result does not change from run to run. */
export function seen({ result: { stdout, descriptor3, durationMs: _, ...rest } }: Run) {
  const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('latin1')
  return { stdout: text(stdout), descriptor3: text(descriptor3), ...rest, outputHeld: rest.outputHeld === true }
}

/** `mem-logger 3`, `mem-profiler lib.sh 2`, `mem-tracer ?`. */
export function blamed({ blame, script }: TracedRun): string[] {
  return blame.map(({ module, source, line }) => {
    const file = source === undefined || source === script ? [] : [path.basename(source)]
    return [module, ...file, line ?? '?'].join(' ')
  })
}
