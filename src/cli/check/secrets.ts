import { isAlias, isCollection, isScalar, isSeq, type LineCounter, type Node, visit } from 'yaml'
import type { Diagnostic } from '../../index.ts'
import type { FileKind } from './kind.ts'
import { namesSecret, type Range, secretRanges, withoutSecrets } from './secret-text.ts'
import { printableInPlace } from './source.ts'
import { composeYaml, isWhole, lineCounter, rangeOf, type YamlDocuments } from './yaml-nodes.ts'

/** A key that is the name of a secret. */
interface Secret {
  name: string
  /** Offsets of the key. */
  key: Range
  /** What stands under it; nothing where that is known of an earlier key. `written`: how it may show in a message. */
  values: readonly { range: Range; written: readonly string[] }[]
}

/** The secrets in YAML documents; numbers count, `true`, nothing and an empty text don't. */
function secretsIn(documents: YamlDocuments, text: string): { secrets: Secret[]; keyEnds: Set<number> } {
  const secrets: Secret[] = []
  const keyEnds = new Set<number>()
  const found = new Map<Node, Secret['values']>()
  const valuesOf = (target: Node) => {
    const values = (isSeq(target) ? target.items : [target]).flatMap((node) => {
      if (!isScalar(node) || !isValue(node.value)) return []
      const range = rangeOf(node)
      return [{ range, written: [String(node.value), ...shownAs(text.slice(...range))] }]
    })
    found.set(target, values)
    return values
  }
  for (const document of documents) {
    // yaml looks for an anchor in the whole document, for each alias.
    const anchors = new Map<string, Node>()
    visit(document, {
      Node(_, node) {
        if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node)
      },
      Pair(_, { key, value }) {
        if (!isScalar(key)) return
        keyEnds.add(rangeOf(key as Node)[1])
        if (!namesSecret(String(key.value))) return
        const target = isAlias(value) ? anchors.get(value.source) : (value as Node | null)
        if (!target) return
        const known = found.get(target)
        const values = known ?? valuesOf(target)
        const isNew = known === undefined
        if (values.length > 0) secrets.push({ name: String(key.value), key: rangeOf(key as Node), values: isNew ? values : [] })
      }
    })
  }
  return { secrets, keyEnds }
}

/** Messages cut what they quote. */
const quoteLimit = 79

/** How a value may show in a message: whole, a line of it, or what stands between the signs of directives and YAML. */
function shownAs(value: string): string[] {
  const lines = value.split('\n')
  const parts = [value, ...lines, ...lines.flatMap((line) => line.split(/[,=:]/))].map((part) => part.trim())
  return parts.flatMap((part) => [part, part.slice(0, quoteLimit)])
}

function isValue(value: unknown): boolean {
  return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number' || typeof value === 'bigint'
}

/** What of a YAML text may be shown. */
export interface Redaction {
  /** A warning for each key, of which nothing is shown behind the key. */
  warnings: Diagnostic[]
  /** What is not shown, from one place up to another. */
  hidden: readonly (readonly [LinePos, LinePos])[]
  /** Texts that are not shown. */
  written: readonly string[]
}

type LinePos = ReturnType<LineCounter['linePos']>

/** Looks for secrets in a text whose lines are those of its file. `as`: in a script `key=value` is a word and not a line. */
export function findSecrets(source: string, text: string, as?: FileKind): Redaction {
  const counter = lineCounter(text)
  const documents = composeYaml(text)
  const { secrets, keyEnds } = secretsIn(documents, text)
  const whole = isTree(documents)
  const wholeLines = as === 'directives' || (as !== 'script' && !whole)
  const suspects = secretRanges(text, { wholeLines, ...(whole && { knownKeys: keyEnds }) })
  const ranges = [...secrets.flatMap(({ values }) => values.map(({ range }) => range)), ...suspects]
  return {
    warnings: secrets.map((secret) => warningOf(source, secret, counter)),
    hidden: ranges.map(([from, to]) => [counter.linePos(from), counter.linePos(to)] as const),
    written: [
      ...secrets.flatMap(({ values }) => values.flatMap(({ written }) => written)),
      ...suspects.flatMap(([from, to]) => shownAs(text.slice(from, to)))
    ]
  }
}

function warningOf(source: string, { name, key }: Secret, counter: LineCounter): Diagnostic {
  const { line, col: column } = counter.linePos(key[0])
  return {
    code: 'secret-in-config',
    severity: 'warning',
    message: `"${printableInPlace(name)}" looks like a secret, and settings are public: they stand in records and in Pod specs`,
    hint: 'give the name of a variable or of a file in which the module finds it, under a key that says so: tokenFile, passwordEnv',
    source,
    line,
    column,
    length: key[1] - key[0],
    text: '' // up to the key, once all that is hidden in the file is known
  }
}

