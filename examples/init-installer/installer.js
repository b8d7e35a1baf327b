#!/usr/bin/env node
// Decides which memory modules run beside a process, installs those and no others, and runs them until SIGTERM.
import { formatDiagnostics, HermesError, loadModules, resolveModules } from 'hermes-memory-installer'
import { readAllowList } from './allow-list.js'
import { createCatalog } from './catalog.js'
import { readOptions } from './options.js'

const log = (line) => console.error(line)

const stopping = new AbortController()
const { signal } = stopping
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => stopping.abort(new Error(`${name} came`)))

// No process.exit(): a module that is being stopped is waited for.
try {
  process.exitCode = await install()
} catch (error) {
  const isExpected = error instanceof HermesError && error.code === 'ERR_HERMES_ABORTED' && error.diagnostics.length === 0
  log(`installer: ${error.message}`)
  process.exitCode = isExpected ? 0 : 1
}

async function install() {
  const options = readOptions(process.argv.slice(2), process.env)
  const catalog = createCatalog({ allowList: await readAllowList(options.lock), options, log })
  const resolution = await resolveModules({ catalog, signal })
  tell(resolution)
  const loaded = await loadModules(resolution, {
    catalog,
    signal,
    onEvent: ({ type, name }) => log(`installer: ${type} ${name}`)
  })
  const failures = await untilOver(loaded.modules)
  await loaded.stop()
  return failures.length > 0 ? 1 : 0
}

function tell({ modules, reason, record, diagnostics }) {
  if (diagnostics.length > 0) log(formatDiagnostics(diagnostics))
  const by = record?.step ? `${reason} by step "${record.step}"` : reason
  const names = modules.map(({ name, config }) => (config === undefined ? name : `${name} with ${config}`))
  log(`installer: ${by}: ${names.join(', ') || 'no module'}`)
}

/** Until SIGTERM comes, or every module has ended. @returns {Promise<string[]>} what failed by itself */
async function untilOver(modules) {
  const failures = []
  const ends = modules.map(async ({ name, handle }) => {
    const failure = await handle.ended
    if (failure === undefined || signal.aborted) return
    failures.push(failure)
    log(`installer: module "${name}" failed: ${failure}`)
  })
  const aborted = new Promise((resolve) => {
    signal.addEventListener('abort', resolve)
    if (signal.aborted) resolve()
  })
  await Promise.race([aborted, Promise.all(ends)])
  return failures
}
