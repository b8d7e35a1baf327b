import { type DirectiveInput, requireDirective } from './directive-input.ts'
import { isKey, isName, reservedKeys } from './names.ts'

/**
 * Writes directives, one a line, and `none` where there is none: what {@link parseDirectives} reads back, the keys of
 * `options` declared.
 *
 * @throws TypeError for a module that stands twice, and for what the syntax can't say
 */
export function formatDirectives(directives: Iterable<DirectiveInput>): string {
  const lines = new Map<string, string>()
  if (typeof directives?.[Symbol.iterator] !== 'function') throw new TypeError('formatDirectives() takes a list of directives')
  for (const directive of directives) {
    const line = formatDirective(directive)
    if (lines.has(directive.module))
      throw new TypeError(`formatDirectives(): module ${JSON.stringify(directive.module)} stands twice`)
    lines.set(directive.module, `${line}\n`)
  }
  return lines.size === 0 ? 'none\n' : [...lines.values()].join('')
}

function formatDirective(directive: DirectiveInput): string {
  const { module, config, options = {} } = requireDirective('formatDirectives', directive)
  const pairs = [`module=${requireName('module', module)}`]
  if (config !== undefined) pairs.push(`config=${requireName('config', config)}`)
  for (const [key, value] of Object.entries(options)) {
    if (!isKey(key) || reservedKeys.includes(key)) throw new TypeError(`formatDirectives(): ${JSON.stringify(key)} can be no key`)
    pairs.push(`${key}=${formatValue(value)}`)
  }
  return pairs.join(',')
}

function requireName(key: string, value: unknown): string {
  if (typeof value === 'string' && isName(value)) return value
  throw new TypeError(`formatDirectives(): ${JSON.stringify(value)} is no ${key} name`)
}

// Bare where no reader could take it otherwise; else a JSON string in which the controls that JSON leaves alone are escaped too.
function formatValue(value: string): string {
  if (/^[A-Za-z0-9._/:@+-](?:[A-Za-z0-9._/:@+= -]*[A-Za-z0-9._/:@+=-])?$/.test(value)) return value
  return JSON.stringify(value).replace(
    /[\u007f-\u009f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}
