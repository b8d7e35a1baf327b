import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../core/clean-text.ts'
import { didYouMean } from '../core/suggest.ts'
import { errorCodeOf, optionsInvalid } from '../errors.ts'
import { type ConfigMapEntry, formatDiagnostics, parseConfigMap } from '../index.ts'
import { scriptUnreadable } from '../script-errors.ts'
import { readText } from './read-text.ts'

/** The script of a test, for the time of one run. */
export interface ScriptSource {
  /** Absolute. */
  path: string
  /** What people call it: the script's file, or the YAML that holds it. */
  name: string
  /** What blame and coverage call it: an absolute path, or what the test called its YAML. */
  file: string
  /** The line of `name` in which a line of the script stands; `undefined` where the YAML folds or quotes the text. */
  lineOf(line: number): number | undefined
  /** The script; empty where it can't be read. */
  text(): string
  /** Removes what was written for the run. */
  dispose(): void
}

/** Gives the script for one run. */
export type OpenSource = () => Promise<ScriptSource>

/** The text of a ConfigMap, in place of its path. */
export interface ConfigMapText {
  text: string
  /** What it is called. @default "<config map>" */
  source?: string | undefined
}

/** A script in a file. The path is resolved now, whatever the working folder is when it runs. */
export function fileSource(named: unknown): OpenSource {
  const file = resolved(named)
  return async () => {
    if (file === undefined) throw optionsInvalid('loaderScript()', ['the script takes a path or a file: URL'])
    const name = path.basename(file)
    return { path: file, name, file, lineOf: (line) => line, text: () => readText(file) ?? '', dispose() {} }
  }
}

/** A script in a ConfigMap: its text is written to a file with the key's name, in a folder of its own. */
export function configMapSource(from: unknown, key: unknown): OpenSource {
  const file = resolved(from)
  return async () => {
    const { text, source } = file === undefined ? givenText(from) : { text: await readYaml(file), source: path.basename(file) }
    if (typeof key !== 'string') throw invalid('the key takes a string')
    const parsed = await parseConfigMap(text, { source })
    const entries = parsed.entries.filter((entry) => entry.key === key)
    const [entry] = entries
    if (entry === undefined) throw noEntry(source, key, parsed.entries, parsed.ok ? '' : formatDiagnostics(parsed.diagnostics))
    if (entries.length > 1)
      throw invalid(`${quote(key)} is a key of ${entries.length} ConfigMaps: ${list(entries.map(({ name }) => name))}`)
    if (!/^[-._a-zA-Z0-9]+$/.test(key) || key === '.' || key === '..')
      throw invalid(`${quote(key)} can't be the key of a ConfigMap`)
    return written(entry, { name: source, file: file ?? source }, isLiteral(text, entry))
  }
}

function written(entry: ConfigMapEntry, yaml: { name: string; file: string }, literal: boolean): ScriptSource {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hermes-script-')))
  chmodSync(folder, 0o755)
  const file = path.join(folder, entry.key)
  writeFileSync(file, entry.text)
  const lineOf = (line: number) => (literal ? entry.line + line - 1 : undefined)
  return {
    path: file,
    name: yaml.name,
    // Other styles than a literal block have no lines of their own.
    file: literal ? yaml.file : `${yaml.file} (${entry.key}, lines of its text)`,
    lineOf,
    text: () => entry.text,
    dispose: () => rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether each line of the text is a line of the YAML, less its indentation: so it is in a literal block (`|`). */
function isLiteral(yaml: string, { text, line }: ConfigMapEntry): boolean {
  const lines = yaml.split(/\r?\n/).slice(line - 1)
  const wanted = text.replace(/\n+$/, '').split('\n')
  const [first = ''] = wanted
  const indentation = (lines[0] ?? '').length - first.length
  if (indentation < 1 || wanted.length < 1) return false
  return wanted.every((one, index) => {
    const found = lines[index] ?? ''
    return found.trim() === '' ? one.trim() === '' : found.slice(indentation) === one && found.slice(0, indentation).trim() === ''
  })
}

function resolved(named: unknown): string | undefined {
  try {
    if (named instanceof URL) return fileURLToPath(named)
    return typeof named === 'string' && named !== '' && !named.includes('\0') ? path.resolve(named) : undefined
  } catch {
    return undefined
  }
}

async function readYaml(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw scriptUnreadable(file, `the ConfigMap can't be read (${errorCodeOf(error) ?? 'unknown'})`, 'Correct the path', error)
  }
}

function givenText(from: unknown): { text: string; source: string } {
  const { text, source = '<config map>' } = (typeof from === 'object' && from !== null ? from : {}) as Partial<ConfigMapText>
  if (typeof text !== 'string') throw invalid('the ConfigMap takes a path, a file: URL or { text, source }')
  if (typeof source !== 'string' || source === '') throw invalid('source takes a string that is not empty')
  return { text, source }
}

function noEntry(source: string, key: string, entries: readonly ConfigMapEntry[], faults: string) {
  if (faults !== '') return scriptUnreadable(source, `the YAML is wrong:\n${faults}`, 'Correct it')
  const keys = entries.map((entry) => entry.key)
  return invalid(
    `no ConfigMap in ${source} has the key ${quote(key)}: ${didYouMean(key, keys) ?? 'none has any'} (keys: ${list(keys)})`
  )
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map(quote).join(', ')
}

function invalid(problem: string) {
  return optionsInvalid('loaderScript.fromConfigMap()', [problem])
}
