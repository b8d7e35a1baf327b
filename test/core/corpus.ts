import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** One case of a corpus: the bytes of NAME.EXT, the options in NAME.options.json. */
export interface CorpusCase {
  name: string
  /** Of the input: txt, yaml, json. */
  extension: string
  bytes: Uint8Array
  options: Record<string, unknown>
  /** Holds `actual` against NAME.KIND; UPDATE=1 writes it. */
  expectFile(kind: string, actual: string): void
}

/** The cases in a folder of test/corpus, whose inputs end in one of these. */
export function readCorpus(folder: string, extensions: readonly string[]): CorpusCase[] {
  const root = fileURLToPath(new URL(`../corpus/${folder}/`, import.meta.url))
  return readdirSync(root)
    .filter((file) => extensions.some((extension) => file.endsWith(`.${extension}`)) && !file.endsWith('.options.json'))
    .map((file) => {
      const [name = '', extension = ''] = file.split('.')
      const optionsFile = `${root}${name}.options.json`
      return {
        name,
        extension,
        bytes: new Uint8Array(readFileSync(root + file)),
        options: existsSync(optionsFile) ? JSON.parse(readFileSync(optionsFile, 'utf8')) : {},
        expectFile: (kind, actual) => {
          if (process.env['UPDATE'] === '1') writeFileSync(`${root}${name}.${kind}`, actual)
          expect(actual).toBe(readFileSync(`${root}${name}.${kind}`, 'utf8'))
        }
      }
    })
}

/** JSON for an expectation: indented, with a newline at its end. */
export function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** The bytes as text, where they are UTF-8. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
