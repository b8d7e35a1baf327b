import { spawn } from 'node:child_process'
import type { CommandIo } from '../io.ts'

/** How a tool ended: its answer, or why there is none. */
export type ToolResult = { output: string; exitCode: number } | { output?: undefined; missing: boolean; why: string }

/** What of a tool is wanted. */
export interface ToolRun {
  argv: readonly string[]
  /** For its stdin; without it stdin is empty. */
  input?: string
  /** The stream that has its answer; the other is thrown away. */
  answer: 'stdout' | 'stderr'
  /** Of its messages; C.UTF-8 where it prints what it reads. */
  locale: 'C' | 'C.UTF-8'
}

const timeoutMs = 10_000
const maxOutputBytes = 4 * 1024 * 1024

/** What `execvp` uses where there is no `PATH`. */
const defaultPath = '/bin:/usr/bin'

/**
 * Runs a tool over a text that it does not execute: `PATH` and a locale are all of its environment, time and output are bounded.
 *
 * @throws the signal's reason where it is aborted, after the tool was ended
 */
export async function runTool({ argv, input, answer, locale }: ToolRun, { env, cwd, signal }: CommandIo): Promise<ToolResult> {
  signal.throwIfAborted()
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    cwd,
    env: { PATH: env['PATH'] ?? defaultPath, LC_ALL: locale },
    stdio: [
      input === undefined ? 'ignore' : 'pipe',
      answer === 'stdout' ? 'pipe' : 'ignore',
      answer === 'stderr' ? 'pipe' : 'ignore'
    ]
  })
  const stream = answer === 'stdout' ? child.stdout : child.stderr
  const chunks: Buffer[] = []
  let size = 0
  let stopped: string | undefined
  const stop = (why: string) => {
    stopped ??= why
    child.kill('SIGKILL')
    stream?.destroy()
  }
  const timer = setTimeout(stop, timeoutMs, `it did not end within ${timeoutMs / 1000} s`)
  const onAbort = () => stop('it was interrupted')
  signal.addEventListener('abort', onAbort)
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxOutputBytes) stop(`it printed more than ${maxOutputBytes} bytes`)
    else chunks.push(chunk)
  })
  // A tool that ends before it has read everything.
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  const result = await new Promise<ToolResult>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ missing: error.code === 'ENOENT' || error.code === 'EACCES', why: error.message })
    })
    child.on('close', (exitCode, signalCode) => {
      if (stopped !== undefined || exitCode === null) resolve({ missing: false, why: stopped ?? `it was ended by ${signalCode}` })
      else resolve({ output: Buffer.concat(chunks).toString(), exitCode })
    })
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', onAbort)
  signal.throwIfAborted()
  return result
}
