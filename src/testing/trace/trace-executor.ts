import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ScriptExecutor, ScriptRequest, ScriptResult } from '../../index.ts'
import { quoted } from '../shell/quoted.ts'
import { preludeText } from './trace-prelude.ts'
import { stripRecords } from './trace-records.ts'
import { type RunTrace, readTrace, type SourceName, untraced } from './trace-run.ts'
import { whyUntraceable } from './traceable.ts'

export interface TraceOptions {
  /** Keys that directives may have beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
  /** Where the text of a file, by its absolute path, really stands: a script out of a ConfigMap. @default none */
  sources?: ReadonlyMap<string, SourceName> | undefined
  /** A folder in which the script can read and write files of the trace. @default os.tmpdir() */
  folder?: string | undefined
}

export interface TracingExecutor {
  executor: ScriptExecutor
  /** Of the run that ended last. */
  readonly run: RunTrace | undefined
}

/**
 * An executor that also tells which command printed what, and which commands ran, where bash runs the script. What it reports
 * of a run is what `inner` would have reported without it. One at a time: each run replaces the last one's trace.
 *
 * What a script itself can still see of it: `T` in `$-`, functrace in `set -o` and `SHELLOPTS`, two functions whose names begin
 * with `__hermes_` in `declare -F` and `set`, and time. What it starts sees nothing.
 */
export function traceExecutor(inner: ScriptExecutor, options: TraceOptions = {}): TracingExecutor {
  let run: RunTrace | undefined
  return {
    get run() {
      return run
    },
    executor: {
      async execute(request) {
        run = undefined
        const why = whyUntraceable(request)
        if (why !== undefined) {
          run = untraced(why)
          return inner.execute(request)
        }
        const traced = await executeTraced(inner, request, options)
        run = traced.run
        return traced.result
      }
    }
  }
}

/** Bytes of records for a millisecond of the time limit: the trap takes about 0.3 ms, and may take a quarter of the time. */
const bytesPerMs = 125
const mostBytes = 64 * 1024 * 1024
/** Room for records that are written until it is seen that there are too many. */
const slackBytes = 16 * 1024 * 1024
const largestLimit = 2 ** 31 - 1
const watchMs = 50

async function executeTraced(
  inner: ScriptExecutor,
  request: ScriptRequest,
  { keys = [], sources = new Map(), folder: parent = tmpdir() }: TraceOptions
): Promise<{ result: ScriptResult; run: RunTrace }> {
  const folder = await mkdtemp(path.join(parent, 'hermes-trace-'))
  const nonce = randomBytes(12).toString('hex')
  const [prelude, hits, used, stop] = ['prelude', 'hits', 'used', 'stop'].map((name) => path.join(folder, name)) as Four
  const { limits } = request
  const enough = Math.min(mostBytes, limits.timeoutMs * bytesPerMs)
  const maxOutputBytes = Math.min(largestLimit, limits.maxOutputBytes + enough + slackBytes)
  const watch = setInterval(() => {
    if (sizeOf(hits) > enough) writeFileSync(stop, '')
  }, watchMs)
  try {
    await writeFile(prelude, preludeText({ nonce, hits: quoted(hits), used: quoted(used), stop: quoted(stop) }))
    const result = await inner.execute({
      ...request,
      env: { ...request.env, BASH_ENV: prelude },
      limits: { ...limits, maxOutputBytes }
    })
    return withoutRecords(result, { request, nonce, keys, sources, hits: bytesOf(hits) })
  } finally {
    clearInterval(watch)
    await rm(folder, { recursive: true, force: true })
  }
}

type Four = [string, string, string, string]

interface TracedOutput {
  request: ScriptRequest
  nonce: string
  keys: readonly string[]
  sources: ReadonlyMap<string, SourceName>
  hits: Uint8Array
}

function withoutRecords(result: ScriptResult, { request, nonce, keys, sources, hits }: TracedOutput) {
  const stdout = stripRecords(result.stdout, nonce)
  const third = result.descriptor3 && stripRecords(result.descriptor3, nonce)
  // Descriptor 3 on which nothing but records came would not be there without them.
  const descriptor3 = third?.bytes.length ? third.bytes : undefined
  const isOver = Math.max(stdout.bytes.length, descriptor3?.length ?? 0) > request.limits.maxOutputBytes
  const answer = descriptor3 && third ? third : stdout
  return {
    result: { ...result, stdout: stdout.bytes, descriptor3, ended: result.ended ?? (isOver ? 'output-limit' : undefined) },
    run: readTrace({
      request,
      records: stripRecords(hits, nonce).records,
      answer: answer.bytes,
      placed: answer.records,
      isHeld: result.outputHeld === true,
      keys,
      sources
    })
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Absent where the trap never ran. */
function bytesOf(file: string): Uint8Array {
  return sizeOf(file) === 0 ? new Uint8Array() : readFileSync(file)
}
