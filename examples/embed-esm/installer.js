// An installer in twenty lines: a catalog, an error handled by its code, events logged.
import { defineCatalog, HermesError, resolveModules } from 'hermes-memory-installer'

const catalog = defineCatalog({
  'mem-profiler': { configs: { 'prod-tunings': { sampleIntervalBytes: 524288 } } },
  'mem-tracer': { configs: { 'staging-tunings': { sampleIntervalBytes: 65536 } } },
  'mem-logger': {}
})

try {
  const { modules, reason } = await resolveModules({
    catalog,
    onEvent: (event) => console.error(JSON.stringify(event))
  })
  for (const { name, config, settings } of modules) console.log(`${reason}: ${name} ${config ?? '-'} ${JSON.stringify(settings)}`)
} catch (error) {
  if (!(error instanceof HermesError)) throw error
  console.error(error.message)
  process.exitCode = error.code === 'ERR_HERMES_SCRIPT_TIMEOUT' ? 75 : 1 // 75: EX_TEMPFAIL, worth another try
}
