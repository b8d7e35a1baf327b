import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readInjection } from '../../src/kubernetes/index.ts'
import { at, copyOf, image, inject, type Manifest, modules, small, type Templates, told } from './inject.ts'
import { restrictedProblems } from './restricted.ts'
import { apiProblems } from './strict-check.ts'

const folder = fileURLToPath(new URL('../corpus/admission/', import.meta.url))
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.endsWith('.patch.json'))
  .map((name) => name.slice(0, -5))
const objectOf = (name: string): Manifest => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')).request.object

const templates: Templates = {
  'mem-profiler': ({ settings }) => ({
    container: {
      image,
      args: ['--interval', String(settings['sampleIntervalBytes'])],
      resources: small,
      volumeMounts: [{ name: 'hermes-profiles', mountPath: '/profiles' }]
    },
    volumes: [{ name: 'hermes-profiles', emptyDir: { sizeLimit: '64Mi' } }],
    target: {
      env: [
        { name: 'NODE_OPTIONS', value: '--enable-source-maps', append: ' ' },
        { name: 'HERMES_OUTPUT', value: '/profiles' }
      ],
      volumeMounts: [{ name: 'hermes-profiles', mountPath: '/profiles' }]
    }
  }),
  'mem-logger': { container: { image, resources: { requests: { cpu: '5m', memory: '8Mi' } } } }
}
const resolution = {
  ...modules({ name: 'mem-profiler', config: 'prod-tunings', settings: { sampleIntervalBytes: 524288 } }, 'mem-logger'),
  script: { sha256: 'a'.repeat(64) },
  record: { step: 'init-1', decidedAt: '2026-11-24T10:05:17.133Z' }
}
const refused: Readonly<Record<string, string>> = {
  'windows-pod': '/spec/os/name',
  'pod-limits-only-pod': '/spec/resources/requests/cpu'
}

describe.each(names.filter((name) => !(name in refused) && name !== 'mirror-pod'))('%s', (name) => {
  const original = objectOf(name)
  const result = inject(original, resolution, templates)

  it('gets the patch that is pinned', () => {
    expect(told(result, 'error')).toEqual([])
    const file = `${folder}${name}.patch.json`
    const text = `${JSON.stringify(result.patch, undefined, 2)}\n`
    if (process.env['UPDATE'] === '1') writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it('is what the API takes, as far as it was before', () => {
    expect(apiProblems(result.workload)).toEqual(apiProblems(original))
    expect(apiProblems(original)).toEqual([])
  })

  it('gets no operation when it is injected again, and itself back without modules', () => {
    expect(inject(result.workload, resolution, templates).patch).toEqual([])
    const back = inject(result.workload, modules(), {})
    expect(JSON.stringify(back.workload)).toBe(JSON.stringify(original))
  })

  it('says what was put there', () => {
    expect(readInjection(original)).toBeUndefined()
    expect(readInjection(result.workload)).toEqual({
      modules: [
        { name: 'mem-profiler', config: 'prod-tunings', container: 'hermes-mem-profiler' },
        { name: 'mem-logger', container: 'hermes-mem-logger' }
      ],
      script: { sha256: 'a'.repeat(64) },
      step: 'init-1',
      decidedAt: '2026-11-24T10:05:17.133Z'
    })
  })

  it('keeps all that is of others, in its order', () => {
    const pod = (workload: Manifest) => at(workload, podPlace(workload)) as Manifest
    const without = (workload: Manifest, list: string) =>
      (pod(workload).spec[list] ?? []).filter((one: Manifest) => !one.name.startsWith('hermes-'))
    for (const list of ['initContainers', 'volumes', 'imagePullSecrets'])
      expect(without(result.workload, list)).toEqual(without(original, list))
  })
})

function podPlace({ kind }: Manifest): string {
  if (kind === 'Pod') return ''
  return kind === 'CronJob' ? '/spec/jobTemplate/spec/template' : '/spec/template'
}

it.each(Object.entries(refused))('%s is refused at %s', (name, path) => {
  const result = inject(objectOf(name), resolution, templates)
  expect(result.ok).toBe(false)
  expect(result.diagnostics.map((one) => one.path)).toContain(path)
})

it('a mirror Pod is left alone', () => {
  const result = inject(objectOf('mirror-pod'), resolution, templates)
  expect(result).toMatchObject({ ok: true, patch: [] })
  expect(told(result, 'note')).toEqual([
    'mirror-pod /metadata/annotations/kubernetes.io~1config.mirror: a mirror Pod is left alone: the kubelet runs it from a file, and takes no change from the API'
  ])
})

it('a Pod of a restricted namespace stays one', () => {
  const original = objectOf('restricted-pod')
  expect(restrictedProblems(original)).toEqual([])
  expect(restrictedProblems(inject(original, resolution, templates).workload)).toEqual([])
})

it('with Pod-level limits alone a sidecar without requests passes at admission', () => {
  const silent = { 'mem-logger': { container: { image } } }
  const result = inject(objectOf('pod-limits-only-pod'), modules('mem-logger'), silent)
  expect(result).toMatchObject({ ok: true, diagnostics: [] })
})

it('the call after another webhook finds its own sidecar behind that of the other, and leaves the order', () => {
  const first = inject(objectOf('before-reinvocation-pod'), resolution, templates)
  const second = copyOf(first.workload) as Manifest
  const late = objectOf('reinvocation-pod')
  second.spec.initContainers.unshift(late.spec.initContainers[0])
  second.spec.containers.unshift(late.spec.containers[0])
  expect(inject(second, resolution, templates)).toMatchObject({ ok: true, patch: [] })
  const back = inject(second, modules(), {}).workload as Manifest
  expect(back.spec).toEqual(late.spec)
})
