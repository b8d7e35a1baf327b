import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import jsonPatch from 'fast-json-patch'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { resolveModules } from '../../src/index.ts'
import { anchorsOf, blocksOf, linksOf } from '../docs/markdown.ts'
import type { Manifest } from '../kubernetes/inject.ts'
import { restrictedProblems } from '../kubernetes/restricted.ts'
import { apiProblems, isKnownKind } from '../kubernetes/strict-check.ts'
import { tempFolder } from '../temp-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const examples = path.join(root, 'examples')
const textOf = (file: string) => readFileSync(path.join(examples, file), 'utf8')
const documentsOf = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS())
/** The resources that a kustomization names, as they are written. */
function resourcesOf(folder: string): Manifest[] {
  const { resources } = parse(textOf(`${folder}/kustomization.yaml`))
  return resources.flatMap((name: string) => documentsOf(textOf(`${folder}/${name}`)))
}

const base = 'kubernetes/base'
const overlay = 'kubernetes/image-volume'
const webhook = 'admission-webhook/manifests'

/** The base with the patch of the overlay, by a library other than kustomize. */
function patchedBase(): Manifest[] {
  const patch = parse(textOf(`${overlay}/modules-image.yaml`))
  return resourcesOf(base).map((manifest) =>
    manifest.kind === 'Deployment' ? jsonPatch.applyPatch(manifest, patch, true, false).newDocument : manifest
  )
}

const kubectl = '/usr/bin/kubectl'
function renderedByKubectl(folder: string): Manifest[] {
  const env = { HOME: tempFolder(), PATH: '' }
  return documentsOf(execFileSync(kubectl, ['kustomize', path.join(examples, folder)], { env, encoding: 'utf8', stdio: 'pipe' }))
}

const renderings: [string, () => Manifest[]][] = [
  [base, () => resourcesOf(base)],
  [`${overlay}, patched by fast-json-patch`, patchedBase],
  [webhook, () => resourcesOf(webhook)],
  ['init-container/pod.yaml', () => documentsOf(textOf('init-container/pod.yaml'))],
  ['multi-step-init/pod.yaml', () => documentsOf(textOf('multi-step-init/pod.yaml'))]
]
if (existsSync(kubectl)) {
  for (const folder of [base, overlay, webhook])
    renderings.push([`${folder}, rendered by kubectl kustomize`, () => renderedByKubectl(folder)])
} else console.info(`${kubectl} is not here, so kustomizations are not rendered`)

