import { readFileSync } from 'node:fs'
import path from 'node:path'
import { callLog } from './stub-shim.ts'

/** One line of the log: a call that was started. */
export interface LoggedCall {
  /** Index of the stub, or the name of a tool that is refused. */
  command: string
  /** Its name in the spool, which begins with the pid. */
  unique: string
  argCount: number
  /** Of stdin: `p` is its own, `s` shared, `-` neither pipe nor file. */
  stdin: string
}

/** The calls of a run, in the order of their start. */
export function readLog(spool: string): LoggedCall[] {
  return readSpool(spool, callLog)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [command = '', unique = '', argCount, stdin = '-'] = line.split(' ')
      return { command, unique, argCount: Number(argCount), stdin }
    })
}

/** The arguments of a call; without any, `printf` leaves an empty one. */
export function readArgs(spool: string, { unique, argCount }: Pick<LoggedCall, 'unique' | 'argCount'>): string[] {
  return readSpool(spool, `${unique}.args`).split('\0').slice(0, argCount)
}

/** What a call read of its stdin. */
export function readStdin(spool: string, { unique }: Pick<LoggedCall, 'unique'>): string {
  return readSpool(spool, `${unique}.stdin`)
}

/** The environment that a process was started with; empty where the system does not show it. */
export function readEnvironment(pid: number): Record<string, string> {
  const env: Record<string, string> = Object.create(null)
  for (const entry of readText(`/proc/${pid}/environ`).split('\0')) {
    const equals = entry.indexOf('=')
    if (equals > 0) env[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  return env
}

function readSpool(spool: string, name: string): string {
  return readText(path.join(spool, name))
}

/** Empty where there is none: a call that was killed leaves less than others. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
