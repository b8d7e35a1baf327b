import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const scripts = {
  'three lines, /bin/sh': ['/bin/sh', 'echo module=mem-logger\necho module=mem-tracer\necho note >&2\n'],
  'the same, bash': ['/bin/bash', 'echo module=mem-logger\necho module=mem-tracer\necho note >&2\n']
}

/** What anybody would write first: pipes, and the end of the output. */
function bareSpawn(interpreter, path) {
  return new Promise((resolve, reject) => {
    const child = spawn(interpreter, [path], { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.resume()
    child.once('error', reject)
    child.once('close', () => resolve(Buffer.concat(chunks)))
  })
}

async function timed(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

/**
 * One run of a script over a bare `spawn` with pipes of the same, in a process that runs scripts repeatedly: interleaved in
 * blocks, so that both see the same machine, and so that pipes made ahead are paid for in the block that used them.
 */
export async function benchExecutor(executor, { rounds = 40, block = 12 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const limits = { timeoutMs: 30_000, killGraceMs: 2_000, settleMs: 500, maxOutputBytes: 1_048_576 }
  const rows = []
  try {
    for (const [name, [interpreter, text]] of Object.entries(scripts)) {
      const path = join(folder, 'script.sh')
      writeFileSync(path, text)
      const bytes = Buffer.from(text)
      const request = {
        path,
        bytes,
        pinned: false,
        interpreter: [interpreter],
        args: [],
        env: {},
        cwd: folder,
        limits,
        onEvent() {}
      }
      const ours = () => executor.execute(request)
      const bare = () => bareSpawn(interpreter, path)
      const many = async (run) => {
        for (let count = 0; count < block; count++) await run()
      }
      await many(ours)
      await many(bare)
      const ratios = []
      for (let round = 0; round < rounds; round++) {
        const swapped = round % 2 === 1
        const first = await timed(() => many(swapped ? ours : bare))
        const second = await timed(() => many(swapped ? bare : ours))
        ratios.push(swapped ? first / second : second / first)
      }
      rows.push({ name: `a run over a bare spawn with pipes: ${name}`, ratio: median(ratios), goal: 1.3 })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return rows
}
