import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { editDocument } from '../../src/cli/render/edit-document.ts'
import { readYaml, type YamlFile } from '../../src/cli/render/yaml-file.ts'
import { tempFolder } from '../temp-folder.ts'
import { expectFile } from './expect-file.ts'
import { type CliRun, runCli } from './run-cli.ts'

const folder = fileURLToPath(new URL('../corpus/render/', import.meta.url))
const inputs = readdirSync(folder).filter((file) => !/^(?:modules|sidecars)\.yaml$|\.rendered$|\.told$/.test(file))
const read = (file: string) => readFileSync(`${folder}${file}`, 'utf8')

/** Lines that sidecars have to change; all of what is written in one line, and what is written anew. */
const changing: Readonly<Record<string, readonly string[]>> = {
  'aliases.yaml': ['      annotations: *notes', '          env: *env', '        - <<: *app'],
  'deployment.yaml': ['              value: "--max-old-space-size=512"'],
  'directives.yaml': ['metadata: {name: app}', '    - {name: app, image: app:1}'],
  'explicit-key.yaml': ['? spec', ': # Written with a question mark.', '    - name:   app'],
  'flow.yaml': read('flow.yaml').trimEnd().split('\n'),
  'four-spaces.yaml': ['                    env: []   # none yet'],
  'helm.yaml': ['      volumes: []'],
  'list.yaml': ['              --trace-warnings', '              --no-deprecation'],
  'minified.json': [read('minified.json')],
  'pretty.json': ['    "annotations": {}', '        "env": []', '    ]']
}

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

const kubectl = '/usr/bin/kubectl'
if (existsSync(kubectl)) {
  describe('as kubectl reads it', () => {
    // kustomize takes no %YAML.
    it.each(inputs.filter((file) => file !== 'directives.yaml'))('%s', async (file) => {
      const { stdout } = await render(read(file))
      const work = tempFolder()
      writeFileSync(path.join(work, 'rendered.yaml'), stdout)
      writeFileSync(path.join(work, 'kustomization.yaml'), 'resources: [rendered.yaml]\n')
      const { stdout: built, stderr } = spawnSync(kubectl, ['kustomize', work], { encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(objectsOf(built)).toEqual(objectsOf(stdout))
    })

    it.each<[string, string]>([
      ['block', 'kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  annotations:\n    a: b\n'],
      ['flow', 'kind: Pod\napiVersion: v1\nmetadata: { name: a, annotations: { a: b } }\n'],
      ['JSON', '{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a", "annotations": {"a": "b"}}}\n']
    ])('odd characters, %s', (_, text) => {
      const value = 'a \u0085 \u2028 \u2029 \u007f \u009f \ufeff \ufffe \uffff\tz'
      const expected = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a', annotations: { a: 'b', odd: value } } }
      const patch = [{ op: 'add' as const, path: '/metadata/annotations/odd', value }]
      const { text: edited } = editDocument(readYaml(text) as YamlFile, 0, patch, expected)
      const flags = ['patch', '--local', '-o', 'json', '--type=json', '-p', '[]', '-f', '-']
      const { stdout, stderr } = spawnSync(kubectl, flags, { encoding: 'utf8', input: edited })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).metadata.annotations).toEqual(expected.metadata.annotations)
    })
  })
}

/** The objects in a text, Lists taken apart, by their names. */
function objectsOf(text: string): unknown[] {
  const objects = valuesOf(text).flatMap((value) => (value?.kind === 'List' ? value.items : value === null ? [] : [value]))
  return objects.sort((one, other) => nameOf(one).localeCompare(nameOf(other)))
}

function nameOf({ kind, metadata }: { kind: string; metadata: { name: string } }): string {
  return `${kind}/${metadata.name}`
}
