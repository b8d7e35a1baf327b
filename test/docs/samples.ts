import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { format } from 'node:util'
import * as core from '../../src/core/index.ts'
import * as library from '../../src/index.ts'
import * as kubernetes from '../../src/kubernetes/index.ts'
import { cases } from './cases.ts'
import { type Block, blocksOf } from './markdown.ts'

const { createShellExecutor, formatDiagnostics, HermesError, parseDirectives, parseStaticConfig, resolveModules } = library

/** What a sample gives, by the tag of the block that shows it. */
type Shown = Readonly<Partial<Record<'diagnostics' | 'error' | 'output', string>>>

/** A block that shows what came of another. */
export interface Claim {
  block: Block
  shown: string | undefined
}

const claiming = ['diagnostics', 'error', 'output'] as const

/** Runs the samples of a document; gives every block that claims an output, with what it is in truth. */
export async function claimsOf(markdown: string): Promise<Claim[]> {
  const claims: Claim[] = []
  let shown: Shown = {}
  let subject: { block: Block; claimed: boolean } | undefined
  const finish = () => {
    if (subject && !subject.claimed && (shown.error || shown.diagnostics?.includes(': error: ')))
      throw new Error(`the sample in line ${subject.block.line} is wrong: ${shown.error ?? shown.diagnostics}`)
  }
  for (const block of blocksOf(markdown)) {
    const kind = claiming.find((tag) => tag === block.tags[0])
    if (kind === undefined) {
      finish()
      subject = { block, claimed: false }
      shown = await run(block)
      continue
    }
    const name = /^case=(.*)$/.exec(block.tags[1] ?? '')?.[1]
    const text = name === undefined ? shown[kind] : await cases[name]?.()
    if (name === undefined && subject) subject.claimed = true
    claims.push({ block, shown: text === undefined ? undefined : `${text.replace(/\n?$/, '')}\n` })
  }
  finish()
  return claims
}

/** Times differ from run to run. */
export function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, '… ms')
}

async function run({ tags, options, text }: Block): Promise<Shown> {
  const [language, what] = tags
  if (language === 'directives') {
    return { diagnostics: formatDiagnostics(parseDirectives(text, { source: `output of ${shownPath}`, ...options }).diagnostics) }
  }
  if (what === 'static-config') {
    const format = language === 'json' ? 'json' : 'yaml'
    const parsed = await parseStaticConfig(text, { source: `/etc/hermes/modules.${format}`, format, ...options })
    return { diagnostics: formatDiagnostics(parsed.diagnostics) }
  }
  if (what === 'loader') return runLoader(text, options)
  if (what === 'run') return { output: await runJavaScript(text) }
  return {}
}

const shownPath = '/etc/hermes/load-sidecars.sh'

/** Runs a script as `resolveModules()` does. `options`: its script options, and `env`, `keys`, `mode`. */
async function runLoader(text: string, { env, keys, mode, ...script }: Readonly<Record<string, unknown>>): Promise<Shown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  const file = path.join(folder, path.basename(shownPath))
  const asShown = (message: string) => message.replaceAll(folder, path.dirname(shownPath))
  let output = ''
  try {
    await writeFile(file, text)
    await chmod(file, typeof mode === 'string' ? Number.parseInt(mode, 8) : 0o644)
    const shell = createShellExecutor()
    const { diagnostics } = await resolveModules({
      script: { path: file, ...script },
      staticConfig: false,
      keys: keys as string[] | undefined,
      env: { PATH: process.env['PATH'], LC_ALL: 'C', ...(env as Record<string, string>) },
      executor: {
        async execute(request) {
          const result = await shell.execute(request)
          output = new TextDecoder().decode(result.descriptor3 ?? result.stdout)
          return result
        }
      }
    })
    return { output, diagnostics: asShown(formatDiagnostics(diagnostics)) }
  } catch (error) {
    if (error instanceof HermesError) return { output, error: asShown(error.message) }
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>

/** Runs a module: what it logs. */
async function runJavaScript(text: string): Promise<string> {
  const lines: string[] = []
  const body = text.replace(/^import (.+) from ('[^']+')$/gm, 'const $1 = await load($2)')
  const load = (name: string) => {
    if (name === 'hermes-memory-installer') return library
    if (name === 'hermes-memory-installer/kubernetes') return kubernetes
    return name === 'hermes-memory-installer/core' ? core : import(name)
  }
  const log = (...values: unknown[]) => lines.push(format(...values))
  await new AsyncFunction('load', 'console', body)(load, { log, error: log })
  return lines.join('\n')
}
