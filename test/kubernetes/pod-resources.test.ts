import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { formatQuantity, thousandths } from '../../src/kubernetes/quantity.ts'
import { image, inject, type Manifest, modules, podOf, told } from './inject.ts'

describe('a quantity', () => {
  it.each<[unknown, bigint | undefined]>([
    ['0.05', 50n],
    ['50m', 50n],
    ['1', 1000n],
    [1, 1000n],
    [0.5, 500n],
    ['1Ki', 1_024_000n],
    ['1.5Gi', 1_610_612_736_000n],
    ['1e3', 1_000_000n],
    ['1E3', 1_000_000n],
    ['1E', 1_000_000_000_000_000_000_000n],
    ['1Ei', 1_152_921_504_606_846_976_000n],
    ['12e-3', 12n],
    ['1k', 1_000_000n],
    ['100n', 1n],
    ['1500u', 2n],
    ['0.0001', 1n],
    ['.5', 500n],
    ['1.', 1000n],
    ['+1', 1000n],
    ['0', 0n],
    [1e21, 1_000_000_000_000_000_000_000_000n],
    ...['', '.', 'm', '-1', '1 m', '1mi', '1KI', '1e', 'Infinity', '1e999', '0x1', '٣', 'NaN', '9'.repeat(31)].map(
      (text): [string, undefined] => [text, undefined]
    ),
    [Number.NaN, undefined],
    [true, undefined],
    [null, undefined],
    [[1], undefined]
  ])('%j is %s thousandths', (quantity, expected) => {
    expect(thousandths(quantity)).toBe(expected)
  })

  it.each<[bigint, string, string]>([
    [600n, 'cpu', '600m'],
    [2000n, 'cpu', '2'],
    [2_048_000n, 'cpu', '2048'],
    [0n, 'memory', '0'],
    [1_610_612_736_000n, 'memory', '1536Mi'],
    [1_073_741_824_000n, 'memory', '1Gi'],
    [1_500_000n, 'memory', '1500'],
    [1500n, 'memory', '1500m']
  ])('%s thousandths of %s are %s', (amount, resource, text) => {
    expect(formatQuantity(amount, resource)).toBe(text)
  })

  test('what is printed is what was read (1,000 runs)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.constantFrom('cpu', 'memory'), (amount, resource) => {
        expect(thousandths(formatQuantity(amount, resource))).toBe(amount)
      }),
      { numRuns: 1000 }
    )
  })
})

const cpu = (amount: unknown) => ({ requests: { cpu: amount } })
const init = (name: string, amount: unknown, restartPolicy?: string) => ({
  name,
  image: 'i:1',
  resources: cpu(amount),
  ...(restartPolicy && { restartPolicy })
})
const result = (
  resources: Manifest,
  app: Manifest,
  own: Manifest,
  initContainers: Manifest[] = [],
  position: 'first' | 'last' = 'first'
) =>
  inject(
    podOf({
      resources,
      initContainers,
      containers: [
        { name: 'app', image: 'a:1', resources: app },
        { name: 'b', image: 'b:1' }
      ]
    }),
    modules('a'),
    { a: { container: { image, resources: own } } },
    { position }
  )
const requestsError = (is: string, may: string, what = 'cpu', kind = 'requests') =>
  `pod-resources /spec/resources/${kind}/${what}: the containers together request ${what} "${is}", and the Pod's ${kind} allow "${may}"`

