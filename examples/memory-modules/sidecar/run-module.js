import { findTarget, isPid, titleOf } from './find-target.js'
import { readInvocation } from './invocation.js'
import { createOutputFolder } from './output-folder.js'
import { pause } from './pause.js'
import { describe, isAlive } from './processes.js'
import { SidecarError } from './sidecar-error.js'

const restMs = 500

/**
 * What a module's `watch` gets.
 * @typedef {object} Watch
 * @property {import('./processes.js').Process} target
 * @property {Record<string, any>} settings
 * @property {string} name
 * @property {string | undefined} config
 * @property {ReturnType<typeof createOutputFolder>} output
 * @property {AbortSignal} stop SIGTERM came: flush, and return
 * @property {(line: string) => void} log
 */

/**
 * A module from start to end: settings, target, `watch` for as long as the target lives, again after its restart.
 * @param {object} module
 * @param {string} module.name
 * @param {Record<string, import('./settings.js').Rule>} module.rules
 * @param {(watch: Watch) => Promise<void>} module.watch returns when the target is gone or `stop` comes
 */
export async function runModule({ name, rules, watch }) {
  process.title = titleOf(name)
  const log = (line) => console.error(`${name}: ${line}`)
  const stop = stopSignal()
  try {
    const { folder, limitBytes, ...told } = readInvocation(name, rules, { argv: process.argv.slice(2), env: process.env })
    const output = createOutputFolder({ folder, name: told.name, limitBytes, log })
    const wanted = told.settings.target
    while (!stop.aborted) {
      const target = await findTarget(wanted, { stop, log })
      if (target === undefined) break
      await watch({ ...told, target, output, stop, log })
      if (stop.aborted) break
      if (!isAlive(target)) log(`${describe(target)} ended`)
      if (isPid(wanted) && !isAlive(target)) break
      await pause(restMs, stop)
    }
    log('ended')
  } catch (error) {
    if (error instanceof SidecarError) log(error.message)
    else console.error(error)
    process.exitCode = error instanceof SidecarError ? error.exitCode : 1
  }
  // A connection or timer that is left must not hold the Pod's end up.
  process.exit()
}

/** The kubelet sends SIGTERM once, and SIGKILL as little as two seconds later. */
function stopSignal() {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stopping.abort())
  return stopping.signal
}
