import { isObject } from '../core/option-rules.ts'

/**
 * The first member of a parsed record that is not what its readers rely on. The digest says that a record is as it was
 * written, not that this package wrote it: whoever can write the folder decides, but must not crash a reader.
 */
export function wrongMember(record: unknown): string | undefined {
  return wrongIn(record, {
    name: isText,
    args: isTexts,
    reason: (value) => isText(value) && value !== '' && value !== 'recorded',
    failure: optional((value) => holds(value, { code: isText, message: isText })),
    step: optional(isText),
    decidedAt: (value) => isText(value) && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)),
    inputs: (value) =>
      holds(value, { script: isText, interpreter: isText, static: isText, keys: isText, variables: isTextByName }),
    modules: (value) => Array.isArray(value) && value.every(isModule)
  })
}

type Check = (value: unknown) => boolean

function wrongIn(value: unknown, checks: Readonly<Record<string, Check>>): string | undefined {
  const members = isObject(value) ? value : {}
  return Object.keys(checks).find((name) => !checks[name]?.(members[name]))
}

const holds = (value: unknown, checks: Readonly<Record<string, Check>>): boolean => wrongIn(value, checks) === undefined

const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const isText = (value: unknown): value is string => typeof value === 'string'
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isTextByName: Check = (value) => isObject(value) && Object.values(value).every(isText)
const isPosition: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value > 0
const isKind: Check = (value) => isText(value) && ['script', 'file', 'env', 'inline'].includes(value)

const isModule: Check = (value) =>
  holds(value, {
    name: isText,
    config: optional(isText),
    settings: isObject,
    options: isTextByName,
    origin: (origin) => holds(origin, { kind: isKind, source: isText, line: optional(isPosition), column: optional(isPosition) })
  })
