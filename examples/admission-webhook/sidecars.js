// The modules that there are, and the container of each. This is the file to change: an image of your own, other settings.
import { defineCatalog } from 'hermes-memory-installer'
import { defineSidecars } from 'hermes-memory-installer/kubernetes'

export const catalog = defineCatalog({
  'mem-profiler': { configs: { 'prod-tunings': { sampleIntervalBytes: 524288 } } },
  'mem-tracer': { configs: { 'staging-tunings': { sampleIntervalBytes: 16384 } } },
  'mem-logger': {},
  'leak-detector': {}
})

const outputMiB = 128

/** A module of examples/memory-modules: it sees the app's processes, so it needs the app's user. */
function memoryModule({ name }, { pod, target }) {
  const user = target.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  const volume = `hermes-${name}`
  return {
    container: {
      image: 'registry.example/hermes-memory-modules:1',
      command: [name],
      env: [{ name: 'HERMES_OUTPUT_BYTES', value: String(outputMiB * 1024 * 1024) }],
      ...(user !== undefined && { securityContext: { runAsUser: user } }),
      resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '128Mi' } },
      volumeMounts: [{ name: volume, mountPath: '/var/run/hermes/output' }]
    },
    volumes: [{ name: volume, emptyDir: { sizeLimit: `${outputMiB}Mi` } }],
    shareProcessNamespace: true
  }
}

export const sidecars = defineSidecars(catalog, {
  'mem-profiler': memoryModule,
  'mem-tracer': memoryModule,
  'mem-logger': memoryModule,
  'leak-detector': memoryModule
})
