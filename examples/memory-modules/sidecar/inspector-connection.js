import WebSocket from 'ws'

/**
 * One connection to an inspector: commands of the Chrome DevTools protocol.
 * @typedef {object} Connection
 * @property {(method: string, params?: object, limitMs?: number) => Promise<any>} command
 * @property {(expression: string, limitMs?: number) => Promise<any>} evaluate
 * @property {AbortSignal} closed
 * @property {() => void} drop
 */

/**
 * @param {{ host: string, port: number }} address
 * @param {number} [limitMs]
 * @returns {Promise<Connection>}
 */
export async function connect({ host, port }, limitMs = 5000) {
  const [{ id }] = await listOf({ host, port }, limitMs)
  const socket = new WebSocket(`ws://${host}:${port}/${id}`, {
    handshakeTimeout: limitMs,
    perMessageDeflate: false,
    maxPayload: 2 ** 30
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return commandsOver(socket)
}

/** Whether an inspector answers there, and no server of the app. @param {{ host: string, port: number }} address */
export async function isInspector(address) {
  const list = await listOf(address, 2000).catch(() => undefined)
  return typeof list?.[0]?.webSocketDebuggerUrl === 'string'
}

async function listOf({ host, port }, limitMs) {
  const response = await fetch(`http://${host}:${port}/json/list`, { signal: AbortSignal.timeout(limitMs) })
  return response.json()
}

function commandsOver(socket) {
  const closed = new AbortController()
  const waiting = new Map()
  let last = 0

  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(String(data))
    const reply = waiting.get(id)
    waiting.delete(id)
    if (error) reply?.reject(new Error(error.message))
    else reply?.resolve(result)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    closed.abort()
    for (const { reject } of waiting.values()) reject(new Error('the inspector closed the connection'))
    waiting.clear()
  })

  function command(method, params = {}, limitMs = 10_000) {
    if (closed.signal.aborted) return Promise.reject(new Error('the connection to the inspector is closed'))
    const id = ++last
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiting.get(id)?.reject(new Error(`${method} had no answer in ${limitMs} ms`)), limitMs)
      const settle = (how) => (value) => {
        clearTimeout(timer)
        waiting.delete(id)
        how(value)
      }
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      socket.send(JSON.stringify({ id, method, params }))
    })
  }

  return {
    command,
    async evaluate(expression, limitMs) {
      // The command line API has `require`, which an ES module of an old Node does not.
      const params = { expression, returnByValue: true, includeCommandLineAPI: true, silent: true }
      const { result, exceptionDetails } = await command('Runtime.evaluate', params, limitMs)
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value
    },
    closed: closed.signal,
    drop: () => socket.terminate()
  }
}
