import { debuglog } from 'node:util'
import { openInspector, renewEveryMs } from './inspector.js'
import { pause } from './pause.js'

const flushMs = 700
const longestCheckMs = 10_000
const debug = debuglog('hermes')

/**
 * One window of V8's sampling heap profiler.
 * @typedef {object} HeapWindow
 * @property {{ head: object, samples: object[] }} profile
 * @property {number} from
 * @property {number} to
 * @property {boolean} isWhole not where it was cut short by the end of the target or of the module
 */

/**
 * Samples the target's heap, window after window, until the target ends or `stop` comes. Between, the profile so far is fetched four
 * times a window, and every ten seconds at least: a target that ends takes no more than that with it.
 * @param {import('./run-module.js').Watch} watch
 * @param {{ windowMs: number, params: object }} how `params` are those of HeapProfiler.startSampling
 * @param {(window: HeapWindow) => void} write
 */
export async function sampleHeap({ target, stop, log }, how, write) {
  const inspector = await openInspector(target, { stop, log })
  if (inspector === undefined) return
  try {
    await inspector.command('HeapProfiler.enable')
    while (!stop.aborted && !inspector.closed.aborted) {
      const window = await sampleWindow(inspector, stop, how)
      if (window) write(window)
    }
  } catch (error) {
    if (!inspector.closed.aborted) log(`sampling stopped: ${error.message}`)
  } finally {
    if (!(await inspector.close())) log('the inspector is still open; the target closes it in a few seconds')
  }
}

/** @returns {Promise<HeapWindow | undefined>} */
async function sampleWindow(inspector, stop, { windowMs, params }) {
  const from = Date.now()
  const end = from + windowMs
  const checkMs = Math.min(windowMs / 4, longestCheckMs)
  await inspector.command('HeapProfiler.startSampling', params)
  let last
  let checkAt = from + checkMs
  try {
    while (Date.now() < end && !stop.aborted && !inspector.closed.aborted) {
      const next = Math.min(end, checkAt, Date.now() + renewEveryMs)
      await pause(Math.max(1, next - Date.now()), stop, inspector.closed)
      if (stop.aborted || inspector.closed.aborted) break
      // A target that is blocked answers when it is free again; SIGTERM does not wait for that.
      await orStop(inspector.renew(), stop)
      if (Date.now() < checkAt || Date.now() >= end) continue
      const soFar = await orStop(inspector.command('HeapProfiler.getSamplingProfile'), stop)
      if (soFar === undefined) break
      last = { ...soFar, to: Date.now() }
      checkAt += checkMs
      debug('window so far: %d ms', last.to - from)
    }
    last = { ...(await inspector.command('HeapProfiler.stopSampling', {}, stop.aborted ? flushMs : undefined)), to: Date.now() }
    return { profile: withoutStrays(last.profile), from, to: last.to, isWhole: last.to >= end }
  } catch (error) {
    if (last === undefined) throw error
    return { profile: withoutStrays(last.profile), from, to: last.to, isWhole: false }
  }
}

/** The answer, or `undefined` when `stop` comes first. */
function orStop(answer, stop) {
  return new Promise((resolve, reject) => {
    const end = () => resolve(undefined)
    stop.addEventListener('abort', end)
    if (stop.aborted) end()
    answer.then(resolve, reject).finally(() => stop.removeEventListener('abort', end))
  })
}

/** V8 builds the tree, and then the list of samples: what it allocates between is in the list, and sometimes at no node of the tree. */
function withoutStrays({ head, samples }) {
  const ids = new Set()
  for (const open = [head]; open.length > 0; ) {
    const { id, children } = open.pop()
    ids.add(id)
    open.push(...children)
  }
  return { head, samples: samples.filter(({ nodeId }) => ids.has(nodeId)) }
}
