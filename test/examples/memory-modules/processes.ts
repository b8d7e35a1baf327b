import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const examples = fileURLToPath(new URL('../../../examples/memory-modules', import.meta.url))

// The tests of a file run at once: what one of them starts and makes goes at the end of the file.
const running = new Set<Running>()
const folders = new Set<string>()
afterAll(async () => {
  for (const one of running) one.kill('SIGKILL')
  await Promise.all(Array.from(running, ({ ended }) => ended))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export function outputFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hermes-test-'))
  folders.add(folder)
  return folder
}

/** A real process, what it printed so far, and its end. It does not outlive its file of tests. */
export class Running {
  readonly pid: number
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  text = ''
  #hasEnded = false
  readonly #child: ChildProcess
  readonly #changed: (() => void)[] = []

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.pid = this.#child.pid ?? 0
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.text += text
        this.#tell()
      })
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true
        resolve({ code, signal })
        this.#tell()
      })
    })
    running.add(this)
  }

  #tell() {
    for (const look of this.#changed.splice(0)) look()
  }

  /** Waits for a text; fails where the process ends without it. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text)
      if (found) return found
      if (this.#hasEnded) throw new Error(`it ended without ${pattern}, and printed:\n${this.text}`)
      await new Promise<void>((resolve) => this.#changed.push(resolve))
    }
  }

  kill(signal: NodeJS.Signals) {
    if (!this.#hasEnded) this.#child.kill(signal)
  }
}

export interface ModuleOptions {
  output: string
  target?: string | number
  settings?: Readonly<Record<string, unknown>> | string
  env?: Readonly<Record<string, string>>
  /** What starts it: a command in front of `node`. */
  through?: readonly string[]
}

export function startModule(name: string, { output, target, settings, env, through = [] }: ModuleOptions): Running {
  const [command = '', ...args] = [
    ...through,
    process.execPath,
    path.join(examples, name, `${name}.js`),
    ...(target === undefined ? [] : ['--target', String(target)])
  ]
  return new Running(command, args, {
    env: {
      PATH: process.env['PATH'],
      HERMES_OUTPUT: output,
      ...(settings !== undefined && {
        HERMES_MODULE_SETTINGS: typeof settings === 'string' ? settings : JSON.stringify(settings)
      }),
      ...env
    }
  })
}

/** A server of the examples. It has an inspector port of its own, so that tests can run at once. */
export async function startServer(kind: 'leaking' | 'healthy', { port, tag = '' }: { port?: number; tag?: string } = {}) {
  const inspectorPort = port ?? (await freePort())
  const args = [`--inspect-port=${inspectorPort}`, '--max-semi-space-size=1', path.join(examples, 'servers', `${kind}.js`), tag]
  const server = new Running(process.execPath, args)
  const [, answersAt = ''] = await server.until(/port (\d+)/)
  return { server, pid: server.pid, inspectorPort, url: `http://127.0.0.1:${answersAt}/` }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Whether something listens there. */
export async function isOpen(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/json/version`).then(
    () => true,
    () => false
  )
}

/** Waits for what no process tells. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25))
}
