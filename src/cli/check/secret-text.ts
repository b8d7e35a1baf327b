/** A range of offsets, the end excluded. */
export type Range = readonly [from: number, to: number]

const secretWords = new Set(
  'token,password,passwords,passwd,pwd,passphrase,secret,secrets,dsn,credential,credentials,apikey,privatekey,secretkey,accesskey,connectionstring'.split(
    ','
  )
)
const secretCompounds = new Set(
  'api key,private key,secret key,access key,signing key,encryption key,account key,connection string'.split(',')
)

/** Of a longer word the end is looked at, where a name has what says so. */
const maxName = 200

/**
 * Whether a key names a secret: its last word does, or its last two. So `sentryDsn` and `API_TOKEN`, and not `tokenBucketSize`,
 * nor what names where a secret is: `tokenFile`, `passwordEnv`, `secretName`.
 */
export function namesSecret(key: string): boolean {
  const end = key.slice(-maxName)
  const words = (end.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+/gu) ?? []).map((word) => word.toLowerCase())
  return secretWords.has(words.at(-1) ?? '') || secretCompounds.has(words.slice(-2).join(' '))
}

/** How much of a text counts as a secret. */
export interface SecretTextOptions {
  /** Where keys end whose values are known otherwise. */
  knownKeys?: ReadonlySet<number>
  /** Of `key=value` the rest of the line is hidden, and what is indented deeper below; else the word of a shell. */
  wholeLines?: boolean
}

