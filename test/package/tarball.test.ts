import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedProject, packProject, root } from './packed.ts'

let project: PackedProject
beforeAll(() => {
  project = packProject()
})
afterAll(() => project.remove())

const script = path.join(root, 'test/corpus/configmap/load-sidecars.sh')

test('the tarball holds the build, the schema and the texts about them, and nothing else', () => {
  const others = project.files.map((file) => file.path).filter((file) => !file.startsWith('dist/'))
  expect(others.sort()).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.txt', 'package.json', 'schema.json'])
  expect(project.unpackedSize).toBeLessThan(1_200_000)
})

test('no file of the tarball names a path of the machine that built it', () => {
  for (const { path: file } of project.files) {
    const text = readFileSync(path.join(project.folder, 'node_modules/hermes-memory-installer', file), 'utf8')
    expect(text.includes(root), file).toBe(false)
  }
})

test.each([
  ['ESM', 'consumer.mjs', "import { resolveModules } from 'hermes-memory-installer'"],
  ['CommonJS', 'consumer.cjs', "const { resolveModules } = require('hermes-memory-installer')"]
])('the ConfigMap script resolves from %s', (_, name, load) => {
  const file = path.join(project.folder, name)
  writeFileSync(file, `${load}\nresolveModules().then(({ modules, reason }) => console.log(JSON.stringify([reason, modules])))\n`)
  const printed = JSON.parse(project.run(file, { HERMES_SCRIPT: script, CLUSTER_ENV: 'production' }))
  const origin = { kind: 'script', source: script, line: 1, column: 1 }
  expect(printed).toEqual(['script-ran', [{ name: 'mem-profiler', config: 'prod-tunings', settings: {}, options: {}, origin }]])
})

test('an error of one module format is an instance of the class of the other', () => {
  const file = path.join(project.folder, 'formats.mjs')
  writeFileSync(
    file,
    `import { createRequire } from 'node:module'
import { HermesError, resolveModules } from 'hermes-memory-installer'
const other = createRequire(import.meta.url)('hermes-memory-installer')
const failure = await resolveModules({ step: 1 }).catch((error) => error)
const theirs = await other.resolveModules({ step: 1 }).catch((error) => error)
console.log(JSON.stringify([other.HermesError === HermesError, failure instanceof other.HermesError, theirs instanceof HermesError, theirs.code]))
`
  )
  expect(JSON.parse(project.run(file))).toEqual([false, true, true, 'ERR_HERMES_OPTIONS_INVALID'])
})

test('schema.json and package.json can be required', () => {
  const file = path.join(project.folder, 'data.cjs')
  const names = ['schema.json', 'package.json'].map((name) => `require('hermes-memory-installer/${name}')`)
  writeFileSync(file, `console.log(JSON.stringify([${names.join(', ')}].map((data) => data.title ?? data.name)))\n`)
  expect(JSON.parse(project.run(file))).toEqual(['hermes-memory-installer: static configuration', 'hermes-memory-installer'])
})

test('what is bundled comes with its license', () => {
  const read = (name: string) => readFileSync(path.join(root, name), 'utf8')
  expect(read('THIRD-PARTY-LICENSES.txt')).toContain(read('node_modules/tinyexec/LICENSE'))
})
