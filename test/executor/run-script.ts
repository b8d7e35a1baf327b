import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScriptEvent, ScriptExecutor, ScriptRequest, ScriptResult } from '../../src/executor/script-executor.ts'
import { limits } from './run-case.ts'

export interface Run {
  result: ScriptResult
  stdout: string
  events: ScriptEvent[]
}

let runs = 0

/** Runs a script given as text; what the request says goes before. */
export async function runScript(
  executor: ScriptExecutor,
  text: string | Uint8Array,
  {
    limits: own,
    onEvent,
    ...request
  }: Partial<Omit<ScriptRequest, 'limits'>> & { limits?: Partial<ScriptRequest['limits']> } = {}
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'script-'))
  const path = join(folder, 'script.sh')
  const events: ScriptEvent[] = []
  writeFileSync(path, text)
  try {
    const result = await executor.execute({
      path,
      bytes: Buffer.from(text),
      pinned: false,
      interpreter: ['/bin/sh'],
      args: [],
      env: { PATH: '/usr/bin:/bin', HERMES_RUN_ID: `run-${process.pid}-${runs++}` },
      cwd: folder,
      ...request,
      limits: { ...limits, ...own },
      onEvent(event) {
        events.push(event)
        onEvent?.(event)
      }
    })
    return { result, stdout: Buffer.from(result.stdout).toString(), events }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
