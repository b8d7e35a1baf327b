import type { HermesErrorCode } from '../../index.ts'

// An object, so that one that is missing does not compile.
const known: Readonly<Record<HermesErrorCode, true>> = {
  ERR_HERMES_OPTIONS_INVALID: true,
  ERR_HERMES_SCRIPT_UNREADABLE: true,
  ERR_HERMES_SCRIPT_UNTRUSTED: true,
  ERR_HERMES_SCRIPT_HASH_MISMATCH: true,
  ERR_HERMES_INTERPRETER_NOT_FOUND: true,
  ERR_HERMES_SCRIPT_START: true,
  ERR_HERMES_SCRIPT_EXIT: true,
  ERR_HERMES_SCRIPT_SIGNAL: true,
  ERR_HERMES_SCRIPT_TIMEOUT: true,
  ERR_HERMES_SCRIPT_REPORTED: true,
  ERR_HERMES_OUTPUT_LIMIT: true,
  ERR_HERMES_DIRECTIVES_INVALID: true,
  ERR_HERMES_CATALOG_MISMATCH: true,
  ERR_HERMES_CONFIG_UNREADABLE: true,
  ERR_HERMES_CONFIG_INVALID: true,
  ERR_HERMES_RECORD_UNUSABLE: true,
  ERR_HERMES_RECORD_CHANGED: true,
  ERR_HERMES_MODULE_LOAD: true,
  ERR_HERMES_PLATFORM_UNSUPPORTED: true,
  ERR_HERMES_WORLD_OPEN: true,
  ERR_HERMES_COMMAND_REFUSED: true,
  ERR_HERMES_ABORTED: true
}

/** Every code that an error can have. */
export const errorCodes: readonly string[] = Object.keys(known)
