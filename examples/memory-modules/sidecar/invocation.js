import path from 'node:path'
import { parseArgs } from 'node:util'
import { clean } from './clean-text.js'
import { readSettings } from './settings.js'
import { settingsError } from './sidecar-error.js'

const defaultFolder = '/var/run/hermes/output'
const defaultLimit = 128 * 1024 * 1024
const leastLimit = 16 * 1024

/**
 * All that a module is told: by the injector in the environment, by hand with `--target`.
 * @param {string} ownName the module's own, for where HERMES_MODULE is not set
 * @param {Record<string, import('./settings.js').Rule>} rules
 * @param {{ argv: readonly string[], env: NodeJS.ProcessEnv }} from
 */
export function readInvocation(ownName, rules, { argv, env }) {
  const { target } = readArguments(argv)
  const settings = readSettings(env.HERMES_MODULE_SETTINGS, rules)
  if (target !== undefined) settings.target = target
  return {
    name: readName(env.HERMES_MODULE, ownName),
    config: env.HERMES_MODULE_CONFIG || undefined,
    settings,
    folder: path.resolve(env.HERMES_OUTPUT || defaultFolder),
    limitBytes: readLimit(env.HERMES_OUTPUT_BYTES)
  }
}

function readArguments(argv) {
  try {
    return parseArgs({ args: [...argv], options: { target: { type: 'string' } } }).values
  } catch (error) {
    throw settingsError(`${clean(error.message, 200)} (the one option is --target PID|TEXT|auto)`)
  }
}

/** It becomes the name of a folder. */
function readName(given, ownName) {
  const name = given || ownName
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw settingsError('HERMES_MODULE takes letters, digits, ".", "_" and "-"')
  return name
}

function readLimit(given) {
  if (given === undefined || given === '') return defaultLimit
  const limit = /^\d+$/.test(given) ? Number(given) : Number.NaN
  if (!Number.isSafeInteger(limit) || limit < leastLimit) {
    throw settingsError(`HERMES_OUTPUT_BYTES takes a whole number of bytes, at least ${leastLimit}`)
  }
  return limit
}
