import { readFileSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedProject, packProject } from './packed.ts'

let project: PackedProject
beforeAll(() => {
  project = packProject()
})
afterAll(() => project.remove())

test('core is a browser bundle that imports nothing of Node and runs without process and Buffer', async () => {
  const outfile = path.join(project.folder, 'core.bundle.js')
  const { metafile } = await build({
    stdin: { contents: `export * from 'hermes-memory-installer/core'`, resolveDir: project.folder },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'hermes',
    metafile: true,
    outfile
  })
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map((one) => one.path)
  )
  expect(imports).toEqual([])

  const context = vm.createContext({ TextDecoder })
  vm.runInContext(readFileSync(outfile, 'utf8'), context)
  const answer = await vm.runInContext(
    `(async () => {
      const text = 'module=mem-profiler,confg=prod\\n'
      const { directives } = hermes.parseDirectives('module=mem-profiler,config=prod\\n')
      const { config } = await hermes.parseStaticConfig('configs: { prod: { rate: 1 } }')
      const { entries } = await hermes.parseConfigMap('kind: ConfigMap\\nmetadata: { name: m }\\ndata: { a: b }')
      const catalog = hermes.defineCatalog({ 'mem-profiler': {} })
      const { modules } = await hermes.selectModules(directives, { staticConfig: config, catalog })
      const printed = hermes.formatDiagnostics(hermes.parseDirectives(text).diagnostics)
      return JSON.stringify([hermes.formatDirectives(directives), entries, modules, printed.split('\\n')[0]])
    })()`,
    context
  )
  expect(JSON.parse(answer)).toEqual([
    'module=mem-profiler,config=prod\n',
    [{ name: 'm', key: 'a', text: 'b', line: 3 }],
    [
      {
        name: 'mem-profiler',
        config: 'prod',
        settings: { rate: 1 },
        options: {},
        origin: { kind: 'script', source: '<directives>', line: 1, column: 1 }
      }
    ],
    '<directives>:1:21: error: unknown key "confg" [unknown-key]'
  ])
})

test('kubernetes is a browser bundle that imports nothing and runs without process and Buffer', async () => {
  const outfile = path.join(project.folder, 'kubernetes.bundle.js')
  const { metafile } = await build({
    stdin: { contents: `export * from 'hermes-memory-installer/kubernetes'`, resolveDir: project.folder },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'hermes',
    metafile: true,
    outfile
  })
  const inputs = Object.keys(metafile.inputs).filter((input) => !input.includes('/hermes-memory-installer/dist/'))
  expect(inputs).toEqual(['<stdin>'])
  expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))).toEqual([])

  const context = vm.createContext({})
  vm.runInContext(readFileSync(outfile, 'utf8'), context)
  const answer = vm.runInContext(
    `(() => {
      const sidecars = hermes.defineSidecars({ 'mem-logger': { container: { image: 'registry.example/mem-logger:1' } } })
      const resolution = { modules: [{ name: 'mem-logger', settings: {}, options: {} }] }
      const pod = { kind: 'Pod', spec: { containers: [{ name: 'app' }] } }
      const { workload, patch } = hermes.injectSidecars(pod, resolution, { sidecars })
      return JSON.stringify([patch.map(({ op, path }) => op + ' ' + path), hermes.readInjection(workload)])
    })()`,
    context
  )
  expect(JSON.parse(answer)).toEqual([
    ['add /spec/initContainers', 'add /metadata'],
    { modules: [{ name: 'mem-logger', container: 'hermes-mem-logger' }] }
  ])
})

/** What a module of the build imports before it runs, and what that imports. */
function staticImports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const names = [...text.matchAll(/^(?:import|export)\b[^;]*?["']([^"']+)["'];?$/gm)].map(([, name = '']) => name)
  return names.flatMap((name) => (name.startsWith('.') ? staticImports(path.join(path.dirname(file), name)) : [name]))
}

test.each(['core.js', 'kubernetes.js', 'index.js'])(
  'importing %s loads no dependency: each is loaded where it is needed',
  (entry) => {
    const imports = staticImports(path.join(project.folder, 'node_modules/hermes-memory-installer/dist', entry))
    expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([])
    if (entry !== 'index.js') expect(imports).toEqual([])
  }
)
