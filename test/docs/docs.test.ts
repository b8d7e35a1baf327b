import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { diagnosticCodes } from '../../src/core/diagnostic.ts'
import { commandReference } from './command-reference.ts'
import { anchorsOf, headingsOf, linksOf } from './markdown.ts'
import { claimsOf, withoutTimes } from './samples.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const guides = readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'))
const documents = [
  ...guides.map((name) => `docs/${name}`),
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].filter((name) => existsSync(path.join(root, name)))
]

/** The codes of `HermesErrorCode`, which is a type and so can only be read. */
function errorCodes(): string[] {
  const declaration = /type HermesErrorCode = `ERR_HERMES_\$\{([^}]*)\}`/.exec(read('src/errors.ts'))?.[1] ?? ''
  return Array.from(declaration.matchAll(/'([A-Z_]+)'/g), ({ 1: name }) => `ERR_HERMES_${name}`)
}

describe('codes', () => {
  it('has a heading for each diagnostic code, and no other', () => {
    expect(headingsOf(read('docs/diagnostics.md'), 2)).toEqual(Object.keys(diagnosticCodes))
  })

  it('has a heading for each error code, and no other', () => {
    const codes = errorCodes()
    expect(codes).toContain('ERR_HERMES_ABORTED')
    const headings = headingsOf(read('docs/errors.md'), 2).filter((heading) => /^ERR_/.test(heading))
    expect(headings).toEqual(codes)
  })

  it('says of each diagnostic the severities that it can have', () => {
    for (const section of read('docs/diagnostics.md').split(/^## /m).slice(1)) {
      const code = (/^`(.+)`/.exec(section)?.[1] ?? '') as keyof typeof diagnosticCodes
      const said = /^Severity: (.+?)\.$/m.exec(section)?.[1]?.split(/, | or /)
      expect([code, said]).toEqual([code, [...diagnosticCodes[code].severities]])
    }
  })
})

it('has the reference of the command as the command has it', () => {
  const file = 'docs/command.md'
  const [before = '', , after = ''] = read(file).split(/(?<=<!-- reference -->\n)([\s\S]*)(?=<!-- end of reference -->)/)
  if (process.env['UPDATE'] === '1') writeFileSync(path.join(root, file), `${before}\n${commandReference()}\n\n${after}`)
  else expect(read(file)).toBe(`${before}\n${commandReference()}\n\n${after}`)
})

describe('architecture', () => {
  it('has a line for each file of src, and no other', () => {
    const named = read('docs/architecture.md')
      .split(/^### /m)
      .filter((section) => section.startsWith('src'))
      .flatMap((section) => {
        const folder = section.slice(0, section.indexOf('\n'))
        return Array.from(section.matchAll(/^\| `(.+?)`/gm), ({ 1: name = '' }) => `${folder}/${name}`)
      })
    const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    expect(named.sort()).toEqual(
      files
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `src/${name}`)
        .sort()
    )
  })
})

describe.each(documents)('%s', (file) => {
  it('has links that lead somewhere', () => {
    const broken = linksOf(read(file)).filter((target) => !leadsSomewhere(file, target))
    expect(broken).toEqual([])
  })
})

describe.skipIf(process.platform !== 'linux').each(documents)('%s', (file) => {
  it('shows what its samples give', async () => {
    const markdown = read(file)
    const claims = await claimsOf(markdown)
    if (process.env['UPDATE'] === '1') writeFileSync(path.join(root, file), updated(markdown, claims))
    else {
      for (const { block, shown } of claims)
        expect(withoutTimes(block.text), `${file}:${block.line}`).toBe(withoutTimes(shown ?? 'nothing: there is no sample'))
    }
  })
})

function updated(markdown: string, claims: Awaited<ReturnType<typeof claimsOf>>): string {
  return claims.reduceRight((text, { block, shown }) => {
    const isSame = shown === undefined || withoutTimes(block.text) === withoutTimes(shown)
    return isSame ? text : text.slice(0, block.from) + shown + text.slice(block.to)
  }, markdown)
}

function leadsSomewhere(from: string, target: string): boolean {
  if (/^[a-z]+:/.test(target)) return true
  const [name = '', anchor] = target.split('#')
  const file = name === '' ? from : path.join(path.dirname(from), name)
  if (!existsSync(path.join(root, file))) return false
  return anchor === undefined || anchorsOf(read(file)).has(anchor)
}
