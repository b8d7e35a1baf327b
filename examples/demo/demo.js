// The main job: the ConfigMap's loader script decides in each environment; without a script the static configuration does.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import { formatDiagnostics, parseConfigMap, resolveModules } from 'hermes-memory-installer'

const colours = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (style, text) => (colours ? styleText(style, text) : text)
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

const manifest = here('hermes-module-loader.yaml')
const { entries } = await parseConfigMap(await readFile(manifest), { source: manifest })
const [{ name, key, text }] = entries

// As the kubelet mounts it: a file of mode 0644, not executable.
const mount = await mkdtemp(path.join(tmpdir(), 'hermes-demo-'))
const script = path.join(mount, key)
await writeFile(script, text, { mode: 0o644 })

console.log(`${paint('bold', 'hermes-memory-installer')}: which memory modules to load, decided at start-up\n`)
console.log(`  script  ${key}, from ConfigMap ${name}`)
console.log(`  static  ${path.relative(process.cwd(), here('modules.yaml'))}\n`)
try {
  await show('CLUSTER_ENV=production', { script, env: { CLUSTER_ENV: 'production' } })
  await show('CLUSTER_ENV=staging', { script, env: { CLUSTER_ENV: 'staging' } })
  await show('CLUSTER_ENV unset', { script, env: {} })
  await show('no script mounted', { script: path.join(mount, 'not-there.sh'), env: {} })
} finally {
  await rm(mount, { recursive: true })
}

async function show(title, options) {
  const { modules, source, reason, diagnostics } = await resolveModules({ ...options, staticConfig: here('modules.yaml') })
  console.log(`${paint('bold', title)}  ${paint('dim', `decided by ${source}: ${reason}`)}`)
  for (const module of modules)
    console.log(`  ${paint('green', label(module).padEnd(38))} ${settings(module)}  ${paint('dim', place(module))}`)
  if (diagnostics.length > 0)
    console.log(formatDiagnostics(diagnostics, { color: colours }).replace(/^/gm, '  ').replaceAll(mount, '/etc/hermes'))
  console.log()
}

function label({ name, config }) {
  return config === undefined ? name : `${name} with ${config}`
}

function settings({ settings }) {
  return JSON.stringify(settings).padEnd(31)
}

function place({ origin: { kind, source, line, column } }) {
  return `${kind === 'script' ? 'output of ' : ''}${path.basename(source)}:${line}:${column}`
}
