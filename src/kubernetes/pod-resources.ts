import { quote } from '../core/clean-text.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { saysNothing } from './defaults.ts'
import { found } from './finding.ts'
import { isRecord, type Json, listOf, member, memberAt, textOf } from './json.ts'
import { formatQuantity, thousandths } from './quantity.ts'

/** What the server takes at Pod level: KEP-2837. */
function isPodLevel(resource: string): boolean {
  return resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-')
}

/** Whether requests and limits are given for the Pod as a whole. */
export function hasPodResources(pod: Json): boolean {
  return !saysNothing(memberAt(pod, 'spec', 'resources'))
}

/** Problems of a Pod's own requests and limits with those of its containers, ours in their places. */
export function podResourceProblems(pod: Json, ours: ReadonlySet<string>, place: (...path: string[]) => string): Diagnostic[] {
  const spec = member(pod, 'spec')
  const own = member(spec, 'resources')
  const problems: Diagnostic[] = []
  for (const kind of ['requests', 'limits'])
    for (const [resource, amount] of entriesOf(member(own, kind))) {
      if (!isPodLevel(resource) || (kind === 'limits' && member(member(own, 'requests'), resource) !== undefined)) continue
      const most = thousandths(amount)
      const sum = requested(spec, resource)
      if (most === undefined || sum <= most) continue
      const [is, may] = [sum, most].map((one) => quote(formatQuantity(one, resource)))
      const message = `the containers together request ${resource} ${is}, and the Pod's ${kind} allow ${may}`
      problems.push(
        found(
          'error',
          'pod-resources',
          message,
          place('spec', 'resources', kind, resource),
          'raise those of the Pod, or let the sidecars request less'
        )
      )
    }
  return [...problems, ...limitWarnings(spec, ours, place)]
}

function entriesOf(amounts: unknown): [string, unknown][] {
  return isRecord(amounts) ? Object.entries(amounts) : []
}

/** As the server counts: app containers and sidecars together; each init container with the sidecars that run by then. */
function requested(spec: unknown, resource: string): bigint {
  let sidecars = 0n
  let most = 0n
  for (const container of listOf(spec, 'initContainers')) {
    const own = requestOf(container, resource)
    if (textOf(container, 'restartPolicy') === 'Always') sidecars += own
    else if (sidecars + own > most) most = sidecars + own
  }
  const together = listOf(spec, 'containers').reduce((sum: bigint, one) => sum + requestOf(one, resource), sidecars)
  return together > most ? together : most
}

/** A limit without a request is one. */
function requestOf(container: unknown, resource: string): bigint {
  const { requests, limits } = (member(container, 'resources') ?? {}) as Json
  return thousandths(member(requests, resource) ?? member(limits, resource)) ?? 0n
}

function limitWarnings(spec: unknown, ours: ReadonlySet<string>, place: (...path: string[]) => string): Diagnostic[] {
  const limits = memberAt(spec, 'resources', 'limits')
  return listOf(spec, 'initContainers').flatMap((container) => {
    const name = textOf(container, 'name') ?? ''
    if (!ours.has(name)) return []
    return entriesOf(memberAt(container, 'resources', 'limits')).flatMap(([resource, amount]) => {
      const most = thousandths(member(limits, resource))
      if (most === undefined || (thousandths(amount) ?? 0n) <= most) return []
      const message = `the ${resource} limit of container ${quote(name)} is above that of the Pod, which is the one that counts`
      return found('warning', 'pod-resources', message, place('spec', 'resources', 'limits', resource))
    })
  })
}
