import { quote } from './clean-text.ts'
import { didYouMean } from './suggest.ts'

/** What one option takes. */
export interface OptionRule {
  /** In words that complete "takes …". */
  takes: string
  accepts(value: unknown): boolean
  /** The values themselves, where they are few: a wrong one is shown and gets a suggestion. */
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
      problems.push(`${prefix}${name} takes ${rule.takes}, and was given ${shown(value, rule)}`)
    }
  }
  return problems
}

/** Only values of a closed list are shown: any other may have come from an environment variable. */
function shown(value: unknown, { takes, values }: OptionRule): string {
  if (values === undefined || typeof value !== 'string') return typeName(value, takes)
  const hint = didYouMean(value, values)
  return `${quote(value)}${hint?.startsWith('did') ? `; ${hint}` : ''}`
}

/** What a value is; "another string" where some string would be taken. */
function typeName(value: unknown, takes = ''): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (value === '') return 'an empty string'
  const type = Array.isArray(value) ? 'list' : typeof value
  if (Array.isArray(value) && value.length === 0) return 'an empty list'
  return `${takes.includes(type) ? 'another' : type === 'object' ? 'an' : 'a'} ${type}`
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
