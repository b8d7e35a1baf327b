import { cappedOutput } from './capped-output.ts'
import type { Sink, Three } from './channel.ts'
import type { ScriptResult } from './script-executor.ts'
import { stderrOutput } from './stderr-output.ts'

export interface CaptureOptions {
  /** Bytes on stdout, and bytes on descriptor 3. */
  limit: number
  onOver(): void
  /** A line of stderr. */
  onLine(line: string): void
}

export interface CapturedOutput {
  sinks: Three<Sink>
  /** The script has exited and all it wrote is here: settles which channel is the answer's. */
  decide(): void
  /** The place of the answer's channel among the three. */
  readonly answer: 0 | 2
  take(): Pick<ScriptResult, 'stdout' | 'stderr' | 'descriptor3'>
}

/**
 * The answer is on stdout, or on descriptor 3 if a byte arrived there by the exit; then stdout is a log. What comes later is
 * kept for the answer and for stderr only: a daemon that inherited descriptor 3 must not turn the answer into a log.
 */
export function captureOutput({ limit, onOver, onLine }: CaptureOptions): CapturedOutput {
  const stdout = cappedOutput(limit, onOver)
  const descriptor3 = cappedOutput(limit, onOver)
  const stderr = stderrOutput(onLine)
  const answer = () => (descriptor3.length > 0 ? 2 : 0)
  return {
    sinks: [stdout, stderr, descriptor3],
    get answer() {
      return answer()
    },
    decide: () => (answer() === 2 ? stdout : descriptor3).close(),
    take() {
      stderr.end()
      return { stdout: stdout.take(), stderr: stderr.text(), descriptor3: answer() === 2 ? descriptor3.take() : undefined }
    }
  }
}