describe.each(renderings)('%s', (name, manifests) => {
  it('is what the API takes', () => {
    const unknown = manifests().filter(({ kind }) => !isKnownKind(kind))
    // Of cert-manager, whose types no library here has.
    expect(unknown.map(({ kind }) => kind).sort()).toEqual(
      name.startsWith(webhook) ? ['Certificate', 'Certificate', 'Issuer', 'Issuer'] : []
    )
    for (const manifest of manifests().filter(({ kind }) => isKnownKind(kind)))
      expect([manifest.kind, manifest.metadata.name, apiProblems(manifest)]).toEqual([manifest.kind, manifest.metadata.name, []])
  })

  const isOurs = !name.endsWith('pod.yaml')
  const templates = isOurs ? [() => podOf(manifests())] : []
  it.each(templates)('has a Pod that the standard restricted takes, in a namespace that enforces it', (template) => {
    expect(restrictedProblems(template())).toEqual([])
    const namespace = manifests().find(({ kind }) => kind === 'Namespace')
    expect(namespace?.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted')
  })

  it.each(templates)('limits every emptyDir, and the memory of every container', (template) => {
    const { spec } = template()
    const limits = spec.volumes.filter(({ emptyDir }: Manifest) => emptyDir).map(({ emptyDir }: Manifest) => emptyDir.sizeLimit)
    expect(limits.every((limit: unknown) => typeof limit === 'string')).toBe(true)
    for (const container of [...(spec.initContainers ?? []), ...spec.containers])
      expect(container.resources.limits.memory, container.name).toMatch(/^\d+Mi$/)
  })

  it.each(templates)('mounts the ConfigMap that there is, and volumes that there are', (template) => {
    const { spec } = template()
    const configMaps = manifests().filter(({ kind }) => kind === 'ConfigMap')
    const mounted = spec.volumes.filter(({ configMap }: Manifest) => configMap).map(({ configMap }: Manifest) => configMap.name)
    if (configMaps.length > 0) expect(mounted).toEqual(configMaps.map(({ metadata }) => metadata.name))
    const volumes = new Set(spec.volumes.map((volume: Manifest) => volume.name))
    for (const container of [...(spec.initContainers ?? []), ...spec.containers])
      for (const mount of container.volumeMounts) expect(volumes.has(mount.name), mount.name).toBe(true)
  })
})

function podOf(manifests: readonly Manifest[]): Manifest {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment')
  return deployment?.spec.template
}

it('the manifests in docs/kubernetes.md are what the API takes', () => {
  const manifests = blocksOf(readFileSync(path.join(root, 'docs/kubernetes.md'), 'utf8'))
    .filter(({ tags }) => tags[0] === 'yaml')
    .flatMap(({ text }) => documentsOf(text))
    .filter(({ kind }) => kind !== undefined)
  expect(manifests.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding'])
  expect(manifests.flatMap(apiProblems)).toEqual([])
})

it.each(['admission-webhook', 'kubernetes'])('the README of %s links to what there is', (folder) => {
  const file = path.join(examples, folder, 'README.md')
  const targets = linksOf(readFileSync(file, 'utf8')).filter((target) => !target.startsWith('https:'))
  const broken = targets.filter((target) => {
    const [name = '', anchor] = target.split('#')
    const linked = path.join(examples, folder, name)
    if (!existsSync(linked)) return true
    return anchor !== undefined && !anchorsOf(readFileSync(linked, 'utf8')).has(anchor)
  })
  expect(broken).toEqual([])
})

describe('a kustomization', () => {
  it.each([base, overlay, webhook])('%s names files that there are', (folder) => {
    const { resources, patches = [], configMapGenerator = [] } = parse(textOf(`${folder}/kustomization.yaml`))
    const files = [
      ...resources,
      ...patches.map((one: Manifest) => one.path),
      ...configMapGenerator.flatMap((one: Manifest) => one.files)
    ]
    for (const file of files) expect(existsSync(path.join(examples, folder, file)), file).toBe(true)
    const named = new Set(['kustomization.yaml', ...files])
    expect(readdirSync(path.join(examples, folder)).filter((file) => !named.has(file))).toEqual([])
  })

  it('of the base has the script that the other examples have', () => {
    expect(textOf(`${base}/load-sidecars.sh`)).toBe(textOf('init-container/load-sidecars.sh'))
  })

  // With and without kubectl: a strategic merge would put the step that it names first.
  it.each(renderings.filter(([name]) => name.startsWith('kubernetes/')))('%s has the deciding step first', (_, manifests) => {
    const { initContainers, containers } = podOf(manifests()).spec
    expect(initContainers.map(({ name }: Manifest) => name)).toEqual(['choose-modules', 'prepare-modules'])
    const writable = [...initContainers, ...containers]
      .filter(({ volumeMounts }: Manifest) => volumeMounts.some((mount: Manifest) => mount.name === 'run' && !mount.readOnly))
      .map(({ name }: Manifest) => name)
    expect(writable).toEqual(['choose-modules'])
  })
})

/** The init containers as processes, in folders of their own; what is in the folder of modules afterwards, and what the app gets. */
function runSteps(
  manifests: readonly Manifest[],
  env: Readonly<Record<string, string>>,
  image: readonly string[],
  isMounted = false
) {
  const folder = tempFolder()
  const places: Readonly<Record<string, string>> = {
    '/run/hermes': 'run',
    '/opt/hermes/modules': 'modules',
    '/usr/share/hermes-modules': isMounted ? 'nowhere' : 'image',
    '/tmp/': 'tmp/'
  }
  for (const name of ['run', 'modules', 'image', 'tmp', 'bin']) mkdirSync(path.join(folder, name))
  for (const name of image) {
    mkdirSync(path.join(folder, isMounted ? 'modules' : 'image', name))
    writeFileSync(path.join(folder, isMounted ? 'modules' : 'image', name, 'index.js'), '')
  }
  const command = path.join(folder, 'bin/hermes-modules')
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, 'dist/bin.cjs')}' "$@"\n`)
  chmodSync(command, 0o755)
  const pattern = new RegExp(Object.keys(places).join('|'), 'g')
  const placed = (text: string) => text.replace(pattern, (place) => path.join(folder, places[place] ?? ''))
  const run = ({ command: [shell = '', ...flags], args = [] }: Manifest, more: Readonly<Record<string, string>> = {}) =>
    execFileSync(shell, [...flags, ...args].map(placed), {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      env: {
        PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
        HERMES_SCRIPT: path.join(examples, base, 'load-sidecars.sh'),
        HERMES_STATIC_CONFIG: path.join(examples, base, 'modules.yaml'),
        ...more
      }
    })
  const { initContainers, containers } = podOf(manifests).spec
  for (const one of initContainers) run(one, one.name === 'choose-modules' ? env : {})
  const [app] = containers
  const start = { ...app, command: app.command.map((text: string) => text.replace('exec shop', 'printf %s "$HERMES_MODULES"')) }
  return { modules: readdirSync(path.join(folder, 'modules')), app: run(start) }
}

