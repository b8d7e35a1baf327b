import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { tempFolder } from '../temp-folder.ts'
import { expectFile } from './expect-file.ts'
import { type CliRun, runCli } from './run-cli.ts'

const folder = fileURLToPath(new URL('../corpus/render/', import.meta.url))
const inputs = readdirSync(folder).filter((file) => !/^(?:modules|sidecars)\.yaml$|\.rendered$|\.told$/.test(file))
const read = (file: string) => readFileSync(`${folder}${file}`, 'utf8')

/** Renders a text; without `modules`, with none. */
async function render(stdin: string, modules: 'modules' | 'none' = 'modules'): Promise<CliRun> {
  const chosen =
    modules === 'modules' ? ['--no-script', '--static-config', 'modules.yaml'] : ['--no-script', '--no-static-config']
  return runCli(['render', '-f', '-', '--sidecars', 'sidecars.yaml', ...chosen], { cwd: folder, stdin })
}

describe.each(inputs)('%s', (file) => {
  it('gets its sidecars', async () => {
    const { code, stdout, stderr } = await render(read(file))
    expectFile(`${folder}${file}.rendered`, stdout)
    expectFile(`${folder}${file}.told`, `${stderr}exit code ${code}\n`)
  })

  it('is the same when rendered again', async () => {
    const { stdout } = await render(read(file))
    expect((await render(stdout)).stdout).toBe(stdout)
  })

  it('keeps all other lines, in their order', async () => {
    const { stdout } = await render(read(file))
    expect(lostLines(read(file), stdout)).toEqual(changing[file] ?? [])
  })

  it('is what it was when no modules are left', async () => {
    const { stdout } = await render((await render(read(file))).stdout, 'none')
    expect(valuesOf(stdout)).toEqual(valuesOf(read(file)))
    if (!inexact.has(file)) expect(stdout).toBe(read(file))
  })
})

/** Lines that sidecars have to change; all of what is written in one line, and what is written anew. */
const changing: Readonly<Record<string, readonly string[]>> = {}

/** What is given back with the same meaning, but not in the same text. */
const inexact: ReadonlySet<string> = new Set(['aliases.yaml', 'explicit-key.yaml', 'list.yaml'])

/** The lines of a text that are not in another one, in their order. */
function lostLines(before: string, after: string): string[] {
  const lines = after.split('\n')
  let at = 0
  return before.split('\n').filter((line) => {
    const found = lines.indexOf(line, at)
    if (found >= 0) at = found + 1
    return found < 0
  })
}

const valuesOf = (text: string) => parseAllDocuments(text, { schema: 'yaml-1.1' }).map((document) => document.toJS())
void [spawnSync, existsSync, writeFileSync, path, tempFolder]