// One run of characters each, and what stands behind it is looked at from its end only: time is linear.
const names = /(?:--)?[\p{L}\d_.-]+/gu
const sign = /(?<quote>\\?["'])?[ \t]*(?<sign>\+?=|:(?!\/\/))|(?<flag>[ \t]+(?=[^\s-]))/y

/** Looks for secrets by what stands before them: a name of a key, `Bearer`, `scheme://user:`. Time is linear. */
export function secretRanges(text: string, { knownKeys, wholeLines = false }: SecretTextOptions = {}): Range[] {
  const ranges: Range[] = [...authorizations(text), ...urlPasswords(text)]
  const line = new LineReader(text)
  let done = 0
  for (const match of text.matchAll(names)) {
    if (match.index < done) continue
    const key = secretKeyAt(text, match.index, match[0])
    if (key === undefined || knownKeys?.has(key.end) === true) continue
    line.goTo(match.index)
    const isLine = key.sign === ':' && line.isBlank && /^\s?$/.test(text.charAt(key.value))
    const indentation = line.indentation
    if (key.sign !== undefined && (wholeLines || isLine)) done = blockEnd(text, key.value, indentation)
    else {
      let start = key.value
      while (text[start] === ' ' || text[start] === '\t') start++
      line.goTo(start)
      done = wordEnd(text, start, line.quote)
      // It is no part of a member of an object.
      if (key.sign === ':' && done > start && text[done - 1] === ',') done--
    }
    ranges.push([key.value, done])
    line.goTo(done)
  }
  return ranges
}

/** A piece of a message up to where a secret may begin. */
export function withoutSecrets(message: string): string {
  let shown = message
  for (const match of message.matchAll(names)) {
    const key = secretKeyAt(message, match.index, match[0])
    if (key === undefined) continue
    shown = `${message.slice(0, key.value)}***`
    break
  }
  const ranges = [...authorizations(shown), ...urlPasswords(shown)].sort(([a], [b]) => b - a)
  for (const [from, to] of ranges) shown = `${shown.slice(0, from)}***${shown.slice(to)}`
  return shown
}

/** Where a key with its quote ends, and where its value may begin; without a sign it is a flag, before its value. */
function secretKeyAt(
  text: string,
  at: number,
  word: string
): { end: number; value: number; sign: string | undefined } | undefined {
  sign.lastIndex = at + word.length
  const given = sign.exec(text)?.groups
  if (given === undefined || (given['flag'] !== undefined && !word.startsWith('--'))) return undefined
  // In a quoted text of YAML or JSON a line may begin behind \n.
  const name = text[at - 1] === '\\' ? word.slice(1) : word
  if (!namesSecret(word) && !namesSecret(name)) return undefined
  return { end: at + word.length + (given['quote']?.length ?? 0), value: sign.lastIndex, sign: given['sign'] }
}

/** Goes through a text once, and knows what of a place's line stands before it. */
class LineReader {
  /** Of the line. */
  indentation = 0
  /** Nothing but a list's dashes and a quote stands before it in its line. */
  isBlank = true
  /** The quote that is open. Quotes are taken to end with their line: an apostrophe in a comment is none. */
  quote: string | undefined
  readonly #text: string
  #at = 0
  #onlySpace = true

  constructor(text: string) {
    this.#text = text
  }

  goTo(offset: number): void {
    for (; this.#at < offset; this.#at++) this.#read(this.#text.charAt(this.#at))
  }

  #read(character: string): void {
    if (character === '\n') {
      this.indentation = 0
      this.isBlank = true
      this.#onlySpace = true
      this.quote = undefined
      return
    }
    const isSpace = character === ' ' || character === '\t'
    this.#onlySpace &&= isSpace
    if (this.#onlySpace) this.indentation++
    this.isBlank &&= isSpace || /[-"'{]/.test(character)
    if (character === '\\' && this.quote !== "'") this.#at++
    else if (this.quote === undefined) this.quote = /["']/.test(character) ? character : undefined
    else if (character === this.quote) this.quote = undefined
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** The rest of the line, and the lines below that are indented deeper, or are items of a list. */
function blockEnd(text: string, at: number, indentation: number): number {
  let end = lineEnd(text, at)
  while (end < text.length) {
    let first = end + 1
    while (text[first] === ' ' || text[first] === '\t' || text[first] === '\r') first++
    const depth = first - end - 1
    const isBelow = depth > indentation || (depth === indentation && text.startsWith('- ', first))
    if (!isBelow && first < text.length && text[first] !== '\n') return end
    end = lineEnd(text, first)
  }
  return end
}

/** Where a word of a shell ends that starts inside of a quote or not. Where that is not sure, later. */
function wordEnd(text: string, start: number, quote: string | undefined): number {
  if (quote === undefined) return shellWordEnd(text, start)
  if (text[start] === quote) return lineEnd(text, start)
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\n' || character === quote) return at
    if (character === '`' || (character === '$' && text[at + 1] === '(')) return lineEnd(text, at)
    if (character === '\\') at++
  }
  return text.length
}

/** With its quoted pieces and its `$(…)`, over several lines too. */
function shellWordEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\\') at++
    else if (character === '"' || character === "'" || character === '`') at = quotedEnd(text, at, character)
    else if (character === '(' && (depth > 0 || text[at - 1] === '$' || at === start)) depth++
    else if (character === ')' && depth > 0) depth--
    else if (depth === 0 && /[\s;|&<>()]/.test(character)) return at
  }
  return text.length
}

/** Where the closing quote stands. */
function quotedEnd(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return at
    if (text[at] === '\\' && quote !== "'") at++
  }
  return text.length
}

function* authorizations(text: string): Generator<Range> {
  for (const match of text.matchAll(/\b(?:Bearer|Basic)[ \t]+(?=\S)/gi)) {
    const from = match.index + match[0].length
    yield [from, from + (/^\\?["']?[^\s"'`]*/.exec(text.slice(from, from + 16_384))?.[0].length ?? 0)]
  }
}

/** Up to the last `@` of the word: a password that should be escaped may have what ends it. */
function* urlPasswords(text: string): Generator<Range> {
  for (const { 0: word, index } of text.matchAll(/[^\s"`<>]+/g)) {
    const at = word.lastIndexOf('@')
    const scheme = word.indexOf('://')
    const colon = scheme < 0 ? -1 : word.indexOf(':', scheme + 3)
    if (colon >= 0 && colon < at) yield [index + colon + 1, index + at]
  }
}
