import type { Scalar } from 'yaml'
import { type Diagnostic, parseConfigMap } from '../../index.ts'
import type { CommandIo } from '../io.ts'
import type { CheckOptions } from './check-options.ts'
import { type Checked, checkConfig, checkDirectives } from './config.ts'
import { tellText, tellValue, type ValueKind } from './kind.ts'
import { decodedPassage, type Passage, valuePassage, wholeFile } from './passage.ts'
import type { ScratchFolder } from './scratch-file.ts'
import { checkScript } from './script.ts'
import { findSecrets } from './secrets.ts'
import { diagnosticAt, type SourceFile } from './source.ts'
import { templateDiagnostic } from './template.ts'
import { binaryTexts, composeYaml, hasConfigMap, isBlock, lineCounter, rangeOf, type TextNode, textNodes } from './yaml-nodes.ts'

/** Checks the values of every ConfigMap in a YAML file: scripts, static configurations, directives; others are left alone. */
export async function checkConfigMaps(
  file: SourceFile,
  options: CheckOptions,
  scratch: ScratchFolder,
  io: CommandIo
): Promise<Checked> {
  const template = templateDiagnostic(wholeFile(file))
  if (template !== undefined) return { ...findSecrets(file.source, file.text), diagnostics: [template] }
  const { entries, diagnostics } = await parseConfigMap(file.bytes, { source: file.source })
  const documents = composeYaml(file.text)
  const { hidden, written } = findSecrets(file.source, file.text)
  const parts: Checked[] = [{ diagnostics, hidden, written }]
  const counter = lineCounter(file.text)
  const nodes = new Map<string, TextNode>()
  for (const node of textNodes(documents)) {
    const line = counter.linePos(rangeOf(node.scalar)[0]).line + (isBlock(node.scalar) ? 1 : 0)
    nodes.set(placeKey(line, node.scalar.value), node)
  }
  const spanOf = (scalar: Scalar) => {
    const [from, to] = rangeOf(scalar)
    return [counter.linePos(from), counter.linePos(to)] as const
  }
  let known = 0
  const check = async (kind: ValueKind, key: string, passage: Passage, scalar: Scalar) => {
    known++
    const part = await checkValue(kind, key, passage, options, scratch, io)
    parts.push(part)
    // Written otherwise than it is read: none of it can be shown.
    if (passage.inPlace === undefined && (kind !== 'script' || part.written.length > 0))
      parts.push({ diagnostics: [], hidden: [spanOf(scalar)], written: [] })
  }
  // Aliases may stand for one text many times.
  const kinds = new Map<TextNode, ReturnType<typeof tellText>>()
  const done = new Map<TextNode, Set<ValueKind>>()
  for (const { name, key, text, line } of entries) {
    const node = nodes.get(placeKey(line, text))
    if (node === undefined) continue
    if (!kinds.has(node)) kinds.set(node, tellText(text))
    const kind = tellValue(key, text, kinds.get(node))
    const kindsDone = done.get(node) ?? new Set()
    if (kind === undefined || kindsDone.has(kind)) continue
    done.set(node, kindsDone.add(kind))
    await check(kind, key, valuePassage(file, counter, node, nameOf(name, key)), node.scalar)
  }
  for (const { name, key, scalar, text } of binaryTexts(documents)) {
    const kind = tellValue(String(key.value), text)
    if (kind === undefined) continue
    const keyName = String(key.value)
    await check(kind, keyName, decodedPassage(file, counter, key, nameOf(name, keyName), text), scalar)
  }
  const nothing = known === 0 && diagnostics.length === 0 ? [nothingFound(file, hasConfigMap(documents))] : []
  return {
    diagnostics: [...parts.flatMap((part) => part.diagnostics), ...nothing],
    hidden: parts.flatMap((part) => part.hidden),
    written: parts.flatMap((part) => part.written)
  }
}

function nameOf(configMap: string, key: string): string {
  return configMap === '' ? key : `${key} of the ConfigMap ${configMap}`
}

async function checkValue(
  kind: ValueKind,
  key: string,
  passage: Passage,
  options: CheckOptions,
  scratch: ScratchFolder,
  io: CommandIo
): Promise<Checked> {
  if (kind === 'config') return checkConfig(passage, key, options.keys)
  if (kind === 'directives') return checkDirectives(passage, options.keys)
  // Its places are found in the whole file; here what a tool may say of it.
  const { written } = findSecrets(passage.source, passage.text, 'script')
  return { diagnostics: await checkScript(passage, options, scratch, io), hidden: [], written }
}

function nothingFound(file: SourceFile, found: boolean): Diagnostic {
  if (!found) {
    const message = 'there is no ConfigMap in it'
    const hint = 'check the file that has it, or say what this is: --as config|directives|script'
    return diagnosticAt(file, { code: 'unknown-file-kind', severity: 'error', message, hint })
  }
  const message = 'nothing was checked: no value of its ConfigMaps is known as a script, static configuration or directives'
  const hint = 'begin a script with #! or name its key load-sidecars.sh; name a static configuration modules.yaml'
  return diagnosticAt(file, { code: 'unknown-file-kind', severity: 'note', message, hint })
}

function placeKey(line: number, text: string): string {
  return `${line} ${text}`
}
