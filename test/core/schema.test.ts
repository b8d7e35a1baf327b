import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parseStaticConfig } from '../../src/core/static-config.ts'
import { staticConfigJsonSchema } from '../../src/core/static-config-schema.ts'
import { loaderTestsJsonSchema } from '../../src/testing/tests/test-file-shape.ts'
import { asJson, asText, readCorpus } from './corpus.ts'

const file = new URL('../../schema.json', import.meta.url)

test('schema.json is what validates a static configuration, and has what validates tests of a script', async () => {
  const schema = asJson({ ...(await staticConfigJsonSchema()), $defs: { loaderTests: loaderTestsJsonSchema() } })
  if (process.env['UPDATE'] === '1') writeFileSync(file, schema)
  expect(readFileSync(file, 'utf8')).toBe(schema)
})

interface Schema {
  examples?: unknown[]
  properties?: Record<string, Schema>
}

async function schemaFile(): Promise<Schema & z.core.JSONSchema.BaseSchema> {
  return JSON.parse(readFileSync(file, 'utf8'))
}

test('its own examples are valid, one by one and for the parser', async () => {
  const { properties = {} } = await schemaFile()
  const { $schema, ...described } = properties
  const members = Object.entries(described)
  expect($schema).toBeDefined()
  expect(members.map(([name]) => name)).toEqual(['modules', 'configs'])
  for (const [name, { examples = [] }] of members) {
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) {
      expect(await parseStaticConfig(JSON.stringify({ [name]: example }), { format: 'json' })).toMatchObject({
        ok: true,
        diagnostics: []
      })
    }
  }
})

describe('an editor that reads schema.json agrees with the parser', () => {
  const jsonCases = ['valid', 'invalid'].flatMap((kind) =>
    readCorpus(`static-config/${kind}`, ['json']).map((given) => ({ kind, ...given }))
  )
  const shaped = jsonCases.flatMap(({ kind, name, bytes, options }) => {
    const value = parsed(asText(bytes)?.replace(/^\ufeff/, '') ?? '')
    return value === undefined || Object.keys(options).length > 0 ? [] : [{ kind, name, value }]
  })
  // What a schema cannot see: that a module or key stands twice, that a number was longer, how deep a document is; and that
  // no document at all is an empty one.
  const unseen = ['null', 'key-stands-twice-in-json', 'conflict-in-json', 'integer-too-large-in-json', 'nested-150-deep-in-json']

  test.each(shaped.filter(({ name }) => !unseen.includes(name)))('$kind: $name', async ({ kind, value }) => {
    const schema = z.fromJSONSchema((await schemaFile()) as never)
    expect(schema.safeParse(value).success).toBe(kind === 'valid')
  })
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
