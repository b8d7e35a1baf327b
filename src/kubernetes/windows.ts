import { isRecord, type Json, listOf, memberAt, textOf } from './json.ts'

const label = 'kubernetes.io/os'

/** Where a Pod says that it runs on Windows, which takes none of our security contexts; `undefined` where it does not. */
export function windowsPlace(pod: Json): readonly string[] | undefined {
  const affinity = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution']
  if (memberAt(pod, 'spec', 'os', 'name') === 'windows') return ['spec', 'os', 'name']
  if (memberAt(pod, 'spec', 'nodeSelector', label) === 'windows') return ['spec', 'nodeSelector', label]
  return areWindowsOnly(listOf(memberAt(pod, ...affinity), 'nodeSelectorTerms')) ? affinity : undefined
}

/** Terms are alternatives; one that no node can match is none. */
function areWindowsOnly(terms: readonly unknown[]): boolean {
  const systems = terms.map(systemsOf).filter((allowed) => allowed === undefined || allowed.length > 0)
  return systems.length > 0 && systems.every((allowed) => allowed?.every((system) => system === 'windows'))
}

/** The systems that a term allows; `undefined` for any. Its requirements hold together. */
function systemsOf(term: unknown): readonly unknown[] | undefined {
  const requirements = listOf(term, 'matchExpressions')
  if (requirements.length === 0 && listOf(term, 'matchFields').length === 0) return []
  let allowed: readonly unknown[] | undefined
  const own = requirements.filter((one) => isRecord(one) && one['key'] === label)
  for (const one of own.filter((requirement) => textOf(requirement, 'operator') === 'In')) {
    const values = listOf(one, 'values')
    allowed = allowed?.filter((system) => values.includes(system)) ?? values
  }
  const excluded = own.flatMap((one) => (textOf(one, 'operator') === 'NotIn' ? listOf(one, 'values') : []))
  return allowed?.filter((system) => !excluded.includes(system))
}
