import { quote } from './clean-text.ts'
import { didYouMean, suggest } from './suggest.ts'

/** What one option takes. */
export interface OptionRule {
  /** In words that complete "takes …". */
  takes: string
  accepts(value: unknown): boolean
  /** Which part of a wrong value it is: an index, a name of a variable. */
  part?(value: unknown): string | undefined
  /** The values themselves, where they are few: a wrong one gets a suggestion. */
  values?: readonly string[]
}

export type OptionRules = Readonly<Record<string, OptionRule>>

/** Problems of an options object: members that nobody knows, and values that a member does not take. `undefined` counts as absent. */
export function optionProblems(given: unknown, rules: OptionRules, prefix = ''): string[] {
  if (given === undefined) return []
  if (!isObject(given)) return [`${prefix === '' ? 'the options' : prefix.slice(0, -1)} take an object, not ${typeName(given)}`]
  const problems: string[] = []
  for (const name of Object.keys(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    const value = given[name]
    if (rule === undefined) {
      problems.push(`unknown option ${quote(prefix + name)}: ${didYouMean(name, Object.keys(rules))}`)
    } else if (value !== undefined && !rule.accepts(value)) {
      problems.push(`${prefix}${name} takes ${rule.takes}${butGiven(value, rule)}${partOf(value, rule)}`)
    }
  }
  return problems
}

/** The word that was meant, else what was given; never the text itself, which may have come from an environment variable. */
function butGiven(value: unknown, { values }: OptionRule): string {
  const meant = values && typeof value === 'string' ? suggest(value, values) : undefined
  return meant === undefined ? `, and was given ${typeName(value)}` : `: did you mean "${meant}"?`
}

function partOf(value: unknown, { part }: OptionRule): string {
  const found = part?.(value)
  return found === undefined ? '' : ` (look at ${found})`
}

function typeName(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return 'another string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'another list'
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`
}

/** Throws where an options object is wrong. @throws TypeError with `code` ERR_HERMES_OPTIONS_INVALID */
export function requireOptions(caller: string, given: unknown, rules: OptionRules): void {
  const problems = optionProblems(given, rules)
  if (problems.length > 0) throw optionsError(problemList(`${caller}()`, problems))
}

/** A caller's mistakes as one message: a line each, where there are several. */
export function problemList(caller: string, problems: readonly string[]): string {
  return problems.length === 1
    ? `${caller}: ${problems[0]}`
    : [`${caller}: ${problems.length} problems`, ...problems].join('\n  - ')
}

/** The error of a pure function for a wrong option. */
function optionsError(message: string): TypeError & { code: 'ERR_HERMES_OPTIONS_INVALID' } {
  return Object.assign(new TypeError(message), { code: 'ERR_HERMES_OPTIONS_INVALID' as const })
}

/** An object with members, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
