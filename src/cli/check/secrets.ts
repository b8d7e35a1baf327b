import { isAlias, isCollection, isScalar, isSeq, type LineCounter, type Node, visit } from 'yaml'
import type { Diagnostic } from '../../index.ts'
import { printable } from './source.ts'
import { composeYaml, isWhole, lineCounter, rangeOf, type YamlDocuments } from './yaml-nodes.ts'

/** A value that stands under the name of a secret. */
interface Secret {
  name: string
  /** Offsets of the key. */
  key: readonly [number, number]
  /** Offsets of the value. */
  value: readonly [number, number]
  /** How the value may show in a message. */
  written: readonly string[]
}

const secretWords = new Set(
  'token,password,passwords,passwd,pwd,passphrase,secret,secrets,dsn,credential,credentials,apikey,privatekey,secretkey,accesskey,connectionstring'.split(
    ','
  )
)
const secretCompounds = new Set(
  'api key,private key,secret key,access key,signing key,encryption key,account key,connection string'.split(',')
)

/**
 * Whether a key names a secret: its last word does, or its last two. So `sentryDsn` and `API_TOKEN`, and not `tokenBucketSize`,
 * nor what names where a secret is: `tokenFile`, `passwordEnv`, `secretName`.
 */
export function namesSecret(key: string): boolean {
  const words = (key.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+/gu) ?? []).map((word) => word.toLowerCase())
  return secretWords.has(words.at(-1) ?? '') || secretCompounds.has(words.slice(-2).join(' '))
}

/** The secrets in YAML documents; numbers count, `true`, nothing and an empty text don't. */
function secretsIn(documents: YamlDocuments, text: string): Secret[] {
  const found: Secret[] = []
  for (const document of documents) {
    visit(document, {
      Pair(_, { key, value }) {
        if (!isScalar(key) || !namesSecret(String(key.value))) return
        const target = isAlias(value) ? value.resolve(document) : value
        for (const node of isSeq(target) ? target.items : [target]) {
          if (!isScalar(node) || !isValue(node.value)) continue
          const range = rangeOf(node)
          const written = [String(node.value), ...shownAs(text.slice(...range))]
          found.push({ name: String(key.value), key: rangeOf(key as Node), value: range, written })
        }
      }
    })
  }
  return found
}

/** Messages cut what they quote. */
const quoteLimit = 79

/** How a value may show in a message: whole, a line of it, or what stands between commas. */
function shownAs(value: string): string[] {
  const lines = value.split('\n')
  const parts = [value, ...lines, ...lines.flatMap((line) => line.split(','))].map((part) => part.trim())
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

/** Looks for secrets in a text whose lines are those of its file. */
export function findSecrets(source: string, text: string): Redaction {
  const counter = lineCounter(text)
  const documents = composeYaml(text)
  const secrets = secretsIn(documents, text)
  const suspects = isTree(documents) ? { hidden: [], written: [] } : suspectsIn(text)
  const known = secrets.map(({ value: [from, to] }) => [counter.linePos(from), counter.linePos(to)] as const)
  const hidden = [...known, ...suspects.hidden]
  const written = [...secrets.flatMap((secret) => secret.written), ...suspects.written]
  const warnings = new Map<number, Diagnostic>()
  for (const { name, key } of secrets) {
    const { line, col: column } = counter.linePos(key[0])
    warnings.set(key[0], {
      code: 'secret-in-config',
      severity: 'warning',
      message: `"${printable(name)}" looks like a secret, and settings are public: they stand in records and in Pod specs`,
      hint: 'give the name of a variable or of a file in which the module finds it, under a key that says so: tokenFile, passwordEnv',
      source,
      line,
      column,
      length: key[1] - key[0],
      text: '' // up to the key, once all that is hidden in the file is known
    })
  }
  return { warnings: [...warnings.values()], hidden, written }
}

/** Whether the keys can be had from it: not of a text that is no YAML, nor of one long scalar. */
function isTree(documents: YamlDocuments): boolean {
  return isWhole(documents) && documents.every(({ contents }) => contents === null || isCollection(contents))
}

/** The values of directives' keys that name secrets: the rest of such a line. */
export function suspectsIn(text: string): Pick<Redaction, 'hidden' | 'written'> {
  const counter = lineCounter(text)
  const ranges = suspectLines(text)
  return {
    hidden: ranges.map(([from, to]) => [counter.linePos(from), counter.linePos(to)] as const),
    written: ranges.flatMap(([from, to]) => shownAs(text.slice(from, to)))
  }
}

/** A key and what stands between it and its value. */
const keyBefore = /([\p{L}\d_.-]+)["']?[ \t]*[:=]/gu

/** Where nothing could be composed: the rest of a line whose key names a secret, and the lines below it that are indented deeper. */
function suspectLines(text: string): [number, number][] {
  const hidden: [number, number][] = []
  let start = 0
  let below: number | undefined
  for (const line of text.split('\n')) {
    const indentation = line.search(/\S/)
    const suspect = suspectAt(line)
    if (below !== undefined && (indentation < 0 || indentation > below)) hidden.push([start, start + line.length])
    else if (suspect === undefined) below = undefined
    else {
      hidden.push([start + suspect, start + line.length])
      below = indentation
    }
    start += line.length + 1
  }
  return hidden
}

/** Where the value of a key that names a secret may begin. */
function suspectAt(line: string): number | undefined {
  const suspect = [...line.matchAll(keyBefore)].find(([, key = '']) => namesSecret(key))
  return suspect && suspect.index + suspect[0].length
}

/** A message quotes a piece of a line, and cuts it where it is long. */
function withoutSuspects(message: string): string {
  const at = suspectAt(message)
  return at === undefined ? message : `${message.slice(0, at)}***`
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

/** Takes secrets out of the messages of diagnostics, and shows the lines as they are masked. */
export function redact(
  diagnostics: readonly Diagnostic[],
  maskedLines: readonly string[],
  written: readonly string[]
): Diagnostic[] {
  const hide = hiding(written)
  const clean = (text: string) => withoutSuspects(hide(text))
  return diagnostics.map((diagnostic) => {
    const { code, message, hint, line, column = 1, length = 1, text } = diagnostic
    const masked = line === undefined ? '' : printable(maskedLines[line - 1] ?? '')
    if (code === 'secret-in-config') return { ...diagnostic, text: masked.slice(0, column - 1 + length) }
    return {
      ...diagnostic,
      message: clean(message),
      ...(hint !== undefined && { hint: clean(hint) }),
      ...(text !== undefined && { text: masked })
    }
  })
}

/** Replaces texts in a message. Time does not grow with how many they are: a file may have a secret in every line. */
function hiding(written: readonly string[]): (message: string) => string {
  const texts = new Set(written)
  const lengths = [...new Set(written.map(({ length }) => length))].filter((length) => length > 0).sort((a, b) => b - a)
  return (message) => {
    if (lengths.length === 0) return message
    let shown = ''
    for (let at = 0; at < message.length; ) {
      const found = lengths.find((length) => texts.has(message.slice(at, at + length)) && isAlone(message, at, length))
      shown += found === undefined ? message.charAt(at) : '***'
      at += found ?? 1
    }
    return shown
  }
}

/** A short text is a part of many words: it counts where it is quoted. */
function isAlone(message: string, at: number, length: number): boolean {
  return length >= 4 || (message[at - 1] === '"' && message[at + length] === '"')
}
