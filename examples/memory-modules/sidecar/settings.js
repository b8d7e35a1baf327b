import { clean } from './clean-text.js'
import { settingsError } from './sidecar-error.js'

/**
 * What one setting takes.
 * @typedef {object} Rule
 * @property {string} takes in words that complete "takes …"
 * @property {(value: unknown) => boolean} accepts
 * @property {unknown} default
 */

/** The setting that every module has. @type {Rule} */
export const target = {
  takes: 'a pid, a part of a command line (* stands for any text), or "auto"',
  accepts: (value) => (typeof value === 'string' ? value.trim() !== '' : Number.isSafeInteger(value) && Number(value) > 0),
  default: 'auto'
}

/** @param {string} unit @param {number} from @param {number} to @param {number} byDefault @returns {Rule} */
export function wholeNumber(unit, from, to, byDefault) {
  return {
    takes: `a whole number of ${unit}, ${from} to ${to}`,
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
    default: byDefault
  }
}

/** @param {string} unit @param {number} from @param {number} to @param {number} byDefault @returns {Rule} */
export function number(unit, from, to, byDefault) {
  return {
    takes: `a number of ${unit}, ${from} to ${to}`,
    accepts: (value) => typeof value === 'number' && value >= from && value <= to,
    default: byDefault
  }
}

/** @param {readonly string[]} words @returns {Rule} */
export function listOf(words) {
  return {
    takes: `a list of at least one of ${words.join(', ')}`,
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every((word) => words.includes(word)),
    default: words
  }
}

/**
 * The settings of HERMES_MODULE_SETTINGS, with defaults. A value that is wrong is never repeated: it came from the environment.
 * @template {Record<string, Rule>} Rules
 * @param {string | undefined} json
 * @param {Rules} rules
 * @returns {{ [Name in keyof Rules]: any }}
 */
export function readSettings(json, rules) {
  const given = parse(json)
  const problems = Object.keys(given)
    .map((name) => problemOf(name, given[name], rules))
    .filter((problem) => problem !== undefined)
  if (problems.length > 0) throw settingsError(['HERMES_MODULE_SETTINGS:', ...problems].join('\n  - '))
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, Object.hasOwn(given, name) ? given[name] : rule.default])
  )
}

function problemOf(name, value, rules) {
  if (!Object.hasOwn(rules, name)) return `unknown setting "${clean(name)}": there are ${Object.keys(rules).join(', ')}`
  return rules[name].accepts(value) ? undefined : `${name} takes ${rules[name].takes}`
}

function parse(json) {
  if (json === undefined || json.trim() === '') return {}
  let given
  try {
    given = JSON.parse(json)
  } catch {
    throw settingsError(`HERMES_MODULE_SETTINGS takes a JSON object, and is no JSON (${json.length} characters)`)
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw settingsError('HERMES_MODULE_SETTINGS takes a JSON object, and is another value')
  }
  return given
}
