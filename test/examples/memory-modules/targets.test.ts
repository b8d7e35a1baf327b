import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePort, isOpen, outputFolder, Running, startModule, startServer } from './processes.ts'

const isRoot = process.getuid?.() === 0
const waits = 'setInterval(() => {}, 1000); console.log("runs")'

interface Wrong {
  start: () => Promise<Running>
  says: RegExp
}

/** Another user's: one that we start, or the first process of the machine. */
async function othersProcess(): Promise<{ pid: number; running?: Running }> {
  if (!isRoot) return { pid: 1 }
  const running = await nodeThatWaits([], { uid: 65_534, gid: 65_534 })
  return { pid: running.pid, running }
}

async function nodeThatWaits(flags: readonly string[], options = {}, script = waits): Promise<Running> {
  const running = new Running(process.execPath, [...flags, '-e', script], { cwd: '/', ...options })
  await running.until(/runs/)
  return running
}

const wrong: Record<string, Wrong> = {
  'what is no Node.js': {
    start: async () => new Running('sleep', ['1000']),
    says: /process \d+ \(sleep\) is not Node\.js: SIGUSR1 would kill it; it got no signal\n$/
  },
  'Node.js that does not handle the signal': {
    start: () => nodeThatWaits([], {}, `process.on('SIGUSR1', () => {}); process.removeAllListeners('SIGUSR1'); ${waits}`),
    says: /process \d+ \(node.*\) does not handle SIGUSR1: the signal would kill it, or do nothing; it got no signal\n$/
  }
}

it.concurrent('refuses a wrong target, which goes on unharmed', async () => {
  await Promise.all(
    Object.values(wrong).map(async ({ start, says }) => {
      const target = await start()
      const module = startModule('mem-profiler', { output: outputFolder(), target: target.pid })
      expect(await module.ended).toEqual({ code: 3, signal: null })
      expect(module.text).toMatch(says)
      expect(target.text).not.toContain('Debugger')
      expect(isRunning(target.pid)).toBe(true)
    })
  )
})

it.concurrent("refuses another user's process, also as root", async () => {
  const { pid, running } = await othersProcess()
  const module = startModule('mem-tracer', { output: outputFolder(), target: pid })
  expect((await module.ended).code).toBe(3)
  expect(module.text).toMatch(/runs as user \d+, and this module as user \d+: give both the same runAsUser; it got no signal\n$/)
  expect(isRunning(pid)).toBe(true)
  expect(running?.text ?? '').not.toContain('Debugger')
})

// Only root can have capabilities to lack; for others the first process is another user's, and says that first.
it.concurrent('sends no signal where it may not look at the executable', async () => {
  const target = isRoot ? (await nodeThatWaits([])).pid : 1
  const through = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []
  const module = startModule('mem-profiler', { output: outputFolder(), target, through })
  expect((await module.ended).code).toBe(3)
  expect(module.text).toMatch(
    isRoot
      ? /may not be looked at: its \/proc\/PID\/exe can't be read, because it has capabilities that this module lacks; it got no signal\n$/
      : /give both the same runAsUser; it got no signal\n$/
  )
  expect(isRunning(target)).toBe(true)
})

it.concurrent('says that a process does not exist', async () => {
  const gone = new Running('true', [])
  await gone.ended
  const module = startModule('mem-logger', { output: outputFolder(), target: gone.pid })
  expect((await module.ended).code).toBe(3)
  expect(module.text).toBe(`mem-logger: there is no process ${gone.pid}\n`)
})

it.concurrent('names the processes between which it can not choose', async () => {
  const tag = `tag-two-${process.pid}`
  const first = await startServer('healthy', { tag })
  const second = await startServer('healthy', { tag })
  const module = startModule('leak-detector', { output: outputFolder(), target: tag })
  expect((await module.ended).code).toBe(3)
  const both = [first.pid, second.pid].sort((a, b) => a - b).map((pid) => `process ${pid} (node healthy.js)`)
  expect(module.text).toContain(`may be ${both.join(', ')}: name one with target\n`)
})

it.concurrent('sends no signal where the port is taken: it would talk to another process', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { server, pid, url } = await startServer('healthy', { port })
  const module = startModule('mem-profiler', { output: outputFolder(), target: pid })
  expect((await module.ended).code).toBe(3)
  expect(module.text).toContain(
    `port ${port} belongs to another process than process ${pid} (node healthy.js): its inspector can not be opened; it got no signal\n`
  )
  expect(server.text).not.toContain('inspector')
  expect((await fetch(url)).status).toBe(200)
  other.close()
})

it.concurrent('finds the inspector on whichever port it opens, and closes it', async () => {
  const target = await nodeThatWaits(['--inspect-port=0'])
  const module = startModule('mem-tracer', { output: outputFolder(), target: target.pid, settings: { windowSeconds: 1 } })
  await module.until(/wrote /)
  const [, port] = await target.until(/ws:\/\/127\.0\.0\.1:(\d+)/)
  expect(await isOpen(Number(port))).toBe(true)
  module.kill('SIGTERM')
  expect((await module.ended).code).toBe(0)
  expect(await isOpen(Number(port))).toBe(false)
})

it.concurrent('takes a target that becomes Node.js after it was found', async () => {
  const tag = `tag-exec-${process.pid}`
  const port = await freePort()
  const module = startModule('mem-profiler', { output: outputFolder(), target: tag, settings: { durationSeconds: 1 } })
  await module.until(/waiting for/)
  const script = `sleep 1; exec "$0" --inspect-port=${port} -e '${waits}' ${tag}`
  new Running('sh', ['-c', script, process.execPath, tag])
  await module.until(/wrote /)
  module.kill('SIGTERM')
  expect((await module.ended).code).toBe(0)
  expect(await isOpen(port)).toBe(false)
})

function isRunning(pid: number): boolean {
  return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
