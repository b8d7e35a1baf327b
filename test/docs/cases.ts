import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatDiagnostics, HermesError, type ResolveModulesOptions, resolveModules, type ScriptResult } from '../../src/index.ts'
import { defineSidecars, type InjectSidecarsOptions, injectSidecars } from '../../src/kubernetes/index.ts'
import { readFirst } from '../../src/load-static-config.ts'
import { platformUnsupported } from '../../src/script-errors.ts'
import { runCheck } from '../cli/run-check.ts'
import { runCli } from '../cli/run-cli.ts'
import { kitCases } from './kit-cases.ts'

/** Printed samples that no short block of a document gives, by the name after `case=`. */
export const cases: Readonly<Record<string, () => Promise<string>>> = {
  ...kitCases,
  'empty-script': () => resolved({ script: { path: 'load-sidecars.sh' } }, { 'load-sidecars.sh': '' }),
  'second-config-file': () => secondConfigFile(),
  'script-absent': () => resolved({ script: 'load-sidecars.sh' }),
  'script-failed': () =>
    resolved(
      { script: { path: 'load-sidecars.sh', onFailure: 'static' } },
      { 'load-sidecars.sh': 'echo "kubectl: no route to host" >&2\nexit 3\n' }
    ),
  'script-environment': () =>
    resolved(
      {
        script: 'load-sidecars.sh',
        executor: executor({
          stderr: 'load-sidecars.sh: line 2: cannot create temp file for here-document: Read-only file system\n'
        })
      },
      { 'load-sidecars.sh': 'cat <<EOF\nmodule=mem-logger\nEOF\n' }
    ),
  absent: () => resolved({ script: { path: 'load-sidecars.sh', onAbsent: 'fail' } }),
  folder: () => resolved({ script: 'load-sidecars.sh' }, { 'load-sidecars.sh/': '' }),
  signal: () => resolved({ script: 'load-sidecars.sh' }, { 'load-sidecars.sh': 'printf module=mem-pro; kill -9 $$\n' }),
  'hash-mismatch': () =>
    resolved(
      { script: { path: 'load-sidecars.sh', sha256: '0'.repeat(64) } },
      { 'load-sidecars.sh': 'echo module=mem-logger\n' }
    ),
  start: () =>
    resolved(
      { script: { path: 'load-sidecars.sh', args: ['x'.repeat(200_000)] } },
      { 'load-sidecars.sh': 'echo module=mem-logger\n' }
    ),
  'unreadable-file': () => checked('modules.yaml'),
  'unknown-file-kind': () => checked('values.yaml', 'replicas: 3\n'),
  'shell-syntax': () => checked('load-sidecars.sh', '#!/usr/bin/env dash\necho module=mem-logger\nfi\n'),
  'syntax-unchecked': () => checked('load-sidecars.mjs', "#!/usr/bin/env node\nconsole.log('module=mem-logger')\n"),
  'interpreter-arguments': () => checked('load-sidecars.sh', '#!/bin/dash -euo pipefail\necho module=mem-logger\n'),
  'misplaced-interpreter-line': () =>
    checked('load-sidecars.sh', `${'# Licence\n'.repeat(5)}#!/bin/bash\necho module=mem-logger\n`),
  'secret-in-config': () => checked('modules.yaml', 'configs:\n  prod: { sentryDsn: "https://key@sentry.example/1" }\n'),
  platform: async () => platformUnsupported('Windows').message,
  'alias-written-out': () => rendered('metadata:\n  name: web\n  labels: &notes { app: web }\n  annotations:\n    *notes\n'),
  'document-rewritten': () => rendered('? metadata\n: name: web\n'),
  'missing-resources': async () => injection(pod(), { container: { image: 'registry.example/mem-logger:1' } }),
  'invalid-workload': async () => injection({ kind: 'Rollout', spec: {} }, logger()),
  'foreign-annotation': async () => injection({ ...pod(), metadata: { annotations: { [ours]: 'mem-logger' } } }, logger()),
  'windows-pod': async () => injection(pod({ os: { name: 'windows' } }), logger()),
  'unknown-container': async () => injection(pod(), logger(), { target: 'ap' }),
  'missing-template': async () => injection(pod(), logger(), {}, ['mem-loger']),
  'invalid-template': async () => injection(pod(), logger({ restartPolicy: 'Always' })),
  'invalid-resolution': async () => injection(pod(), logger(), {}, ['mem-logger', 'mem-logger']),
  'injection-conflict': async () =>
    injection(pod({ volumes: [{ name: 'profiles', configMap: { name: 'profiles' } }] }), {
      ...logger(),
      volumes: [{ name: 'profiles', emptyDir: {} }]
    }),
  'pod-resources': async () =>
    injection(
      pod({ resources: { requests: { cpu: '500m' } }, containers: [{ name: 'app', resources: { requests: { cpu: '0.4' } } }] }),
      logger({ resources: { requests: { cpu: '200m' } } })
    ),
  'image-pull-secrets': async () =>
    injection({ kind: 'Deployment', spec: { template: pod() } }, { ...logger(), imagePullSecrets: [{ name: 'registry' }] }),
  'shared-processes': async () => injection(pod(), { ...logger(), shareProcessNamespace: true }),
  'hidden-variable': async () =>
    injection(pod({ containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'settings' } }] }] }), {
      ...logger(),
      target: { env: [{ name: 'NODE_OPTIONS', value: '--enable-source-maps', append: ' ' }] }
    }),
  'kept-addition': async () => keptAddition(),
  'mirror-pod': async () => injection({ ...pod(), metadata: { annotations: { 'kubernetes.io/config.mirror': 'a' } } }, logger())
}

