import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import type { x } from 'tinyexec'
import type { Pipes } from './pipes.ts'
import type { ScriptRequest } from './script-executor.ts'

/** A process that was started, and so has a pid. */
export type Started = ChildProcess & { pid: number }

/**
 * Starts the process as leader of a session and a group of its own, with nothing on stdin and exactly the environment of
 * the request.
 *
 * @throws the system's error; one about a program that can't be run has the interpreter's word as its `path`
 */
export async function startScript(
  spawn: typeof x,
  words: readonly string[],
  pipes: Pipes,
  request: ScriptRequest
): Promise<Started> {
  try {
    const [file = '', ...args] = words
    // Only the process is taken: the rest of what `x` gives is a promise that nobody will ask.
    const child = spawn(file, args, {
      nodePath: false,
      throwOnError: false,
      nodeOptions: {
        cwd: request.cwd,
        env: closedEnvironment(request.env),
        // An empty pipe instead of nothing makes `bash -c` read ~/.bashrc.
        stdio: ['ignore', ...pipes.stdio],
        detached: true
      }
    }).process as ChildProcess
    // Some failures are thrown (E2BIG), some told (EAGAIN).
    if (child.pid === undefined) throw (await once(child, 'error'))[0]
    child.on('error', () => {})
    return child as Started
  } catch (error) {
    pipes.discard()
    throw blame(error as NodeJS.ErrnoException, request)
  }
}

/** tinyexec lays the environment over this process's: what is not to be inherited has to be named. */
function closedEnvironment(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const closed: Record<string, string | undefined> = {}
  for (const name of Object.keys(process.env)) closed[name] = undefined
  return Object.assign(closed, env)
}

/** A working folder that is gone fails exactly as a missing program does, with the program's name in the error. */
function blame(error: NodeJS.ErrnoException, { cwd, interpreter }: ScriptRequest): NodeJS.ErrnoException {
  if (error.code !== 'ENOENT' && error.code !== 'EACCES') return error
  try {
    accessSync(`${cwd}/.`, constants.X_OK)
    return Object.assign(error, { path: interpreter[0] })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return Object.assign(new Error(`${code}: the working folder '${cwd}' can't be entered`, { cause }), { code, path: cwd })
  }
}
