import { keysRule, oneOf, sourceRule } from './core-options.ts'
import { type Diagnostic, isOk } from './diagnostic.ts'
import { requireOptions } from './option-rules.ts'
import { isBytes } from './source-text.ts'
import type { StaticConfig, StaticModule } from './static-config-reader.ts'

/** Options of {@link parseStaticConfig}. */
export interface ParseStaticConfigOptions {
  /** What diagnostics say the text is. @default "<static configuration>" */
  source?: string | undefined
  /** `json` is strict JSON; `yaml` is YAML 1.2. @default 'yaml' */
  format?: 'yaml' | 'json' | undefined
  /** Keys that module entries may have beside `module` and `config`. @default [] */
  keys?: readonly string[] | undefined
}

/** What {@link parseStaticConfig} gives: a configuration, or at least one diagnostic that is an error. */
export type ParsedStaticConfig =
  | { ok: true; config: StaticConfig; diagnostics: Diagnostic[] }
  | { ok: false; config?: undefined; diagnostics: Diagnostic[] }

const parseRules = { source: sourceRule, format: oneOf('yaml', 'json'), keys: keysRule }

/**
 * Reads a static configuration, YAML or JSON (docs/configuration.md). All problems come in one pass; never throws on a text.
 *
 * @throws TypeError for a subject that is neither text nor bytes, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export async function parseStaticConfig(
  text: string | Uint8Array,
  options: ParseStaticConfigOptions = {}
): Promise<ParsedStaticConfig> {
  if (typeof text !== 'string' && !isBytes(text)) throw new TypeError('parseStaticConfig() takes a string or a Uint8Array')
  requireOptions('parseStaticConfig', options, parseRules)
  const { source = '<static configuration>', format = 'yaml', keys = [] } = options
  const { readStaticConfig } = await import('./static-config-reader.ts')
  const { requests, configs, diagnostics } = await readStaticConfig(text, { source, format, keys })
  if (!isOk(diagnostics)) return { ok: false, diagnostics }
  const modules = requests.map(({ module, config, options: extra }): StaticModule => {
    const isShort = config === undefined && Object.keys(extra).length === 0
    return isShort ? module : Object.assign(Object.create(null), { module, ...(config !== undefined && { config }), ...extra })
  })
  return { ok: true, config: { modules, configs }, diagnostics }
}
