import { HermesError, loadStaticConfig, resolveModules, selectModules } from 'hermes-memory-installer'
import { readInjection } from 'hermes-memory-installer/kubernetes'
import { Failure } from './failure.js'
import { podFacts } from './pod-facts.js'
import { noTime } from './script-queue.js'
import { catalog } from './sidecars.js'

// A script that takes no notice of SIGTERM is killed after this, still before the deadline.
const killGraceMs = 300
const settleMs = 100
const leastMs = 50

/**
 * Decides which modules a Pod gets. Nothing is kept between requests: a change of the script counts for the next Pod.
 *
 * @throws Failure for a script that fails, no place or time to run it, and a decision that the catalog no longer has
 */
export function createDecider({ settings, queue, metrics }) {
  /** The Pod comes again after others changed it: its annotation says what was decided, and no script runs. */
  async function decideAgain(before) {
    const staticConfig = await loadStaticConfig({ env: settings.scriptEnv })
    const directives = before.modules.map(({ name, config, options }) => ({ module: name, config, options }))
    const { ok, modules, diagnostics } = await selectModules(directives, {
      catalog,
      staticConfig,
      source: 'the annotation of the Pod'
    })
    if (ok) return { modules, reason: 'decided-before' }
    const { code, message } = diagnostics.find(({ severity }) => severity === 'error')
    throw new Failure(code, message, 422)
  }

  async function runScript(request, { deadline, signal }) {
    const timeoutMs = Math.floor(deadline - performance.now() - killGraceMs - settleMs)
    if (timeoutMs < leastMs) throw noTime()
    const started = performance.now()
    try {
      return await resolveModules({
        catalog,
        env: { ...settings.scriptEnv, ...podFacts(request) },
        script: { path: settings.script, limits: { timeoutMs, killGraceMs, settleMs } },
        signal
      })
    } finally {
      metrics.scriptSeconds.observe((performance.now() - started) / 1000)
    }
  }

  return async function decide(request, limits) {
    try {
      const before = readInjection(request.object)
      if (before) return await decideAgain(before)
      if (request.dryRun === true) return { modules: undefined, reason: 'dry-run' }
      return await queue.run(() => runScript(request, limits), limits)
    } catch (error) {
      if (!(error instanceof HermesError)) throw error
      // Below its first line there is what the script printed.
      const [summary] = error.message.split('\n')
      throw new Failure(error.code, summary, 500, { cause: error })
    }
  }
}
