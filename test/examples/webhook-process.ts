import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type Agent, request } from 'node:https'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { Manifest } from '../kubernetes/inject.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { Running } from './memory-modules/processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const webhookFolder = path.join(root, 'examples/admission-webhook')
const recorded = path.join(root, 'test/corpus/admission')

export const recordedReviews = readdirSync(recorded)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.patch.json'))
  .map((name) => name.slice(0, -5))

/** A recorded AdmissionReview. */
export function reviewOf(name: string): Manifest {
  return JSON.parse(readFileSync(path.join(recorded, `${name}.json`), 'utf8'))
}

/** A folder as the kubelet mounts a Secret: links through `..data`, which names the folder of one version. */
export class MountedCertificate {
  readonly folder = tempFolder()
  #version = 0

  constructor() {
    this.swap(newPair())
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, path.join(this.folder, name))
  }

  /** Makes this the version that the links lead to, at once, and removes the one before. */
  swap({ cert, key }: Pair) {
    this.#version += 1
    const next = `..version-${this.#version}`
    mkdirSync(path.join(this.folder, next))
    writeFileSync(path.join(this.folder, next, 'tls.crt'), cert)
    writeFileSync(path.join(this.folder, next, 'tls.key'), key)
    symlinkSync(next, path.join(this.folder, '..data_tmp'))
    renameSync(path.join(this.folder, '..data_tmp'), path.join(this.folder, '..data'))
    rmSync(path.join(this.folder, `..version-${this.#version - 1}`), { recursive: true, force: true })
  }
}

export interface Pair {
  cert: string
  key: string
}

/** A certificate that signs itself, for localhost. */
export function newPair(): Pair {
  const folder = tempFolder()
  const [key, cert] = [path.join(folder, 'tls.key'), path.join(folder, 'tls.crt')]
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...algorithm, '-nodes', '-days', '2', ...names, '-keyout', key, '-out', cert], {
    stdio: 'pipe'
  })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

export interface Answer {
  status: number
  text: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Of the certificate that a new connection was made with; empty for one that was kept. */
  fingerprint: string
}

export interface Sent {
  method?: string
  path?: string
  type?: string
  body?: string | Uint8Array
  /** What connections are kept for; none is, without it. */
  agent?: Agent
}

/** The webhook as a process, and the client that calls it. */
export class Webhook {
  readonly port: number
  readonly process: Running
  readonly mounted: MountedCertificate

  constructor(port: number, running: Running, mounted: MountedCertificate) {
    this.port = port
    this.process = running
    this.mounted = mounted
  }

  send({ method = 'POST', path: at = '/inject?timeout=30s', type = 'application/json', body, agent }: Sent): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let fingerprint = ''
      const headers = {
        ...(type !== '' && { 'content-type': type }),
        ...(body !== undefined && { 'content-length': size(body) })
      }
      const options = {
        host: '127.0.0.1',
        port: this.port,
        method,
        path: at,
        headers,
        rejectUnauthorized: false,
        agent: agent ?? false
      }
      const sent = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.once('error', reject)
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, text, headers: response.headers, fingerprint })
        })
      })
      sent.once('socket', (socket) => {
        if (sent.reusedSocket) return
        socket.once('secureConnect', () => {
          fingerprint = (socket as TLSSocket).getPeerCertificate().fingerprint256 ?? ''
        })
      })
      sent.once('error', reject)
      sent.end(body)
    })
  }

  get(at: string): Promise<Answer> {
    return this.send({ method: 'GET', path: at, type: '' })
  }

  /** The `response` of the AdmissionReview that answers this one. */
  async review(review: Manifest, at?: string): Promise<Manifest> {
    const { status, text } = await this.send({ body: JSON.stringify(review), ...(at !== undefined && { path: at }) })
    if (status !== 200) throw new Error(`${status}: ${text}`)
    return JSON.parse(text).response
  }

  /** The value of one sample in the metrics. */
  async metric(sample: string): Promise<number | undefined> {
    const { text } = await this.get('/metrics')
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `))
    return line === undefined ? undefined : Number(line.slice(sample.length + 1))
  }

  /** The lines of its log with this message. */
  logged(message: string): Manifest[] {
    return this.process.text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
      .filter((line) => line.message === message)
  }
}

function size(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length
}

/** Starts a webhook with this loader script; it ends with the test. */
export async function startWebhook(script: string, env: Readonly<Record<string, string>> = {}): Promise<Webhook> {
  const mounted = new MountedCertificate()
  const running = new Running(process.execPath, [path.join(webhookFolder, 'server.js')], {
    cwd: tempFolder(),
    env: {
      PATH: process.env['PATH'],
      HERMES_WEBHOOK_PORT: '0',
      HERMES_WEBHOOK_CERTIFICATE: mounted.folder,
      HERMES_WEBHOOK_SCRIPT: tempFile('load-sidecars.sh', script),
      HERMES_WEBHOOK_SHUTDOWN_MS: '1000',
      HERMES_STATIC_CONFIG: tempFile('modules.yaml', 'modules: []\nconfigs: { big: { sampleIntervalBytes: 4096 } }\n'),
      ...env
    }
  })
  // It ends as it does in a cluster, and so do the scripts that it runs.
  onTestFinished(async () => {
    running.kill('SIGTERM')
    expect(await running.ended).toEqual({ code: 0, signal: null })
  })
  const [, port] = await running.until(/"message":"listening","port":(\d+)/)
  return new Webhook(Number(port), running, mounted)
}
