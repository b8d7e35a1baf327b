// All of it on one machine: packs the modules, serves them as a registry, starts a server that leaks, and runs the installer beside it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { packModules } from './pack-modules.js'
import { serveRegistry } from './registry.js'
import { summarizeOutput } from './summarize-output.js'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const folder = await mkdtemp(path.join(tmpdir(), 'hermes-installer-'))
const undo = [() => rm(folder, { recursive: true })]
const children = new Set()
// Whoever waits for them goes on, to the end that cleans up.
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, () => {
    for (const child of children) child.kill('SIGTERM')
  })
}

try {
  const lock = await packModules(path.join(folder, 'registry'))
  const registry = await serveRegistry(path.join(folder, 'registry'))
  undo.push(() => registry.close())
  // Any port for the inspector: 9229 may be taken on this machine.
  const server = start('', ['--inspect-port=0', here('../../memory-modules/servers/leaking.js')])
  await server.line(/leaking server/)

  const args = ['--target', server.pid, '--registry', registry.url, '--lock', lock]
  const places = ['--cache', path.join(folder, 'cache'), '--output', path.join(folder, 'output')]
  const installer = start('  ', [here('../installer.js'), ...args, ...places], {
    HERMES_SCRIPT: process.env.HERMES_SCRIPT ?? here('../load-sidecars.sh'),
    HERMES_STATIC_CONFIG: process.env.HERMES_STATIC_CONFIG ?? here('../modules.yaml')
  })
  await installer.line(/: wrote /)
  await installer.stop()
  await report(registry)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  for (const step of undo.reverse()) await step()
}

async function report(registry) {
  console.log()
  for (const file of await outputFiles(/\.(heapprofile|pb\.gz|jsonl)$/)) {
    console.log(`${path.basename(file)}: ${await summarizeOutput(file)}`)
  }
  console.log('the registry was asked for:')
  for (const request of registry.requests) console.log(`  ${request}`)
  const rest = (await packedModules()).filter((name) => !registry.requests.some((request) => request.includes(`/${name}/`)))
  console.log(`and not for ${rest.join(', ')}`)
}

function packedModules() {
  return readdir(path.join(folder, 'registry/@hermes-modules'))
}

/** The first of each module: the last one is cut short. */
async function outputFiles(pattern) {
  const root = path.join(folder, 'output')
  const modules = await readdir(root)
  const first = async (name) => (await readdir(path.join(root, name))).filter((file) => pattern.test(file)).sort()[0]
  return Promise.all(modules.map(async (name) => path.join(root, name, await first(name))))
}

/** A process whose output is shown, and that does not outlive this one. */
function start(indent, args, env = {}) {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const ended = once(child, 'close')
  const lines = [child.stdout, child.stderr].map((input) => createInterface({ input }))
  for (const reader of lines) reader.on('line', (text) => console.log(`${indent}${text}`))
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  undo.push(stop)
  return {
    pid: String(child.pid),
    stop,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        for (const reader of lines) reader.on('line', (text) => pattern.test(text) && resolve(text))
        ended.then(() => reject(new Error(`${path.basename(args.find((text) => text.endsWith('.js')))} ended`)))
      })
  }
}
