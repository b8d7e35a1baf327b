import { quote } from './clean-text.ts'
import { type Extent, labels, type Pair, readPairs } from './directive-grammar.ts'
import { isName, nameHint } from './names.ts'
import type { LineProblem } from './source-text.ts'
import { didYouMean, suggest } from './suggest.ts'

/** What a line of pairs asks for, and what is wrong with it. */
export interface DirectiveLine {
  module: string | undefined
  config: string | undefined
  /** Values of declared keys. */
  options: Readonly<Record<string, string>>
  /** In the order of the line. */
  problems: readonly LineProblem[]
}

/** `keys` as they are known in a line: `module` and `config` first. */
export function knownKeys(declared: readonly string[]): readonly string[] {
  return [...new Set(['module', 'config', ...declared])]
}

const noOptions: Readonly<Record<string, string>> = Object.freeze(Object.create(null))

/** Reads `module=mem-profiler,config=prod-tunings`. */
export function readDirectiveLine(text: string, extent: Extent, known: readonly string[]): DirectiveLine {
  const { pairs, fault } = readPairs(text, extent)
  const values: (string | undefined)[] = []
  const problems: LineProblem[] = []
  for (const pair of pairs) {
    const index = known.indexOf(pair.key)
    if (index < 0) problems.push(unknownKey(pair, known))
    else if (values[index] !== undefined) problems.push(repeatedKey(pair))
    else values[index] = pair.value
    if ((index === 0 || index === 1) && !isName(pair.value)) problems.push(invalidName(pair))
  }
  const [module, config, ...declared] = values
  if (fault) problems.push({ code: 'syntax', ...fault })
  else if (module === undefined && !pairs.some(({ key }) => !known.includes(key) && explainsMissing(key, known))) {
    problems.unshift(missingModule(extent))
  }
  return { module, config, options: declared.length > 0 ? optionsOf(declared, known) : noOptions, problems }
}

function optionsOf(values: readonly (string | undefined)[], known: readonly string[]): Record<string, string> {
  const options: Record<string, string> = Object.create(null)
  for (const [index, value] of values.entries()) if (value !== undefined) options[known[index + 2] as string] = value
  return options
}

function unknownKey({ key, keyAt }: Pair, known: readonly string[]): LineProblem {
  return {
    code: 'unknown-key',
    at: keyAt,
    length: key.length,
    message: `unknown key ${quote(key)}`,
    hint: meantLabel(key, known) ?? didYouMean(key, known)
  }
}

/** `Note=…` and `warn=…` are messages, mistyped. */
function meantLabel(key: string, known: readonly string[]): string | undefined {
  if (labels.includes(key)) return `${key}= stands on a line of its own`
  const meant = suggest(key, [...known, ...labels])
  return meant !== undefined && labels.includes(meant) ? `did you mean "${meant}"?` : undefined
}

function explainsMissing(key: string, known: readonly string[]): boolean {
  return suggest(key, known) === 'module' || meantLabel(key, known) !== undefined
}

function repeatedKey({ key, keyAt }: Pair): LineProblem {
  const hint = 'each key stands once in a line'
  return { code: 'repeated-key', at: keyAt, length: key.length, message: `${quote(key)} stands twice in this line`, hint }
}

function invalidName({ key, value, valueAt, valueLength }: Pair): LineProblem {
  const message = `${quote(value)} is no ${key} name`
  return { code: 'invalid-name', at: valueAt, length: valueLength, message, hint: nameHint(value) }
}

function missingModule({ start, end }: Extent): LineProblem {
  const message = 'this directive names no module'
  return { code: 'missing-module', at: start, length: end - start, message, hint: 'add module=NAME' }
}
