import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { tempFolder } from '../temp-folder.ts'

/** What a step said. */
interface StepResult {
  won?: boolean
  step?: string
  code?: string
  message?: string
  cause?: string
  ours?: boolean
}

interface Step {
  child: ChildProcess
  ready: Promise<unknown>
  /** What it said; nothing where it was killed before. */
  result: Promise<StepResult | undefined>
}

export type StartStep = (command: string, args: readonly string[], given?: StepOptions) => Step

interface StepOptions {
  /** Its user, and its only group. */
  uid?: number
  env?: Readonly<Record<string, string>>
}

/** Bundles the step program for one test: a function that starts it as a process. */
export async function stepProgram(): Promise<StartStep> {
  const program = path.join(tempFolder(), 'step.cjs')
  await build({
    entryPoints: [path.join(import.meta.dirname, 'step.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error'
  })
  return (command, args, { uid, env = {} } = {}) => {
    const child = spawn(process.execPath, [program, command, ...args], {
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(uid !== undefined && { uid, gid: uid })
    })
    const said: unknown[] = []
    let isReady = () => {}
    const ready = new Promise<void>((resolve) => {
      isReady = resolve
    })
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      said.push(JSON.parse(line))
      isReady()
    })
    // Killed early, it never says so.
    lines.on('close', isReady)
    const result = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => said[1] as StepResult | undefined)
    return { child, ready, result }
  }
}