describe('the init containers, as processes', () => {
  const all = ['mem-profiler', 'mem-tracer', 'mem-logger', 'leak-detector']
  it.each<[string, string, string]>([
    ['production', 'mem-profiler', 'module=mem-profiler,config=prod-tunings'],
    ['staging', 'mem-tracer', 'module=mem-tracer,config=staging-tunings'],
    ['test', 'mem-logger', 'module=mem-logger']
  ])('in %s give the app %s, and copy it alone', (cluster, module, variable) => {
    expect(runSteps(resourcesOf(base), { CLUSTER_ENV: cluster }, all)).toEqual({ modules: [module], app: variable })
  })

  it('with an image volume find the module there, or say that it is missing', () => {
    const env = { CLUSTER_ENV: 'production' }
    expect(runSteps(patchedBase(), env, all, true)).toEqual({
      modules: [...all].sort(),
      app: 'module=mem-profiler,config=prod-tunings'
    })
    expect(() => runSteps(patchedBase(), env, ['mem-logger'], true)).toThrow('the image has no module mem-profiler')
  })

  it('fail where a chosen module is not in the image that is copied from', () => {
    expect(() => runSteps(resourcesOf(base), { CLUSTER_ENV: 'staging' }, ['mem-logger'])).toThrow('mem-tracer')
  })
})

describe('the registration of the webhook', () => {
  const all = resourcesOf(webhook)
  const one = (kind: string, name?: string): Manifest =>
    all.find((manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name === name))
  const configuration = one('MutatingWebhookConfiguration')
  const [registered] = configuration.webhooks
  const deployment = one('Deployment')
  const [container] = deployment.spec.template.spec.containers

  it('asks for Pods as they are made, and says what the handler relies on', () => {
    expect(registered).toMatchObject({
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Ignore',
      matchPolicy: 'Equivalent',
      reinvocationPolicy: 'IfNeeded',
      sideEffects: 'NoneOnDryRun',
      timeoutSeconds: 10,
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' }],
      namespaceSelector: {
        matchLabels: { 'hermes-memory-installer/inject': 'enabled' },
        matchExpressions: [
          {
            key: 'kubernetes.io/metadata.name',
            operator: 'NotIn',
            values: ['kube-system', 'kube-public', 'kube-node-lease', deployment.metadata.namespace]
          }
        ]
      },
      objectSelector: {
        matchExpressions: [{ key: 'hermes-memory-installer/inject', operator: 'NotIn', values: ['false'] }]
      }
    })
  })

  it('comes after the vertical autoscaler, which is called by the order of names', () => {
    expect([configuration.metadata.name, 'vpa-webhook-config'].sort()[0]).toBe('vpa-webhook-config')
  })

  it('leads to the Pods, by a Service that the certificate is for', () => {
    const { name, namespace, path: at, port } = registered.clientConfig.service
    const service = one('Service')
    expect(service.metadata).toEqual({ name, namespace })
    expect(service.spec.ports).toEqual([{ name: 'https', port, targetPort: container.ports[0].name }])
    expect(deployment.spec.template.metadata.labels).toMatchObject(service.spec.selector)
    expect(at).toBe('/inject')
    const certificate = one('Certificate', 'hermes-webhook')
    expect(certificate.spec.dnsNames).toEqual([`${name}.${namespace}.svc`])
    expect(configuration.metadata.annotations['cert-manager.io/inject-ca-from']).toBe(`${namespace}/${certificate.metadata.name}`)
    const tls = deployment.spec.template.spec.volumes.find((volume: Manifest) => volume.name === 'tls')
    expect(tls.secret.secretName).toBe(certificate.spec.secretName)
    const ca = one('Issuer', certificate.spec.issuerRef.name).spec.ca.secretName
    expect(one('Certificate', 'hermes-webhook-ca').spec).toMatchObject({ isCA: true, secretName: ca })
  })

  it('is served by two replicas that end in order and of which one always stays', () => {
    expect(deployment.spec.replicas).toBe(2)
    const pod = deployment.spec.template
    const { selector } = deployment.spec
    expect(one('PodDisruptionBudget').spec).toEqual({ minAvailable: 1, selector })
    expect(pod.spec.topologySpreadConstraints[0].labelSelector).toEqual(selector)
    expect(one('NetworkPolicy').spec.podSelector).toEqual(selector)
    const pause = Number(container.lifecycle.preStop.exec.command[1])
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(pause + 25)
    expect(pod.spec.serviceAccountName).toBe(one('ServiceAccount').metadata.name)
    expect([pod.spec.automountServiceAccountToken, one('ServiceAccount').automountServiceAccountToken]).toEqual([false, false])
  })

  it.each<[Record<string, string>, string[]]>([
    [{ HERMES_POD_OWNER_KIND: 'Job', CLUSTER_ENV: 'production' }, []],
    [{ HERMES_POD_OWNER_KIND: 'ReplicaSet', CLUSTER_ENV: 'production' }, ['mem-profiler prod-tunings']],
    [{ CLUSTER_ENV: 'staging' }, ['mem-tracer staging-tunings']],
    [{}, ['mem-logger undefined']]
  ])('its script says for %j: %j', async (env, expected) => {
    const folder = path.join(examples, webhook)
    const { modules } = await resolveModules({
      env: { PATH: process.env['PATH'], ...env },
      script: path.join(folder, 'load-sidecars.sh'),
      staticConfig: path.join(folder, 'modules.yaml')
    })
    expect(modules.map(({ name, config }) => `${name} ${config}`)).toEqual(expected)
  })
})
