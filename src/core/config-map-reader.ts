import { quote } from './clean-text.ts'
import { type Diagnostic, diagnosticOf, inOrder, isOk } from './diagnostic.ts'
import { type Path, valueAt } from './located-document.ts'
import { isObject } from './option-rules.ts'
import { parseYaml } from './yaml-text.ts'
import { valuesOf, type YamlValues } from './yaml-values.ts'

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

/** Reads the texts in every ConfigMap of a YAML text. */
export async function readConfigMaps(text: string | Uint8Array, source: string): Promise<ParsedConfigMaps> {
  const yaml = await parseYaml(text, source)
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

/** Where ConfigMaps stand in a document: at its root, or in a list. The API leaves the kind of a `ConfigMapList`'s items out. */
function configMapsIn(value: unknown, path: Path = [], kindInList?: string): Path[] {
  if (!isObject(value)) return []
  const { kind = kindInList, items } = value
  if (kind === 'ConfigMap') return [path]
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return []
  const kindOfItems = kind === 'ConfigMapList' ? 'ConfigMap' : undefined
  return items.flatMap((item: unknown, index) => configMapsIn(item, [...path, 'items', index], kindOfItems))
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
