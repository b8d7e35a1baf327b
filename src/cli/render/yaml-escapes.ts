import { type Document, Lexer, Scalar, visit } from 'yaml'

/** YAML 1.1, which kubectl reads, takes some of these for line breaks and refuses others; the yaml package writes all of them raw. */
const odd = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Double quotes for keys and texts with such characters. */
export function quoteOdd(document: Document): void {
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && scalar.value.search(odd) >= 0) scalar.type = Scalar.QUOTE_DOUBLE
    }
  })
}

/** What the lexer puts between the parts of a text: document, scalar, error in a flow collection. */
const marks: readonly string[] = ['\u0002', '\u001f', '\u0018']

/** Escapes such characters in the double quotes of a YAML text, in a way that holds in YAML 1.1 and 1.2. */
export function escapeOdd(text: string): string {
  if (text.search(odd) < 0) return text
  return Array.from(new Lexer().lex(text), (part) => {
    if (marks.includes(part)) return ''
    return part.startsWith('"') ? part.replace(odd, yamlEscape) : part
  }).join('')
}

/** The same for a JSON text, where they can stand in quotes only: a JSON file may be read as YAML. */
export function escapeOddInJson(text: string): string {
  return text.replace(odd, (character) => `\\u${hexOf(character, 4)}`)
}

function yamlEscape(character: string): string {
  return character < '\u0100' ? `\\x${hexOf(character, 2)}` : `\\u${hexOf(character, 4)}`
}

function hexOf(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0')
}
