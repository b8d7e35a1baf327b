import type { ParsedConfigMaps } from './config-map-reader.ts'
import { sourceRule } from './core-options.ts'
import { requireOptions } from './option-rules.ts'
import { isBytes } from './source-text.ts'

/** Options of {@link parseConfigMap}. */
export interface ParseConfigMapOptions {
  /** What diagnostics say the text is. @default "<config map>" */
  source?: string | undefined
}

/**
 * Reads the texts in every ConfigMap of a YAML text, which may have several documents and lists of objects
 * (https://kubernetes.io/docs/concepts/configuration/configmap/). Other kinds are passed over. Never throws on a text.
 *
 * @throws TypeError for a subject that is neither text nor bytes, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export async function parseConfigMap(text: string | Uint8Array, options: ParseConfigMapOptions = {}): Promise<ParsedConfigMaps> {
  if (typeof text !== 'string' && !isBytes(text)) throw new TypeError('parseConfigMap() takes a string or a Uint8Array')
  requireOptions('parseConfigMap', options, { source: sourceRule })
  const { readConfigMaps } = await import('./config-map-reader.ts')
  return readConfigMaps(text, options.source ?? '<config map>')
}