describe('the sums of a Pod with resources of its own', () => {
  it.each<[string, ReturnType<typeof result>, string[]]>([
    ['app and sidecar exactly', result(cpu('0.6'), cpu('400m'), cpu('0.2')), []],
    ['app and sidecar above', result(cpu('599m'), cpu('400m'), cpu('0.2')), [requestsError('600m', '599m')]],
    ['numbers', result(cpu(1), cpu(1), cpu('1m')), [requestsError('1001m', '1')]],
    ['each rounded up to a thousandth', result(cpu('2m'), cpu('1.2m'), cpu('500u')), [requestsError('3m', '2m')]],
    [
      'a limit alone, which is a request',
      result(cpu('500m'), cpu('400m'), { limits: { cpu: '200m' } }),
      [requestsError('600m', '500m')]
    ],
    ['a limit alone of the app', result(cpu('500m'), { limits: { cpu: '400m' } }, cpu('200m')), [requestsError('600m', '500m')]],
    [
      'a limit beside a request, which counts',
      result(cpu('500m'), cpu('400m'), { requests: { cpu: '100m' }, limits: { cpu: '9' } }),
      []
    ],
    [
      'another sidecar',
      result(cpu('500m'), cpu('200m'), cpu('200m'), [init('o', '200m', 'Always')]),
      [requestsError('600m', '500m')]
    ],
    [
      'a plain init container after ours',
      result(cpu('500m'), cpu('0'), cpu('200m'), [init('i', '400m')]),
      [requestsError('600m', '500m')]
    ],
    [
      'the greatest of several init containers, with the sidecars before it',
      result(cpu('520m'), cpu('0'), cpu('200m'), [init('i', '300m'), init('j', '350m')]),
      [requestsError('550m', '520m')]
    ],
    ['a plain init container before ours', result(cpu('500m'), cpu('0'), cpu('200m'), [init('i', '400m')], 'last'), []],
    [
      'an init container that restarts on failure alone',
      result(cpu('500m'), cpu('200m'), cpu('200m'), [init('i', '400m', 'OnFailure')], 'last'),
      []
    ],
    [
      'limits where there are no requests',
      result({ limits: { cpu: '500m' } }, cpu('400m'), cpu('200m')),
      [requestsError('600m', '500m', 'cpu', 'limits')]
    ],
    ['requests before limits', result({ requests: { cpu: '600m' }, limits: { cpu: '700m' } }, cpu('400m'), cpu('200m')), []],
    [
      'both, resource by resource',
      result(
        { requests: { cpu: '500m' }, limits: { cpu: '9', memory: '1Gi' } },
        { requests: { cpu: '1', memory: '1Gi' } },
        { requests: { memory: '1Ki' } }
      ),
      [requestsError('1', '500m'), requestsError('1048577Ki', '1Gi', 'memory', 'limits')]
    ],
    ['a resource that the Pod does not name', result(cpu('1'), {}, { requests: { memory: '9Ti' } }), []],
    [
      'a resource that is none of a Pod',
      result({ requests: { 'ephemeral-storage': '1' } }, {}, { requests: { 'ephemeral-storage': '2' } }),
      []
    ],
    [
      'huge pages',
      result({ limits: { 'hugepages-2Mi': '2Mi' } }, {}, { limits: { 'hugepages-2Mi': '4Mi' } }),
      [requestsError('4Mi', '2Mi', 'hugepages-2Mi', 'limits')]
    ],
    ['an amount that is none', result(cpu('x'), cpu('400m'), cpu('200m')), []]
  ])('%s', (_, { diagnostics }, errors) => {
    expect(told({ diagnostics }, 'error')).toEqual(errors)
  })

  it('lets a limit of ours above that of the Pod pass, with a warning', () => {
    const { ok, diagnostics } = result(
      { limits: { cpu: '1', memory: '1Gi' } },
      {},
      { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '2', memory: '1Gi' } }
    )
    expect(ok).toBe(true)
    expect(told({ diagnostics }, 'warning')).toEqual([
      'pod-resources /spec/resources/limits/cpu: the cpu limit of container "hermes-a" is above that of the Pod, which is the one that counts'
    ])
  })

  it('is none of ours where nothing is injected', () => {
    const pod = podOf({ resources: cpu('1m'), containers: [{ name: 'app', image: 'a:1', resources: cpu('1') }] })
    expect(inject(pod, modules(), {})).toMatchObject({ ok: true, patch: [] })
  })

  it('counts what a LimitRange filled into ours', () => {
    const pod = podOf({ resources: cpu('150m'), containers: [{ name: 'app', image: 'a:1', resources: cpu('100m') }] })
    const templates = { a: { container: { image } } }
    const { workload } = inject(pod, modules('a'), templates)
    ;(workload as Manifest).spec.initContainers[0].resources = undefined
    const filled = {
      ...workload,
      spec: { ...workload.spec, initContainers: [{ ...workload.spec.initContainers[0], resources: cpu('100m') }] }
    }
    expect(told(inject(filled, modules('a'), templates), 'error')).toEqual([requestsError('200m', '150m')])
  })
})
