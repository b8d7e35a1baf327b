import { describe, expect, it } from 'vitest'
import { formatDiagnostics } from '../../src/core/index.ts'
import { copyOf, image, inject, injected, type Manifest, modules, podOf, type Templates, told } from './inject.ts'

const sidecarOf = (workload: Manifest, index = 0): Manifest => workload.spec.initContainers[index]
const envOf = (workload: Manifest) => Object.fromEntries(sidecarOf(workload).env.map((one: Manifest) => [one.name, one.value]))
const plain: Templates = { a: { container: { image } } }

describe('a sidecar', () => {
  it('is a native one, with what is known of its module in its environment', () => {
    const workload = injected(podOf(), modules({ name: 'a', config: 'prod', settings: { rate: 1, on: true } }), plain)
    expect(sidecarOf(workload)).toEqual({
      name: 'hermes-a',
      image,
      restartPolicy: 'Always',
      env: [
        { name: 'HERMES_MODULE', value: 'a' },
        { name: 'HERMES_MODULE_CONFIG', value: 'prod' },
        { name: 'HERMES_MODULE_SETTINGS', value: '{"rate":1,"on":true}' }
      ],
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true
      }
    })
    expect(workload.spec.containers).toEqual(podOf().spec.containers)
  })

  it.each([undefined, ''])('has no HERMES_MODULE_CONFIG without a config: %j', (config) => {
    const module = { name: 'a', settings: {}, options: {}, origin: { kind: 'inline' as const, source: '<inline>' }, config }
    expect(envOf(injected(podOf(), { modules: [module] }, plain))).toEqual({ HERMES_MODULE: 'a', HERMES_MODULE_SETTINGS: '{}' })
  })

  it('doubles every $ of the settings, because the kubelet expands', () => {
    const settings = { $a: '$(HOME) $$ $' }
    const text = envOf(injected(podOf(), modules({ name: 'a', settings }), plain))['HERMES_MODULE_SETTINGS']
    expect(text).toBe('{"$$a":"$$(HOME) $$$$ $$"}')
    expect(JSON.parse(text.replaceAll('$$', '$'))).toEqual(settings)
  })

  it('has ours before the variables of its template, and the other fields as they are', () => {
    const container = {
      image,
      command: ['x'],
      env: [{ name: 'A', value: '$(HERMES_MODULE)' }],
      workingDir: '/w',
      futureField: { a: [1] }
    }
    const sidecar = sidecarOf(injected(podOf(), modules('a'), { a: { container } }))
    expect(sidecar).toMatchObject({ command: ['x'], workingDir: '/w', futureField: { a: [1] } })
    expect(sidecar.env.at(-1)).toEqual({ name: 'A', value: '$(HERMES_MODULE)' })
  })

  it('leaves out what its template gives as null or undefined', () => {
    const container = {
      image,
      name: undefined as never,
      restartPolicy: null as never,
      command: null,
      env: undefined,
      args: ['a']
    }
    expect(Object.keys(sidecarOf(injected(podOf(), modules('a'), { a: { container } })))).toEqual([
      'name',
      'image',
      'restartPolicy',
      'env',
      'securityContext',
      'args'
    ])
  })
})

