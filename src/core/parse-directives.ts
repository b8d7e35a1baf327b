import { booleanRule, keysRule, sourceRule } from './core-options.ts'
import { knownKeys } from './directive-line.ts'
import { DirectiveReader, type ParsedDirectives } from './directive-reader.ts'
import { requireOptions } from './option-rules.ts'
import { isBytes, readLines, type SourceLine } from './source-text.ts'

/** Options of {@link parseDirectives}. */
export interface ParseDirectivesOptions {
  /** What diagnostics say the text is. @default "<directives>" */
  source?: string | undefined
  /** Keys that are allowed beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
  /** Refuse a last line that does not end in LF, as a script's output always is. @default false */
  requireFinalNewline?: boolean | undefined
}

const parseRules = { source: sourceRule, keys: keysRule, requireFinalNewline: booleanRule }

/**
 * Reads directives, protocol 1: `module=mem-profiler,config=prod-tunings`, one a line (docs/syntax.md).
 *
 * All problems come in one pass. Never throws on any text or bytes; time is linear.
 *
 * @throws TypeError for a subject that is neither text nor bytes, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export function parseDirectives(text: string | Uint8Array, options: ParseDirectivesOptions = {}): ParsedDirectives {
  if (typeof text !== 'string' && !isBytes(text)) throw new TypeError('parseDirectives() takes a string or a Uint8Array')
  requireOptions('parseDirectives', options, parseRules)
  return parseLines(readLines(text), { ...options, source: options.source ?? '<directives>' })
}

/** {@link parseDirectives} over lines that were cut otherwise. */
export function parseLines(lines: Iterable<SourceLine>, options: ParseDirectivesOptions & { source: string }): ParsedDirectives {
  const reader = new DirectiveReader(options.source, knownKeys(options.keys ?? []), options.requireFinalNewline ?? false)
  for (const line of lines) if (!reader.take(line)) break
  return reader.result()
}
