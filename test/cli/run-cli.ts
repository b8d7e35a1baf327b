import { cli } from '../../src/cli/cli.ts'
import type { CommandIo } from '../../src/cli/io.ts'
import { tempFolder } from '../temp-folder.ts'

/** What a call of the command did. */
export interface CliRun {
  code: number
  stdout: string
  stderr: string
}

/** Surroundings of a call that differ from a pipe in an empty folder. */
export interface Surroundings {
  env?: CommandIo['env']
  cwd?: string
  stdin?: string | Uint8Array
  /** stdout and stderr are a terminal of 80 columns. */
  terminal?: boolean
  signal?: AbortSignal
}

/** Calls the command in this process. Without `env` it gets PATH alone. */
export async function runCli(argv: readonly string[], surroundings: Surroundings = {}): Promise<CliRun> {
  const { env, cwd, stdin = '', terminal = false, signal = new AbortController().signal } = surroundings
  const written = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: terminal,
    columns: 80,
    write(text: string) {
      written[name] += text
    }
  })
  const io: CommandIo = {
    stdin: (async function* () {
      yield Buffer.from(stdin)
    })(),
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: { PATH: process.env['PATH'], ...env },
    cwd: cwd ?? tempFolder(),
    signal
  }
  return { code: await cli(argv, io), ...written }
}