describe('a template', () => {
  it('sees the Pod as it would be without us, also when we are there', () => {
    const seen: Manifest[] = []
    const pod = podOf({ volumes: null, containers: [{ name: 'app', image: 'a:1', env: [{ name: 'N', value: 'x' }] }] })
    const templates: Templates = {
      a: (module, context) => {
        seen.push(copyOf({ name: module.name, ...context }))
        return {
          container: { image, volumeMounts: [{ name: 'v', mountPath: '/v' }] },
          volumes: [{ name: 'v', emptyDir: {} }],
          shareProcessNamespace: true,
          target: {
            env: [
              { name: 'N', value: 'y', append: ' ' },
              { name: 'M', value: 'z' }
            ],
            volumeMounts: [{ name: 'v', mountPath: '/v' }]
          }
        }
      }
    }
    const workload = injected(pod, modules('a'), templates)
    injected(workload, modules('a'), templates)
    expect(seen).toEqual([0, 1].map(() => ({ name: 'a', pod, target: pod.spec.containers[0] })))
  })

  it('can change nothing of the caller: its Pod is frozen', () => {
    const templates: Templates = {
      a: (_, { pod }) => {
        ;(pod as Manifest).spec.containers.push({ name: 'b' })
        return { container: { image } }
      }
    }
    const result = inject(podOf(), modules('a'), templates)
    expect(told(result, 'error')[0]).toMatch(/^invalid-template: the template of module "a" throws: Cannot add property 1/)
  })

  it('gets the module as it was resolved', () => {
    const module = modules({ name: 'a', config: 'c', settings: { x: 1 }, options: { version: '2' } })
    let seen: unknown
    const template: Templates[string] = (given) => {
      seen = given
      return { container: { image } }
    }
    injected(podOf(), module, { a: template })
    expect(seen).toEqual(module.modules[0])
  })

  const of = 'invalid-template: the template of module "a"'
  it.each<[string, unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('no \u001b[31mimage\nfor arm64')
      },
      'throws: no image for arm64'
    ],
    [
      'throws what has no text',
      () => {
        throw Object.create(null)
      },
      'throws: something that has no text'
    ],
    ['gives nothing', () => undefined, 'gives no JSON at its root'],
    ['gives a promise', async () => ({ container: { image } }), 'gives no JSON at its root'],
    ['gives no container', () => ({}), 'gives no container'],
    ['gives a container that is null', { container: null }, 'gives no container'],
    ['gives no image', { container: {} }, 'gives a container without an image'],
    ['gives a Date', { container: { image, args: [new Date(0)] } }, 'gives no JSON at /container/args/0'],
    [
      'gives what ends nowhere',
      () => {
        const container: Manifest = { image }
        container.self = container
        return { container }
      },
      'gives an object that is nested too deeply'
    ],
    [
      'has an unknown member',
      () => ({ container: { image }, volumnes: [] }),
      'gives an unknown option "volumnes": did you mean "volumes"?'
    ],
    [
      'has an unknown member of target',
      { container: { image }, target: { mounts: [] } },
      'gives an unknown option "target.mounts": there is "env", "volumeMounts"'
    ],
    ['sets name', { container: { image, name: 'x' } }, 'sets name of the container, which is ours to set'],
    [
      'sets restartPolicy',
      { container: { image, restartPolicy: 'Always' } },
      'sets restartPolicy of the container, which is ours to set'
    ],
    [
      'sets HERMES_MODULE',
      { container: { image, env: [{ name: 'HERMES_MODULE', value: 'x' }] } },
      'sets "HERMES_MODULE" in container.env, which is ours to set'
    ],
    [
      'sets HERMES_MODULE_ANY',
      { container: { image, env: [{ name: 'HERMES_MODULE_ANY' }] } },
      'sets "HERMES_MODULE_ANY" in container.env, which is ours to set'
    ],
    [
      'sets HERMES_MODULE of the target',
      { container: { image }, target: { env: [{ name: 'HERMES_MODULE', value: 'x' }] } },
      'sets "HERMES_MODULE" in target.env, which is ours to set'
    ],
    ['gives a target that is none', { container: { image }, target: [] }, 'gives a target that is no object'],
    ['gives a list that is none', { container: { image, env: {} } }, 'gives container.env that is no list'],
    ['gives a list of texts', { container: { image }, volumes: ['x'] }, 'gives volumes whose element 0 is no object'],
    [
      'gives a mount without a path',
      { container: { image, volumeMounts: [{ name: 'x' }] } },
      'gives container.volumeMounts whose element 0 has no mountPath'
    ],
    [
      'gives a volume that is no label',
      { container: { image }, volumes: [{ name: 'My_Volume', emptyDir: {} }] },
      'gives a volume "My_Volume", which is no DNS label'
    ],
    [
      'gives a value that is no text',
      { container: { image, env: [{ name: 'A', value: 1 }] } },
      'gives "A" in container.env a value that is no text'
    ],
    [
      'gives a secret without a name',
      { container: { image }, imagePullSecrets: [{}] },
      'gives imagePullSecrets whose element 0 has no name'
    ],
    [
      'gives another shareProcessNamespace',
      { container: { image }, shareProcessNamespace: 'yes' },
      'gives a shareProcessNamespace that is neither true nor false'
    ],
    [
      'gives another securityContext',
      { container: { image, securityContext: [] } },
      'gives container.securityContext that is no object'
    ],
    [
      'gives other capabilities',
      { container: { image, securityContext: { capabilities: [] } } },
      'gives container.securityContext.capabilities that is no object'
    ],
    [
      'gives other resources',
      { container: { image, resources: { requests: [] } } },
      'gives container.resources.requests that is no object'
    ],
    [
      'gives no quantity',
      { container: { image, resources: { limits: { cpu: '1 core' } } } },
      'gives container.resources.limits.cpu that is no quantity'
    ],
    [
      'requests more than its limit',
      { container: { image, resources: { requests: { cpu: 1 }, limits: { cpu: '500m' } } } },
      'gives container.resources.requests.cpu above its limit'
    ],
    [
      'mounts two at one path',
      {
        container: {
          image,
          volumeMounts: [
            { name: 'x', mountPath: '/x' },
            { name: 'y', mountPath: '/x/' }
          ]
        },
        volumes: [{ name: 'x' }, { name: 'y' }]
      },
      'mounts two volumes at "/x" in the container'
    ],
    [
      'mounts two at one path of the target',
      {
        container: { image },
        volumes: [{ name: 'x' }],
        target: {
          volumeMounts: [
            { name: 'x', mountPath: '/x' },
            { name: 'x', mountPath: '//x', subPath: 'a' }
          ]
        }
      },
      'mounts two volumes at "/x" in the target'
    ],
    [
      'appends with no text',
      { container: { image }, target: { env: [{ name: 'N', value: 'x', append: true }] } },
      'gives target.env with an append that is no text'
    ],
    [
      'appends no value',
      { container: { image }, target: { env: [{ name: 'N', valueFrom: {}, append: ' ' }] } },
      'appends to "N" something that is no value'
    ]
  ])('that %s is an error without a place', (_, template, message) => {
    const result = inject(podOf(), modules('a'), { a: template as never })
    expect(told(result, 'error')).toEqual([`${of} ${message}`])
  })

  it.each<[string, Manifest, Manifest, string]>([
    [
      'volume',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] },
      'volume "v"'
    ],
    [
      'variable',
      { target: { env: [{ name: 'A', value: '1' }] } },
      { target: { env: [{ name: 'A', value: '2' }] } },
      'variable "A"'
    ],
    [
      'mount',
      { volumes: [{ name: 'v' }], target: { volumeMounts: [{ name: 'v', mountPath: '/m' }] } },
      { target: { volumeMounts: [{ name: 'v', mountPath: '/m/', readOnly: true }] } },
      'mount at "/m"'
    ]
  ])('two that give one %s with different contents are an error without a place', (_, first, second, what) => {
    const templates = { a: { container: { image }, ...first }, b: { container: { image }, ...second } }
    expect(told(inject(podOf(), modules('a', 'b'), templates), 'error')).toEqual([
      `invalid-template: the templates of "a" and "b" give ${what} twice, with different contents`
    ])
    const alike = { a: { container: { image }, ...first }, b: { container: { image }, ...first } }
    const one = injected(podOf(), modules('a', 'b'), alike)
    expect(injected(one, modules('b'), alike).spec.volumes ?? []).toEqual(first['volumes'] ?? [])
  })

  it('that sets what another one appends to is an error', () => {
    const templates = {
      a: { container: { image }, target: { env: [{ name: 'N', value: 'x' }] } },
      b: { container: { image }, target: { env: [{ name: 'N', value: 'y', append: ' ' }] } }
    }
    expect(told(inject(podOf(), modules('a', 'b'), templates), 'error')).toEqual([
      'invalid-template: the template of "b" appends to variable "N", which a template sets'
    ])
  })

  it('may be missing for no module: all problems come in one pass', () => {
    const result = inject(podOf({ os: { name: 'windows' } }), modules('b', 'a', 'a', 'constructor'), {
      a: { container: {} as never }
    })
    expect(formatDiagnostics(result.diagnostics)).toBe(
      [
        'error: module "a" is there twice [invalid-resolution]',
        '/spec/os/name: error: the Pod runs on Windows, and our sidecars on Linux [windows-pod]',
        'error: no template for module "b" [missing-template]\n  hint: did you mean "a"?',
        'error: no template for module "constructor" [missing-template]\n  hint: there is "a"',
        `error: the template of module "a" gives a container without an image [invalid-template]`
      ].join('\n')
    )
  })
})

