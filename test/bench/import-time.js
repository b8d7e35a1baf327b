// What an import costs: a fresh Node for each, interleaved, medians, as ratios to a Node that imports nothing.
// Run: npm run build && node test/bench/import-time.js [rounds]
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 30)
const root = fileURLToPath(new URL('../..', import.meta.url))
const programs = {
  // Not an empty text, for which Node does not even start its module loader.
  'empty Node': '0',
  'an empty file': "await import('data:text/javascript,')",
  'node:crypto': "await import('node:crypto')",
  'what dist/index.js imports of Node':
    "await Promise.all(['fs', 'path', 'url', 'util', 'crypto'].map((name) => import('node:' + name)))",
  'dist/index.js': "await import('./dist/index.js')",
  'dist/core.js': "await import('./dist/core.js')",
  tinyexec: "await import('tinyexec')",
  'shell-quote': "await import('shell-quote')",
  yaml: "await import('yaml')",
  zod: "await import('zod')",
  'dist/index.js, all loaded':
    "await import('./dist/index.js'); await Promise.all(['tinyexec', 'shell-quote', 'yaml', 'zod'].map((name) => import(name)))"
}

const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]))
for (let round = 0; round < rounds + 1; round++) {
  for (const [name, program] of Object.entries(programs)) {
    const from = process.hrtime.bigint()
    const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, stdio: 'ignore' })
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    // The first round warms the caches of the file system.
    if (round > 0) times[name].push(Number(process.hrtime.bigint() - from))
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const base = median(times['empty Node'])
for (const [name, values] of Object.entries(times)) console.log(`${(median(values) / base).toFixed(2)}  ${name}`)
