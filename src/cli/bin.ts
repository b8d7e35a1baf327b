#!/usr/bin/env node
import { cli } from './cli.ts'
import { standardOutput } from './standard-streams.ts'

const interruption = new AbortController()
// SIGHUP: the terminal was closed; SIGQUIT: Ctrl-\. By themselves they would leave the script running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) {
  process.on(signal, () => {
    // The second time whoever asks means it: what is left is ended when this process ends.
    if (interruption.signal.aborted) process.exit(130)
    interruption.abort(new Error(signal))
  })
}

const stderr = standardOutput(2, 'is ignored')
cli(process.argv.slice(2), {
  get stdin() {
    return process.stdin
  },
  stdout: standardOutput(1, 'fails'),
  stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal
}).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.exitCode = 1
    stderr.write(`${error instanceof Error ? error.message : error}\n`)
  }
)
