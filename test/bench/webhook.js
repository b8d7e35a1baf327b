import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ratioOf } from './interleaved.js'

const here = import.meta.dirname
const webhook = path.join(here, '../../examples/admission-webhook/server.js')
const rounds = 1001

/** Reviews by the example webhook, over the same bytes posted to an HTTPS server that answers at once. */
export async function benchWebhook() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  const servers = []
  const agent = new Agent({ keepAlive: true })
  try {
    const script = path.join(folder, 'load.sh')
    writeFileSync(script, '#!/bin/sh\necho module=mem-logger\n')
    const config = path.join(folder, 'modules.yaml')
    writeFileSync(config, 'modules: [mem-logger]\nconfigs: { prod-tunings: { sampleIntervalBytes: 524288 } }\n')
    makeCertificate(folder)
    const start = async (file, env) => {
      const server = await startServer(file, { PATH: process.env.PATH, ...env })
      servers.push(server.child)
      return server.port
    }
    const certificate = { HERMES_WEBHOOK_CERTIFICATE: folder, HERMES_WEBHOOK_PORT: '0' }
    const ours = await start(webhook, { ...certificate, HERMES_WEBHOOK_SCRIPT: script, HERMES_STATIC_CONFIG: config })
    const empty = await start(path.join(here, 'empty-server.js'), { CERTIFICATE: folder })
    const spawning = await start(path.join(here, 'empty-server.js'), { CERTIFICATE: folder, SCRIPT: script })

    const first = readFileSync(path.join(here, '../corpus/admission/replicaset-pod.json'))
    const again = Buffer.from(JSON.stringify(await injected(ours, first, agent)))
    const call = (port, body) => async () => {
      const { allowed } = (await post(port, body, agent)).response
      if (!allowed) throw new Error('it was not allowed')
    }
    return [
      {
        name: 'the webhook: a Pod, its script and its patch, over an empty HTTPS handler',
        ratio: await ratioOf(call(ours, first), call(empty, first), rounds)
      },
      {
        name: 'the same over an HTTPS handler that spawns the script, and no more',
        ratio: await ratioOf(call(ours, first), call(spawning, first), rounds)
      },
      {
        name: 'the webhook: the second call for a Pod over an empty HTTPS handler',
        ratio: await ratioOf(call(ours, again), call(empty, again), rounds)
      }
    ]
  } finally {
    agent.destroy()
    for (const child of servers) {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    rmSync(folder, { recursive: true })
  }
}

function makeCertificate(folder) {
  const files = ['-keyout', path.join(folder, 'tls.key'), '-out', path.join(folder, 'tls.crt')]
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const args = ['req', '-x509', ...algorithm, '-nodes', '-days', '2', '-subj', '/CN=localhost', ...files]
  execFileSync('openssl', args, { stdio: 'pipe' })
}

/** A server as a process of its own, which prints its port. What it prints later is read, and goes nowhere. */
async function startServer(file, env) {
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  child.once('exit', (code) => child.stdout.destroy(new Error(`${file} ended with ${code}`)))
  let text = ''
  child.stdout.setEncoding('utf8')
  for (;;) {
    const [part] = await once(child.stdout, 'data')
    text += part
    const port = /"port":(\d+)/.exec(text)?.[1]
    if (port === undefined) continue
    child.stdout.resume()
    return { child, port: Number(port) }
  }
}

/** The review as the API server sends it again: with the sidecar in the Pod. */
async function injected(port, body, agent) {
  const { default: jsonPatch } = await import('fast-json-patch')
  const { response } = await post(port, body, agent)
  const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'))
  const review = JSON.parse(body.toString('utf8'))
  review.request.object = jsonPatch.applyPatch(review.request.object, patch).newDocument
  return review
}

function post(port, body, agent) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const options = { host: '127.0.0.1', port, path: '/inject?timeout=10s', method: 'POST', headers, agent }
    const sent = request({ ...options, rejectUnauthorized: false }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.once('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8'))))
      response.once('error', reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}
