// Puts the parts together, and ends in order: `node server.js`, settings from the environment.
import { once } from 'node:events'
import { readCertificate, watchCertificate } from './certificate.js'
import { createDecider } from './decide.js'
import { createListener } from './listener.js'
import { log } from './log.js'
import { createMetrics } from './metrics.js'
import { createBodyReader } from './read-body.js'
import { createReviewer } from './review-pod.js'
import { createRoutes } from './routes.js'
import { createScriptQueue } from './script-queue.js'
import { readSettings } from './settings.js'

const settings = readSettings(process.env)
const queue = createScriptQueue({ most: settings.scripts, waiting: settings.waiting })
const metrics = createMetrics(queue)
let certificate = await readCertificate(settings.certificateFolder)
let isStopping = false
const state = {
  isStopping: () => isStopping,
  isReady: () => !isStopping && certificate.expiresAt > new Date()
}

const review = createReviewer({ settings, decide: createDecider({ settings, queue, metrics }) })
const route = createRoutes({ settings, review, withBody: createBodyReader(settings), metrics, state })
const { server, cutOff } = createListener({ ...certificate, settings, route, metrics, state })
tookUp(certificate)
const unwatch = watchCertificate(settings.certificateFolder, certificate.fingerprint, {
  onCertificate(next) {
    server.setSecureContext({ cert: next.cert, key: next.key, minVersion: 'TLSv1.2' })
    certificate = next
    tookUp(next)
  },
  onFailure(error) {
    metrics.certificateLoads.inc({ result: 'failed' })
    log('error', 'the certificate could not be read: the one before stays', { error: error.message })
  }
})

function tookUp({ expiresAt, fingerprint }) {
  metrics.certificateLoads.inc({ result: 'loaded' })
  metrics.certificateExpiry.set(expiresAt.getTime() / 1000)
  log('info', 'certificate taken up', { fingerprint, expiresAt: expiresAt.toISOString() })
}

async function stop(signal) {
  if (isStopping) return
  isStopping = true
  unwatch()
  const late = setTimeout(() => {
    log('error', 'requests are left: they are cut off')
    cutOff()
  }, settings.shutdownMs).unref()
  server.close()
  server.closeIdleConnections()
  log('info', 'stopping', { signal })
  await once(server, 'close')
  clearTimeout(late)
  log('info', 'stopped')
}

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop)
server.listen(settings.port)
await once(server, 'listening')
log('info', 'listening', { port: server.address().port })
