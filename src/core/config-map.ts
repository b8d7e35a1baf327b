import { quote } from './clean-text.ts'
import { sourceRule } from './core-options.ts'
import { type Diagnostic, diagnosticOf, inOrder, isOk } from './diagnostic.ts'
import { type Path, valueAt } from './located-document.ts'
import { isObject, requireOptions } from './option-rules.ts'
import type { YamlValues } from './yaml-values.ts'

/** Options of {@link parseConfigMap}. */
export interface ParseConfigMapOptions {
  /** What diagnostics say the text is. @default "<config map>" */
  source?: string | undefined
}

/** One value of a ConfigMap's `data`. */
export interface ConfigMapEntry {
  /** Of the ConfigMap; empty where it has none. */
  name: string
  /** Of the value in `data`, such as `load-sidecars.sh`. */
  key: string
  /** The value. */
  text: string
  /** Of the first character of `text` in the YAML, from 1. */
  line: number
}

/** What {@link parseConfigMap} gives. */
export interface ParsedConfigMaps {
  /** No diagnostic is an error. */
  ok: boolean
  /** Those of the documents without an error. */
  entries: ConfigMapEntry[]
  /** In the order of the documents. */
  diagnostics: Diagnostic[]
}

/**
 * Reads the texts in every ConfigMap of a YAML text, which may have several documents and lists of objects
 * (https://kubernetes.io/docs/concepts/configuration/configmap/). Other kinds are passed over. Never throws on a text.
 *
 * @throws TypeError for a subject that is neither text nor bytes, and for a wrong option (`code` is ERR_HERMES_OPTIONS_INVALID)
 */
export async function parseConfigMap(text: string | Uint8Array, options: ParseConfigMapOptions = {}): Promise<ParsedConfigMaps> {
  if (typeof text !== 'string' && !(text instanceof Uint8Array))
    throw new TypeError('parseConfigMap() takes a string or a Uint8Array')
  requireOptions('parseConfigMap', options, { source: sourceRule })
  const [{ parseYaml }, { valuesOf }] = await Promise.all([import('./yaml-text.ts'), import('./yaml-values.ts')])
  const yaml = await parseYaml(text, options.source ?? '<config map>')
  const entries: ConfigMapEntry[] = []
  const diagnostics = [...yaml.diagnostics]
  for (const document of yaml.documents) {
    if (document.errors.length + document.warnings.length > 0) continue
    const values = await valuesOf(document, yaml)
    diagnostics.push(...values.diagnostics)
    if (values.diagnostics.length > 0) continue
    for (const path of configMapsIn(values.value)) readData(values, path, entries, diagnostics)
  }
  return { ok: isOk(diagnostics), entries, diagnostics: inOrder(diagnostics) }
}

/** Where ConfigMaps stand in a document: at its root, or in a `List`. */
function configMapsIn(value: unknown, path: Path = []): Path[] {
  if (!isObject(value)) return []
  if (value['kind'] === 'ConfigMap') return [path]
  const isList = typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items'])
  return isList ? (value['items'] as unknown[]).flatMap((item, index) => configMapsIn(item, [...path, 'items', index])) : []
}

function readData(document: YamlValues, path: Path, entries: ConfigMapEntry[], diagnostics: Diagnostic[]): void {
  const data = valueAt(document.value, [...path, 'data']) ?? {}
  const named = valueAt(document.value, [...path, 'metadata', 'name'])
  const name = typeof named === 'string' ? named : (document.writtenAt([...path, 'metadata', 'name']) ?? '')
  if (!isObject(data)) {
    const message = 'the data of a ConfigMap is an object of texts'
    const hint = 'write it as data: { KEY: TEXT }'
    diagnostics.push(diagnosticOf({ code: 'invalid-config', message, hint }, document.placeOf([...path, 'data'])))
    return
  }
  for (const [key, text] of Object.entries(data)) {
    const at = [...path, 'data', key]
    if (typeof text === 'string') {
      entries.push({ name, key, text, line: document.lineOfText(at) })
    } else {
      const written = document.writtenAt(at)
      const hint = written === undefined || written === '' ? 'write it as a text: key: |' : `quote it: "${written}"`
      diagnostics.push(
        diagnosticOf({ code: 'invalid-config', message: `the value of ${quote(key)} is no text`, hint }, document.placeOf(at))
      )
    }
  }
}
