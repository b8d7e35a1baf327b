// What the webhook is held against: an HTTPS server that reads a body and allows it, and with SCRIPT runs that first.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import path from 'node:path'

const { CERTIFICATE: folder, SCRIPT: script } = process.env
const answer = JSON.stringify({ response: { allowed: true } })
const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(path.join(folder, name)))

const server = createServer({ cert, key }, async (request, response) => {
  request.resume()
  await once(request, 'end')
  if (script) await bareSpawn()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
  response.end(answer)
})
process.once('SIGTERM', () => server.close())
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))

async function bareSpawn() {
  const child = spawn('/bin/sh', [script], { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
  child.stdout.resume()
  child.stderr.resume()
  await once(child, 'close')
}
