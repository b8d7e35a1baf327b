import { createHash } from 'node:crypto'
import { jsonPointer } from '../core/json-pointer.ts'
import type { ModuleOrigin } from '../core/resolution.ts'
import { findNoJson, withoutPrototype } from './json-value.ts'
import type { RecordInputs } from './record-inputs.ts'
import { wrongMember } from './record-shape.ts'
import { maxRecordBytes } from './record-store.ts'

/** What a record holds, beside its version and digest. */
export interface RecordedAnswer {
  /** Whose answer: with `args` it makes the key. */
  name: string
  args: readonly string[]
  /** As decided: `script-ran` …, never `recorded`. */
  reason: string
  /** Where the reason is `script-failed`. */
  failure?: { code: string; message: string }
  /** The step that decided. */
  step?: string
  /** ISO 8601. */
  decidedAt: string
  inputs: RecordInputs
  modules: readonly RecordedModule[]
}

export interface RecordedModule {
  name: string
  config?: string
  /** As configured: each step validates them with its own catalog. */
  settings: Record<string, unknown>
  options: Record<string, string>
  origin: ModuleOrigin
}

/** What bytes are that stand where a record should. */
export type DecodedRecord =
  | { state: 'whole'; answer: RecordedAnswer }
  /** Of a newer version of this package, which alone knows whether it is whole. */
  | { state: 'newer'; version: number }
  | { state: 'damaged'; why: string }

const version = 1

/**
 * A record's bytes: JSON in one line, with `version` and `digest`, the SHA-256 in hex of `JSON.stringify` of the rest.
 *
 * @throws TypeError for settings that JSON can't say, RangeError for more than 4 MiB
 */
export function encodeRecord(answer: RecordedAnswer): Uint8Array {
  for (const { name, settings } of answer.modules) {
    const found = findNoJson(settings)
    if (found) throw new TypeError(`the settings of ${name} hold at ${jsonPointer(found)} what is no JSON value`)
  }
  const { name, args, step, decidedAt, reason, failure, inputs, modules } = answer
  const rest = { version, name, args, step, decidedAt, reason, failure, inputs, modules }
  const bytes = new TextEncoder().encode(JSON.stringify({ ...rest, digest: digestOf(rest) }))
  if (bytes.length <= maxRecordBytes) return bytes
  throw new RangeError(`the answer takes ${bytes.length} bytes, a record at most ${maxRecordBytes}`)
}

/**
 * The answer in a record's bytes. Never throws. The version comes before the digest, whose rule a newer one may have changed;
 * fields that nobody knows are covered by the digest, and otherwise ignored. Objects in it have no prototype.
 */
export function decodeRecord(bytes: Uint8Array): DecodedRecord {
  if (bytes.length === 0) return damaged(`it is empty, or no regular file of at most ${maxRecordBytes} bytes`)
  if (bytes.length > maxRecordBytes) return damaged(`it has more than ${maxRecordBytes} bytes`)
  try {
    // Strict UTF-8, its BOM kept: a byte that was changed must not pass as another text.
    return judge(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), withoutPrototype))
  } catch {
    return damaged('it is no JSON text')
  }
}

function judge(parsed: unknown): DecodedRecord {
  if (typeof parsed !== 'object' || parsed === null || !('version' in parsed)) return damaged('it has no version')
  if (typeof parsed.version !== 'number' || !Number.isInteger(parsed.version)) return damaged('its version is no whole number')
  if (parsed.version > version) return { state: 'newer', version: parsed.version }
  if (parsed.version < version) return damaged('there is no such version')
  const { digest, ...rest } = parsed as { digest?: unknown }
  if (digest !== digestOf(rest)) return damaged('its digest is not that of its content')
  const wrong = wrongMember(rest)
  if (wrong !== undefined) return damaged(`its "${wrong}" is missing, or not what it should be`)
  return { state: 'whole', answer: answerOf(rest as RecordedAnswer) }
}

/** What is known of an answer; a reader ignores the rest. */
function answerOf({ name, args, reason, failure, step, decidedAt, inputs, modules }: RecordedAnswer): RecordedAnswer {
  return { name, args, reason, ...(failure && { failure }), ...(step !== undefined && { step }), decidedAt, inputs, modules }
}

function damaged(why: string): DecodedRecord {
  return { state: 'damaged', why }
}

function digestOf(rest: object): string {
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex')
}
