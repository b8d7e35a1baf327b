import { describe, expect, it } from 'vitest'
import { type Manifest, podOf } from './inject.ts'
import { restrictedProblems } from './restricted.ts'
import { apiProblems } from './strict-check.ts'

// The tests rely on these two checks: they have to find what is wrong.
describe('the check of fields and types', () => {
  const container = (members: Manifest) => podOf({ containers: [{ name: 'app', image: 'x:1', ...members }] })
  it.each<[string, Manifest, RegExp]>([
    ['a typo', container({ volumeMount: [] }), /^\/spec\/containers\/0\/volumeMount: unknown$/m],
    ['a wrong type', container({ env: [{ name: 'A', value: 1 }] }), /^\/spec\/containers\/0\/env\/0\/value: no string$/m],
    ['no list', container({ args: 'x' }), /^\/spec\/containers\/0\/args: no list$/m],
    ['no object', container({ securityContext: 'x' }), /^\/spec\/containers\/0\/securityContext: no object$/m],
    [
      'a number for text in a map',
      container({ resources: { limits: { cpu: 1 } } }),
      /^\/spec\/containers\/0\/resources\/limits\/cpu: no string$/m
    ],
    ['a missing field', container({ volumeMounts: [{ name: 'x' }] }), /mountPath/],
    ['a null in a list', podOf({ initContainers: [null] }), /^\/spec\/initContainers\/0: null$/m]
  ])('finds %s', (_, pod, problem) => {
    expect(apiProblems(pod).join('\n')).toMatch(problem)
    expect(apiProblems(podOf())).toEqual([])
  })
})

describe('the check of the standard restricted', () => {
  const safe = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
    runAsNonRoot: true
  }
  const of = (securityContext: Manifest, spec: Manifest = {}) =>
    podOf({ containers: [{ name: 'app', image: 'x:1', securityContext }], ...spec })
  it.each<[string, Manifest, string]>([
    ['a host namespace', of(safe, { hostPID: true }), 'hostPID'],
    ['a hostPath', of(safe, { volumes: [{ name: 'x', hostPath: { path: '/' } }] }), 'volume hostPath'],
    ['a sysctl', of(safe, { securityContext: { sysctls: [{ name: 'a', value: 'b' }] } }), 'sysctls'],
    ['a process mount', of({ ...safe, procMount: 'Unmasked' }), 'app procMount'],
    ['a profile', of({ ...safe, appArmorProfile: { type: 'Unconfined' } }), 'app appArmorProfile'],
    ['a host process', of({ ...safe, windowsOptions: { hostProcess: true } }), 'app hostProcess']
  ])('finds %s', (_, pod, problem) => {
    expect(restrictedProblems(pod)).toEqual([problem])
    expect(restrictedProblems(of(safe))).toEqual([])
  })
})