/** Whether the keys can be had from it: not of a text that is no YAML, nor of one long scalar. */
function isTree(documents: YamlDocuments): boolean {
  return isWhole(documents) && documents.every(({ contents }) => contents === null || isCollection(contents))
}

/** The text with `*` for what is hidden, in as many lines and columns. */
export function mask(text: string, hidden: Redaction['hidden']): string {
  const { lineStarts } = lineCounter(text)
  const offsetOf = ({ line, col }: LinePos) => (lineStarts[line - 1] ?? text.length) + col - 1
  const ranges = hidden.map(([from, to]) => [offsetOf(from), offsetOf(to)] as const).sort(([a], [b]) => a - b)
  let masked = ''
  let at = 0
  for (const [from, to] of ranges) {
    masked += text.slice(at, Math.max(at, from)) + text.slice(Math.max(at, from), Math.max(at, to)).replace(/\S/g, '*')
    at = Math.max(at, to)
  }
  return masked + text.slice(at)
}

/** Lines that are longer are shown with a few of their findings only: what is printed stays in proportion to the file. */
const longLine = 1000
const maxShownOfLongLine = 10

/** Messages of tools may quote lines of any length. */
const maxMessage = 1000

/** Takes secrets out of the messages of diagnostics, and shows the lines as they are masked. */
export function redact(
  diagnostics: readonly Diagnostic[],
  maskedLines: readonly string[],
  written: readonly string[]
): Diagnostic[] {
  const hide = hiding(written)
  const hideWords = hidingWords(diagnostics.some(({ code }) => isOfTool.test(code)) ? written : [])
  const clean = (text: string, code: string) => {
    const cut = text.slice(0, maxMessage + quoteLimit)
    const shown = withoutSecrets(hide(isOfTool.test(code) ? hideWords(cut) : cut))
    return shown.length > maxMessage ? `${shown.slice(0, maxMessage)}…` : shown
  }
  const lines = new Map<number, { masked: string; shown: number }>()
  return diagnostics.map(({ text, ...diagnostic }) => {
    const { code, message, hint, line, column = 1, length = 1 } = diagnostic
    const known = (line !== undefined && lines.get(line)) || {
      masked: printableInPlace(maskedLines[(line ?? 0) - 1] ?? ''),
      shown: 0
    }
    if (line !== undefined) lines.set(line, known)
    const { masked } = known
    const isShown = text !== undefined && (masked.length <= longLine || known.shown++ < maxShownOfLongLine)
    if (code === 'secret-in-config') return { ...diagnostic, ...(isShown && { text: masked.slice(0, column - 1 + length) }) }
    return {
      ...diagnostic,
      message: clean(message, code),
      ...(hint !== undefined && { hint: clean(hint, code) }),
      ...(isShown && { text: masked })
    }
  })
}

/** Replaces texts in a message. Time does not grow with how many they are: a file may have a secret in every line. */
function hiding(written: readonly string[]): (message: string) => string {
  const texts = new Set(written.filter((text) => text !== ''))
  const lengths = [...new Set([...texts].map(({ length }) => Math.min(length, maxMessage)))].sort((a, b) => b - a)
  const heads = new Set([...texts].map((text) => text.slice(0, headLength)))
  const foundAt = (message: string, at: number) =>
    lengths.find((length) => texts.has(message.slice(at, at + length)) && isAlone(message, at, length))
  return (message) => {
    let shown = ''
    for (let at = 0; at < message.length; ) {
      const isNear = heads.has(message.slice(at, at + headLength)) || message[at - 1] === '"'
      const found = isNear ? foundAt(message, at) : undefined
      shown += found === undefined ? message.charAt(at) : '***'
      // Of a text that was cut there may be more behind it.
      if (found === quoteLimit) return shown
      at += found ?? 1
    }
    return shown
  }
}

/** Tools quote words of a script, and know nothing of what may be shown. */
function hidingWords(written: readonly string[]): (message: string) => string {
  const words = new Set(written.flatMap((text) => text.split(/[\s"'`();|&<>,=]+/)))
  return (message) =>
    message.replace(/(["'`])([^\s"'`]+)(?=["'])/g, (all, quote: string, word: string) =>
      words.has(word) && !reservedWords.has(word) ? `${quote}***` : all
    )
}

/** Shells quote them where they are out of place. */
const reservedWords = new Set('if then else elif fi for do done while until case esac in function select time'.split(' '))
const isOfTool = /^(?:shell-syntax$|interpreter-arguments$|shellcheck\/)/

/** A few characters tell most places where none of the texts is. */
const headLength = 4

/** A short text is a part of many words: it counts where it is quoted. */
function isAlone(message: string, at: number, length: number): boolean {
  return length >= headLength || (message[at - 1] === '"' && message[at + length] === '"')
}
