import type { Shape } from './shape.ts'

/** A part of a JSON Schema, draft 2020-12. */
type Schema = Readonly<Record<string, unknown>>

/** A shape for editors and validators. */
export function jsonSchemaOf(shape: Shape): Schema {
  const { description, examples } = shape
  return { ...(description !== undefined && { description }), ...formOf(shape), ...(examples && { examples }) }
}

function formOf(shape: Shape): Schema {
  switch (shape.type) {
    case 'text':
      return { type: 'string', ...(shape.accepts && { pattern: shape.accepts.pattern.source }) }
    case 'word':
      return { type: 'string', enum: shape.words }
    case 'integer':
      return { type: 'integer', minimum: shape.minimum, maximum: shape.maximum }
    case 'boolean':
      return shape.only ? { const: true } : { type: 'boolean' }
    case 'list':
      return {
        type: typeOrNull('array', shape.orNull),
        items: jsonSchemaOf(shape.items),
        ...(shape.atLeast !== undefined && { minItems: shape.atLeast })
      }
    case 'object':
      return {
        type: typeOrNull('object', shape.orNull),
        properties: Object.fromEntries(Object.entries(shape.members).map(([name, member]) => [name, jsonSchemaOf(member)])),
        ...(shape.required && { required: shape.required }),
        additionalProperties: shape.others ? jsonSchemaOf(shape.others) : false
      }
    case 'record':
      return {
        type: typeOrNull('object', shape.orNull),
        ...(shape.names && { propertyNames: { pattern: shape.names.pattern.source } }),
        additionalProperties: jsonSchemaOf(shape.values)
      }
    case 'choice':
      return { anyOf: shape.of.map(jsonSchemaOf) }
  }
}

function typeOrNull(type: string, orNull = false): string | string[] {
  return orNull ? [type, 'null'] : type
}
