import { isKey, reservedKeys } from './names.ts'
import type { OptionRule } from './option-rules.ts'

/** `source`: what diagnostics and origins say a text is. */
export const sourceRule: OptionRule = { takes: 'a string that is not empty', accepts: isFilled }

/** `keys`: the extra keys of directives that an embedder declares. */
export const keysRule: OptionRule = {
  takes: `a list of keys (letters, digits, "-", "_"; at most 64; none of ${reservedKeys.join(', ')})`,
  accepts: (value) => Array.isArray(value) && value.every(isDeclarable),
  part: (value) => (Array.isArray(value) ? `its element ${value.findIndex((key) => !isDeclarable(key)) + 1}` : undefined)
}

function isDeclarable(key: unknown): boolean {
  return typeof key === 'string' && isKey(key) && !reservedKeys.includes(key)
}

export const booleanRule: OptionRule = { takes: 'true or false', accepts: (value) => typeof value === 'boolean' }

/** One of a few words. */
export function oneOf(...values: string[]): OptionRule {
  const words = values.map((value) => `"${value}"`)
  const takes = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return { takes, accepts: (value) => values.includes(value as string), values }
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
