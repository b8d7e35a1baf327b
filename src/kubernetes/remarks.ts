import { quote } from '../core/clean-text.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { saysNothing } from './defaults.ts'
import { found } from './finding.ts'
import { listOf, member, memberAt, textOf } from './json.ts'
import { evictAnnotation, type Placed } from './place.ts'
import { hasPodResources } from './pod-resources.ts'
import { placeIn, placeOfNamed, type Subject } from './subject.ts'
import { lastNamed } from './target-env.ts'
import type { Sidecar, Wishes } from './wishes.ts'

/** What an operator should know of additions that can be made. */
export function remarksOn(subject: Subject, sidecars: readonly Sidecar[], wishes: Wishes): Diagnostic[] {
  return [
    ...withoutResources(subject, sidecars),
    ...onPullSecrets(subject, wishes),
    ...onProcesses(subject, wishes),
    ...onHiddenVariables(subject, wishes)
  ]
}

function withoutResources({ base }: Subject, sidecars: readonly Sidecar[]): Diagnostic[] {
  if (hasPodResources(base)) return []
  return sidecars
    .filter(({ value }) => saysNothing(member(value, 'resources')))
    .map(({ module, container }) =>
      found(
        'warning',
        'missing-resources',
        `container ${quote(container)} of module ${quote(module)} has neither requests nor limits: it changes the Pod's Quality of Service, a quota refuses it, and a utilisation autoscaler of the workload fails`,
        undefined,
        "give its template's container resources, or defaults: { resources }"
      )
    )
}

function onPullSecrets({ base, isTemplate }: Subject, { imagePullSecrets }: Wishes): Diagnostic[] {
  if (!isTemplate || imagePullSecrets.length === 0 || listOf(memberAt(base, 'spec'), 'imagePullSecrets').length > 0) return []
  const message = 'the first imagePullSecrets of a Pod template: those of the ServiceAccount no longer count for its Pods'
  return [
    found('warning', 'image-pull-secrets', message, undefined, "add those that the Pod's own images need, or inject at admission")
  ]
}

function onProcesses(subject: Subject, { sharesProcesses }: Wishes): Diagnostic[] {
  if (!sharesProcesses || memberAt(subject.base, 'spec', 'shareProcessNamespace') === true) return []
  const message =
    'shareProcessNamespace is turned on: every container of the Pod sees the processes of the others, their environments and, through /proc/PID/root, their files; PID 1 is no longer the app'
  const users = [subject.target, member(subject.base, 'spec')].map((one) => memberAt(one, 'securityContext', 'runAsUser'))
  const target = textOf(subject.target, 'name') ?? ''
  const unknown = `nobody knows the user of container ${quote(target)}: a sidecar that looks into its processes must run as the same`
  return [
    found('warning', 'shared-processes', message),
    ...(users.every((user) => user === undefined)
      ? [found('note', 'shared-processes', unknown, placeOfNamed(subject, 'containers', target), 'say runAsUser')]
      : [])
  ]
}

function onHiddenVariables(subject: Subject, { env, joined }: Wishes): Diagnostic[] {
  const theirs = listOf(subject.target, 'env')
  if (listOf(subject.target, 'envFrom').length === 0) return []
  const place = `${placeOfNamed(subject, 'containers', textOf(subject.target, 'name') ?? '')}/envFrom`
  return [...new Set([...env.map(({ key }) => key), ...joined.map(({ name }) => name)])]
    .filter((name) => lastNamed(theirs, name) < 0)
    .map((name) =>
      found('warning', 'hidden-variable', `a value of ${quote(name)} in envFrom would be hidden by the one that is added`, place)
    )
}

/** What was ours, is no longer wanted, and stays. */
export function remarksOnStays(
  subject: Pick<Subject, 'pod' | 'steps' | 'old'>,
  { volumes, env, joined, safeToEvict }: Placed['stays']
): Diagnostic[] {
  const kept = (message: string, path: string) => found('warning', 'kept-addition', message, path)
  const target = subject.old.target ?? ''
  const place = placeIn(subject)
  const variable = (name: string) => `variable ${quote(name)} of container ${quote(target)}`
  const containers = listOf(memberAt(subject.pod, 'spec'), 'containers')
  const container = containers.findIndex((one) => textOf(one, 'name') === target)
  const placeOfVariable = (name: string) =>
    place('spec', 'containers', container, 'env', lastNamed(listOf(containers[container], 'env'), name))
  return [
    ...volumes.map((name) =>
      kept(
        `volume ${quote(name)} was ours and stays: containers of others mount it by now`,
        placeOfNamed(subject, 'volumes', name)
      )
    ),
    ...env.map((name) => kept(`${variable(name)} was ours and stays: it has another value by now`, placeOfVariable(name))),
    ...joined.map((name) => kept(`${variable(name)} has a text of ours that stays: others wrote into it`, placeOfVariable(name))),
    ...(safeToEvict
      ? [
          kept(
            `the annotation ${evictAnnotation} has names of ours that stay: others wrote into them`,
            place('metadata', 'annotations', evictAnnotation)
          )
        ]
      : [])
  ]
}
