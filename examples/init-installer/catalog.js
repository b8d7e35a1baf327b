import { defineCatalog } from 'hermes-memory-installer'
import { z } from 'zod'
import { installPackage } from './install-package.js'
import { startModule } from './module-process.js'

/**
 * The modules that there are: their settings, and how one is installed and started.
 * @param {object} options
 * @param {Awaited<ReturnType<typeof import('./allow-list.js').readAllowList>>} options.allowList
 * @param {ReturnType<typeof import('./options.js').readOptions>} options.options
 * @param {(line: string) => void} options.log
 */
export function createCatalog({ allowList, options, log }) {
  const load =
    (attached) =>
    async ({ name, config, settings, signal }) => {
      const file = await installPackage(allowList.packageOf(name), name, { ...options, signal })
      const env = environmentOf(name, config, settings, options)
      return startModule({ name, file, args: ['--target', options.target], env, attached }, { ...options, signal, log })
    }
  return defineCatalog({
    'mem-profiler': {
      settings: z.strictObject({
        sampleIntervalBytes: z.int().min(1024).optional(),
        durationSeconds: z.int().min(1).max(86_400).optional()
      }),
      configs: { 'prod-tunings': { sampleIntervalBytes: 524_288, durationSeconds: 60 } },
      load: load(/: attached to process /)
    },
    'mem-tracer': {
      settings: z.strictObject({
        sampleIntervalBytes: z.int().min(1024).max(16_384).optional(),
        windowSeconds: z.int().min(1).max(3600).optional()
      }),
      configs: { 'staging-tunings': { sampleIntervalBytes: 16_384, windowSeconds: 10 } },
      load: load(/: attached to process /)
    },
    'mem-logger': {
      settings: z.strictObject({
        intervalMs: z.int().min(20).max(3_600_000).optional(),
        fields: z.array(z.string()).min(1).optional()
      }),
      load: load(/: reads process /)
    },
    'leak-detector': {
      settings: z.strictObject({
        windowSeconds: z.int().min(1).max(86_400).optional(),
        minGrowthKiBPerSec: z.number().min(0.1).optional()
      }),
      load: load(/: watches process /)
    }
  })
}

/** Not the installer's own environment: a module needs none of the secrets that may be in it. */
function environmentOf(name, config, settings, { output, outputBytes }) {
  return {
    PATH: process.env.PATH,
    HERMES_MODULE: name,
    HERMES_MODULE_CONFIG: config ?? '',
    HERMES_MODULE_SETTINGS: JSON.stringify(settings),
    HERMES_OUTPUT: output,
    HERMES_OUTPUT_BYTES: outputBytes ?? ''
  }
}