const ours = 'hermes-memory-installer/modules'

function pod(spec: object = {}): object {
  return { spec: { containers: [{ name: 'app' }], ...spec } }
}

function logger(container: object = {}): object {
  const resources = { requests: { cpu: '5m', memory: '16Mi' } }
  return { container: { image: 'registry.example/mem-logger:1', resources, ...container } }
}

const resolutionOf = (names: readonly string[]) => ({
  modules: names.map((name) => ({ name, settings: {}, options: {}, origin: { kind: 'inline' as const, source: '<inline>' } }))
})

/** The diagnostics of an injection of mem-logger. */
function injection(
  workload: object,
  template: object,
  options: Omit<InjectSidecarsOptions, 'sidecars'> = {},
  names: readonly string[] = ['mem-logger']
): string {
  const sidecars = defineSidecars({ 'mem-logger': template as never })
  return formatDiagnostics(injectSidecars(workload, resolutionOf(names), { sidecars, ...options }).diagnostics)
}

function keptAddition(): string {
  const sidecars = defineSidecars({ 'mem-logger': { ...logger(), volumes: [{ name: 'profiles', emptyDir: {} }] } as never })
  const { workload } = injectSidecars(pod(), resolutionOf(['mem-logger']), { sidecars })
  const { spec } = workload as { spec: object }
  const mounted = {
    ...workload,
    spec: { ...spec, containers: [{ name: 'app', volumeMounts: [{ name: 'profiles', mountPath: '/p' }] }] }
  }
  return formatDiagnostics(injectSidecars(mounted, resolutionOf([]), { sidecars }).diagnostics)
}

function executor(result: Partial<ScriptResult>): ResolveModulesOptions['executor'] {
  return {
    execute: async () => ({
      exitCode: 0,
      stdout: new TextEncoder().encode('module=mem-logger\n'),
      stderr: '',
      durationMs: 1,
      ...result
    })
  }
}

/** The diagnostics of a resolution, or the message of its error; paths as they would be in /etc/hermes. */
async function resolved(options: ResolveModulesOptions, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name)
      await (name.endsWith('/') ? mkdir(file) : writeFile(file, text))
    }
    const { diagnostics } = await resolveModules({
      staticConfig: false,
      env: { PATH: process.env['PATH'] },
      cwd: folder,
      ...options
    })
    return formatDiagnostics(diagnostics).replaceAll(folder, '/etc/hermes')
  } catch (error) {
    if (error instanceof HermesError) return error.message.replaceAll(folder, '/etc/hermes')
    throw error
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What `hermes-modules check` prints of a file. */
async function checked(name: string, text?: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  try {
    if (text !== undefined) await writeFile(path.join(folder, name), text)
    return (await runCheck({ files: [name], cwd: folder })).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** As with two of the default files, which a test can't write. */
async function secondConfigFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  try {
    const files = ['modules.yaml', 'modules.yml', 'modules.json'].map((name) => path.join(folder, name))
    for (const file of [files[0], files[2]]) await writeFile(file as string, '{}')
    const { diagnostics } = await readFirst(files, [])
    return formatDiagnostics(diagnostics).replaceAll(folder, '/etc/hermes')
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What `hermes-modules render` says of a Pod whose metadata are written like this. */
async function rendered(metadata: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  try {
    const files = {
      'pod.yaml': `kind: Pod\n${metadata}spec:\n  containers:\n    - name: app\n`,
      'sidecars.yaml': JSON.stringify({ 'mem-logger': logger() }),
      'modules.yaml': 'modules: [{ module: mem-logger }]\n'
    }
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    const argv = ['render', '-f', 'pod.yaml', '--sidecars', 'sidecars.yaml', '--no-script', '--static-config', 'modules.yaml']
    return (await runCli(argv, { cwd: folder })).stderr.trimEnd()
  } finally {
    await rm(folder, { recursive: true })
  }
}
