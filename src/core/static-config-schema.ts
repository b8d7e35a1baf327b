import type { z } from 'zod'
import { namePattern } from './names.ts'

/** One form of the static configuration: what validates it, and what its JSON Schema (`schema.json`) is made of. */
export async function staticConfigSchema(keys: readonly string[] = []): Promise<z.ZodType> {
  const { z } = await import('zod')
  const name = (what: string, example: string) =>
    z
      .string()
      .regex(namePattern)
      .meta({
        description: `${what}: 1 to 63 ASCII letters, digits, ".", "_", "-"; a letter or digit at both ends.`,
        examples: [example]
      })
  const moduleName = name('The name of a memory sidecar module', 'mem-profiler')
  const declared = Object.fromEntries(keys.map((key) => [key, z.string().optional()]))
  const entry = z
    .strictObject({
      module: moduleName,
      config: name('The name of one configuration of the module', 'prod-tunings').optional(),
      ...declared
    })
    .meta({ description: 'A module to load, with the name of its configuration.' })
  const settings = z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({
      description:
        'What the name stands for: JSON values. They are public: name a secret here, never its value. Nothing (null) is no settings.',
      examples: [{ sampleIntervalBytes: 524288 }]
    })
  return z
    .strictObject({
      $schema: z.string().optional().meta({ description: 'Where an editor finds this schema; nothing else looks at it.' }),
      modules: z
        .array(z.union([moduleName, entry]))
        .nullish()
        .meta({
          description: 'The modules to load, in order, where no loader script decides.',
          examples: [['mem-logger', { module: 'mem-profiler', config: 'prod-tunings' }]]
        }),
      configs: z
        .record(z.string().regex(configNamePattern), settings)
        .nullish()
        .meta({
          description:
            'Settings by config name, for any module (CONFIG) or for one only (MODULE/CONFIG, which wins, whole). Loader scripts use them too.',
          examples: [{ 'prod-tunings': { sampleIntervalBytes: 524288 }, 'leak-detector/prod-tunings': { windowSeconds: 60 } }]
        })
    })
    .meta({
      id: undefined,
      title: 'hermes-memory-installer: static configuration',
      description: 'Which memory sidecar modules to load where there is no loader script, and what config names stand for.'
    })
}

const segment = namePattern.source.slice(1, -1)
const configNamePattern = new RegExp(`^${segment}(?:/${segment})?$`)

/** The JSON Schema of the static configuration, for editors: draft 2020-12. */
export async function staticConfigJsonSchema(): Promise<Record<string, unknown>> {
  const { z } = await import('zod')
  return z.toJSONSchema(await staticConfigSchema(), { target: 'draft-2020-12' })
}
