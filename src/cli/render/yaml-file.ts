import { Composer, type Document, Lexer, LineCounter, Parser, type Tags, type YAMLError } from 'yaml'

/** A YAML text, read as kubectl reads it. */
export interface YamlFile {
  /** Without a byte order mark, and with a final newline in any case. Offsets of nodes count in it. */
  text: string
  /** The text as the file has it: the mark is back, and a newline that was not there is gone again. */
  asGiven(text: string): string
  documents: readonly Document.Parsed[]
  lines: LineCounter
}

/** What is no YAML, at an offset. */
export interface YamlFault {
  message: string
  offset: number
}

// As the reader of the library: yaml's composer recurses, and a deep text would end the process.
const maxDepth = 100

/** Reads YAML, or JSON, which is a part of it. A key that stands twice is told of each document: others are none of our business. */
export function readYaml(given: string): YamlFile | { fault: YamlFault; lines: LineCounter } {
  const mark = given.charCodeAt(0) === 0xfeff ? '\ufeff' : ''
  const eol = /\r\n/.test(given) ? '\r\n' : '\n'
  const added = given.endsWith('\n') ? '' : eol
  const text = given.slice(mark.length) + added
  const lines = lineCounter(text)
  const parser = new Parser()
  const tokens = []
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > maxDepth)
      return { fault: { message: `nested more than ${maxDepth} levels deep`, offset: parser.offset }, lines }
  }
  tokens.push(...parser.end())
  const composer = new Composer(parseOptions)
  const documents = [...composer.compose(tokens, true, text.length)] as Document.Parsed[]
  const [error] = documents.flatMap(({ errors }) => errors.filter(({ code }) => code !== 'DUPLICATE_KEY'))
  if (error) return { fault: faultOf(error), lines }
  const asGiven = (edited: string) => mark + (added !== '' && edited.endsWith(added) ? edited.slice(0, -added.length) : edited)
  return { text, asGiven, documents, lines }
}

/** The first key that stands twice in a document. */
export function duplicateKey({ errors }: Document.Parsed): YamlFault | undefined {
  return errors[0] && faultOf(errors[0])
}

function faultOf({ message, pos }: YAMLError): YamlFault {
  return { message: `not valid YAML: ${message}`, offset: pos[0] }
}

// kubectl reads YAML 1.1 with merge keys: `yes` is a boolean and 0644 octal. But it knows neither base 60 nor dates.
export const parseOptions = {
  keepSourceTokens: true,
  prettyErrors: false,
  logLevel: 'silent',
  schema: 'yaml-1.1',
  customTags: (tags: Tags): Tags =>
    tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && tag.tag !== 'tag:yaml.org,2002:timestamp'))
} as const

/** Offsets to lines and columns, both from 1. */
export function lineCounter(text: string): LineCounter {
  const counter = new LineCounter()
  for (let start = 0; start >= 0; start = text.indexOf('\n', start) + 1 || -1) counter.addNewLine(start)
  return counter
}