describe('a resolution', () => {
  const longest = 131_072 - 'HERMES_MODULE_SETTINGS='.length - 1 - '{"a":""}'.length
  it.each<[string, object, string[]]>([
    ['of the longest settings', { a: 'x'.repeat(longest) }, []],
    ['of dollars, which the kubelet halves', { a: '$'.repeat(longest) }, []],
    [
      'of settings a byte longer',
      { a: 'x'.repeat(longest + 1) },
      ['invalid-resolution: the settings of module "a" are longer than the 128 KiB that one environment variable can hold']
    ],
    [
      'of settings whose bytes are more than their characters',
      { a: '測'.repeat(longest / 3 + 1) },
      ['invalid-resolution: the settings of module "a" are longer than the 128 KiB that one environment variable can hold']
    ],
    ['of settings in 4-byte characters', { a: '😀'.repeat(Math.floor(longest / 4)) }, []],
    ['of settings that are no JSON', { a: 1n }, ['invalid-resolution: the settings of module "a" are no JSON']],
    ['of settings whose JSON is no object', { toJSON: () => 1 }, ['invalid-resolution: the settings of module "a" are no JSON']]
  ])('%s', (_, settings, errors) => {
    expect(told(inject(podOf(), modules({ name: 'a', settings }), plain), 'error')).toEqual(errors)
  })

  it('with a name that is none is an error', () => {
    expect(told(inject(podOf(), modules('a/b'), plain), 'error')).toEqual(['invalid-resolution: "a/b" is no module name'])
  })

  it.each(['$(POD_IP)', 'a b', 'a/b', '-'])('of the config %j, which is no name', (config) => {
    expect(told(inject(podOf(), modules({ name: 'a', config }), plain), 'error')).toEqual([
      `invalid-resolution: the config "${config}" of module "a" is no config name`
    ])
  })

  it.each(['prod', ''])('not of the config %j', (config) => {
    expect(inject(podOf(), modules({ name: 'a', config }), plain).ok).toBe(true)
  })
})
