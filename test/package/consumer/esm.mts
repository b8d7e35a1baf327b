// A consumer that compiles with exactOptionalPropertyTypes: a variable may be passed as it is, set or not.
import {
  type Catalog,
  defineCatalog,
  HermesError,
  type ResolvedModule,
  type ResolveModulesOptions,
  resolveModules
} from 'hermes-memory-installer'
import { type ParsedDirectives, parseDirectives } from 'hermes-memory-installer/core'
import {
  defineSidecars,
  type Injection,
  injectSidecars,
  readInjection,
  type SidecarTemplate
} from 'hermes-memory-installer/kubernetes'
import { z } from 'zod'

const catalog = defineCatalog({
  'mem-profiler': { settings: z.object({ sampleIntervalBytes: z.number() }) },
  'mem-logger': {}
})

const options: ResolveModulesOptions<typeof catalog> = {
  catalog,
  step: process.env['STEP'],
  script: { path: process.env['SCRIPT'], sha256: process.env['DIGEST'], limits: { timeoutMs: undefined } },
  staticConfig: { modules: ['mem-logger', { module: 'mem-profiler', config: undefined }] },
  env: process.env
}

const resolution = await resolveModules(options)
for (const module of resolution.modules) {
  if (module.name === 'mem-profiler') {
    const bytes: number = module.settings.sampleIntervalBytes
    console.log(bytes)
  }
  // @ts-expect-error: no such module
  if (module.name === 'mem-profilr') console.log(module)
}
if (resolution.source === 'script' && resolution.reason !== 'script-masked') console.log(resolution.script.sha256)
// @ts-expect-error: a masked script was not run
console.log(resolution.script)
// @ts-expect-error: a Resolution of this catalog does not fit another
const others: readonly ResolvedModule<Catalog<{ other: unknown }>>[] = resolution.modules
console.log(others)

const parsed: ParsedDirectives = parseDirectives('module=a\n', { source: process.env['SOURCE'] })
// @ts-expect-error: a misspelled option
parseDirectives('', { requireFinalNewLine: true })
console.log(parsed.directives[0]?.options['version'])

try {
  await resolveModules()
} catch (error) {
  if (error instanceof HermesError && error.code === 'ERR_HERMES_SCRIPT_EXIT') console.log(error.exitCode)
  // @ts-expect-error: no such code
  if (error instanceof HermesError && error.code === 'ERR_HERMES_NOTHING') console.log(error)
}
// @ts-expect-error: errors are made by the library
new HermesError()

const sidecars = defineSidecars(catalog, {
  'mem-profiler': (module, { target }) => {
    const bytes: number = module.settings.sampleIntervalBytes
    return {
      container: { image: 'registry.example/mem-profiler:2', args: [String(bytes), String(target['name'])], env: undefined }
    }
  },
  // @ts-expect-error: no such setting
  'mem-logger': (module) => ({ container: { image: module.settings.image } })
})
// @ts-expect-error: a container's name is not the template's to set
const named: SidecarTemplate = { container: { image: 'registry.example/a:1', name: 'a' } }
// @ts-expect-error: a container needs an image
const bare: SidecarTemplate = { container: {} }
console.log(named, bare)
const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'app' }] } }
const injection: Injection<typeof pod> = injectSidecars(pod, resolution, { sidecars, target: process.env['TARGET'] })
if (!injection.ok) {
  const nothing: [] = injection.patch
  console.log(nothing)
}
// @ts-expect-error: a misspelled option
injectSidecars(pod, resolution, { sidecars, positon: 'last' })
injectSidecars(
  pod,
  { modules: [] },
  { sidecars: defineSidecars({ a: { container: { image: 'a:1', ports: [{ containerPort: 1 }] } } }) }
)
console.log(injection.workload.spec.containers[0]?.name, readInjection(injection.workload)?.modules[0]?.container)
