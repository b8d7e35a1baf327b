import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const linesKept = 5

// What a module's exit codes mean (memory-modules/README.md), and what is to be done.
const remedies = {
  2: 'put its settings right, in the static configuration or in the catalog',
  3: 'put --target right: a process that is there, and for a module that samples the heap one of Node.js, of the same user',
  4: 'give it a folder that it can write as --output'
}

/**
 * A module that runs in a process of its own.
 * @typedef {object} RunningModule
 * @property {Promise<string | undefined>} ended how it failed; `undefined` where it did not
 * @property {() => Promise<void>} stop SIGTERM, and SIGKILL where that does not end it in time
 */

/**
 * Starts a module, and waits until it says that it is attached to its target.
 * @param {object} module
 * @param {string} module.name
 * @param {string} module.file
 * @param {readonly string[]} module.args
 * @param {NodeJS.ProcessEnv} module.env all of its environment
 * @param {RegExp} module.attached matches the line with which it says so
 * @param {{ attachSeconds: number, stopSeconds: number, signal: AbortSignal, log: (line: string) => void }} options
 * @returns {Promise<RunningModule>}
 */
export async function startModule({ name, file, args, env, attached }, { attachSeconds, stopSeconds, signal, log }) {
  signal.throwIfAborted()
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const said = []
  const lines = createInterface({ input: child.stderr })
  lines.on('line', (line) => {
    log(line)
    said.push(line.slice(0, 500))
    if (said.length > linesKept) said.shift()
  })
  const ended = endOf(child).then((how) => how && `${how}${saying(said)}`)
  const stop = () => stopChild(child, ended, stopSeconds)
  if (child.pid !== undefined) log(`installer: ${name} runs as process ${child.pid}`)

  const outcome = await firstOf({ lines, attached, ended, attachSeconds, signal })
  if (outcome === 'attached') return { ended, stop }
  await stop().catch(() => {}) // it had nothing to flush
  signal.throwIfAborted()
  if (outcome === 'late') {
    throw new Error(`it was not attached after ${attachSeconds} s${saying(said)}: see to that, or allow more --attach-seconds`)
  }
  const remedy = remedies[child.exitCode]
  throw new Error(`${(await ended) ?? `it ended before it was attached${saying(said)}`}${remedy ? `: ${remedy}` : ''}`)
}

/** How it failed, once its output has ended too. */
function endOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started (${error.message})`))
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined)
      else resolve(code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`)
    })
  })
}

function saying(lines) {
  return lines.length > 0 ? ` (${lines.join(' | ')})` : ''
}

/** @returns {Promise<'attached' | 'ended' | 'late' | 'aborted'>} */
async function firstOf({ lines, attached, ended, attachSeconds, signal }) {
  let abort = () => {}
  let timer
  try {
    return await new Promise((resolve) => {
      lines.on('line', (line) => attached.test(line) && resolve('attached'))
      ended.then(() => resolve('ended'))
      timer = setTimeout(resolve, attachSeconds * 1000, 'late')
      abort = () => resolve('aborted')
      signal.addEventListener('abort', abort)
    })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

async function stopChild(child, ended, seconds) {
  let isKilled = false
  child.kill('SIGTERM')
  const timer = setTimeout(() => {
    isKilled = child.kill('SIGKILL')
  }, seconds * 1000)
  await ended
  clearTimeout(timer)
  if (isKilled) throw new Error(`it did not end in ${seconds} s and was killed: what it had not yet written is lost`)
}
