import { createServer } from 'node:https'
import { HttpProblem } from './http-problem.js'
import { log } from './log.js'

/** An HTTPS server that nobody can hold up: every wait for a client has its end. `cutOff()` ends the requests that are left. */
export function createListener({ cert, key, settings, route, metrics, state }) {
  const server = createServer({
    cert,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: settings.requestMs,
    headersTimeout: settings.requestMs,
    requestTimeout: settings.requestMs,
    connectionsCheckingInterval: Math.min(1000, settings.requestMs),
    // Longer than the 90 s after which the API server's client lets a connection go: it must be the one to close it.
    keepAliveTimeout: 120_000
  })
  // Also for one that never reads its answers: longer than any script may take.
  server.setTimeout(60_000)
  const inFlight = new Set()
  server.on('request', (request, response) => {
    const ending = new AbortController()
    inFlight.add(ending)
    response.once('close', () => {
      inFlight.delete(ending)
      if (!response.writableFinished) ending.abort(new Error('the client has gone'))
    })
    answer(request, response, ending.signal).catch((error) => {
      log('error', 'a request could not be answered', { stack: error.stack })
      response.destroy()
    })
  })
  // What Node refuses by itself: a late or malformed request. A broken connection or handshake comes here too, and gets no answer.
  server.on('clientError', (error, socket) => {
    const status = statusOf(error)
    if (status === undefined || !socket.writable) return void socket.destroy()
    metrics.refused.inc({ status: status.slice(0, 3) })
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  })

  function cutOff() {
    for (const ending of inFlight) ending.abort(new Error('the webhook stops'))
    server.closeAllConnections()
  }

  return { server, cutOff }

  async function answer(request, response, signal) {
    try {
      send(response, 200, await route(request, signal))
    } catch (error) {
      if (signal.aborted || request.errored) return void response.destroy()
      if (!(error instanceof HttpProblem)) throw error
      metrics.refused.inc({ status: String(error.status) })
      // The rest of a body that nobody reads would be taken for the next request.
      const headers = request.complete ? error.headers : { ...error.headers, connection: 'close' }
      send(response, error.status, { text: JSON.stringify({ error: error.message }), type: 'application/json', headers })
    }
  }

  function send(response, status, { text, type = 'text/plain; charset=utf-8', headers = {} }) {
    const closing = state.isStopping() ? { connection: 'close' } : {}
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers, ...closing })
    response.end(text)
  }
}

function statusOf({ code = '' }) {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout'
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large'
  return code.startsWith('HPE_') ? '400 Bad Request' : undefined
}
