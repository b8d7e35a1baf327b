import { quote } from '../core/clean-text.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { found } from './finding.ts'
import { type Json, listOf, member, textOf } from './json.ts'
import { cleanPath, mountDigest, variableDigest, volumeDigest } from './server-defaults.ts'
import type { Item } from './slots.ts'
import { placeIn, placeOfNamed, type Subject } from './subject.ts'
import { lastNamed, variableContent } from './target-env.ts'
import type { Sidecar, Wishes } from './wishes.ts'

type Report = (message: string, path: string, hint?: string) => void

/** Holds wishes against the Pod; gives what of them is not there already, and tells what can't be merged. */
export function withoutConflicts(
  subject: Subject,
  sidecars: readonly Sidecar[],
  wishes: Wishes
): { wishes: Wishes; problems: Diagnostic[] } {
  const problems: Diagnostic[] = []
  const report: Report = (message, path, hint) => problems.push(found('error', 'injection-conflict', message, path, hint))
  checkContainers(subject, sidecars, report)
  checkPorts(subject, sidecars, report)
  if (wishes.sharesProcesses) checkProcesses(subject, report)
  const left: Wishes = {
    ...wishes,
    volumes: newVolumes(subject, wishes.volumes, report),
    imagePullSecrets: wishes.imagePullSecrets.filter(
      ({ key }) => !isNamed(listOf(specOf(subject.base), 'imagePullSecrets'), key)
    ),
    env: newVariables(subject, wishes.env, report),
    volumeMounts: newMounts(subject, wishes.volumeMounts, report)
  }
  for (const name of new Set(wishes.joined.map((one) => one.name))) checkJoining(subject, name, report)
  checkMountedVolumes(subject, sidecars, wishes, report)
  return { wishes: left, problems }
}

function specOf(pod: Json): unknown {
  return member(pod, 'spec')
}

function isNamed(list: readonly unknown[], name: string): boolean {
  return list.some((one) => textOf(one, 'name') === name)
}

function checkContainers({ base, ...subject }: Subject, sidecars: readonly Sidecar[], report: Report): void {
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
    for (const { module, container } of sidecars)
      if (isNamed(listOf(specOf(base), list), container))
        report(
          `module ${quote(module)} needs a container ${quote(container)}, and the Pod has one that is not ours`,
          placeOfNamed(subject, list, container)
        )
}

/** The server only warns of a port name that stands twice; then Services and probes of the app go to us. */
function checkPorts(subject: Subject, sidecars: readonly Sidecar[], report: Report): void {
  const ours = new Map<string, string>()
  for (const { module, template } of sidecars)
    for (const port of listOf(template.container, 'ports')) {
      const name = textOf(port, 'name')
      if (name !== undefined) ours.set(name, module)
    }
  if (ours.size === 0) return
  for (const list of ['containers', 'initContainers'])
    for (const container of listOf(specOf(subject.base), list)) {
      if (list === 'initContainers' && textOf(container, 'restartPolicy') !== 'Always') continue
      for (const [index, port] of listOf(container, 'ports').entries()) {
        const name = textOf(port, 'name') ?? ''
        const module = ours.get(name)
        const path = () => `${placeOfNamed(subject, list, textOf(container, 'name') ?? '')}/ports/${index}`
        if (module !== undefined)
          report(
            `module ${quote(module)} has a port ${quote(name)}, and so has container ${quote(textOf(container, 'name') ?? '')}`,
            path(),
            'Services and probes that go by this name would reach the sidecar: name its port otherwise'
          )
      }
    }
}

function checkProcesses(subject: Subject, report: Report): void {
  const spec = specOf(subject.base)
  const place = placeIn(subject)
  if (member(spec, 'shareProcessNamespace') === false)
    report('a template needs shareProcessNamespace, and the Pod says false', place('spec', 'shareProcessNamespace'))
  if (member(spec, 'hostPID') === true)
    report('a template needs shareProcessNamespace, which can not be with hostPID', place('spec', 'hostPID'))
}

function newVolumes(subject: Subject, wishes: readonly Item[], report: Report): readonly Item[] {
  const volumes = listOf(specOf(subject.base), 'volumes')
  const { parent, claims } = claimsOf(subject)
  return wishes.filter(({ key, digest }) => {
    const claim = claims.indexOf(key)
    if (claim >= 0) report(`a template gives volume ${quote(key)}, which is a claim of the workload`, `${parent}/${claim}`)
    const theirs = subject.old.volumes.has(key) ? undefined : volumes.find((one) => textOf(one, 'name') === key)
    if (theirs === undefined) return claim < 0
    if (volumeDigest(theirs as Json) !== digest)
      report(
        `a template gives volume ${quote(key)}, and the Pod has one with another source`,
        placeOfNamed(subject, 'volumes', key)
      )
    return false
  })
}

/** Names of the claims beside the template, and where they stand. */
function claimsOf({ steps, claims }: Subject): { parent: string; claims: (string | undefined)[] } {
  const parent = placeIn({ steps: steps.slice(0, -1) })('volumeClaimTemplates')
  return { parent, claims: claims.map((claim) => textOf(member(claim, 'metadata'), 'name')) }
}

/** Where something of the target stands in the workload. */
function placeInTarget(subject: Subject, list: string, find: (element: unknown) => boolean): string {
  const path = placeOfNamed(subject, 'containers', textOf(subject.target, 'name') ?? '')
  const container = listOf(specOf(subject.pod), 'containers').find(
    (one) => textOf(one, 'name') === textOf(subject.target, 'name')
  )
  const elements = listOf(container, list)
  const index = elements.length - 1 - [...elements].reverse().findIndex(find)
  return `${path}/${list}/${index}`
}

function newVariables(subject: Subject, wishes: readonly Item[], report: Report): readonly Item[] {
  const env = listOf(subject.target, 'env')
  return wishes.filter(({ key, digest }) => {
    const isWatched = subject.old.target === textOf(subject.target, 'name')
    if (isWatched && subject.old.env.get(key) === digest) return true
    const theirs = env[lastNamed(env, key)]
    if (theirs === undefined) return true
    if (variableDigest(theirs as Json) !== digest)
      report(
        `a template sets variable ${quote(key)} of container ${quote(textOf(subject.target, 'name') ?? '')}, where it has another value`,
        placeInTarget(subject, 'env', (one) => textOf(one, 'name') === key),
        'a list of options can be joined: append'
      )
    return false
  })
}

function checkJoining(subject: Subject, name: string, report: Report): void {
  const env = listOf(subject.target, 'env')
  const theirs = env[lastNamed(env, name)]
  if (theirs === undefined || variableContent(theirs) !== undefined) return
  const isElsewhere = member(theirs, 'valueFrom') !== undefined
  report(
    `a template appends to variable ${quote(name)}, whose value ${isElsewhere ? 'comes from elsewhere' : 'is no text'}`,
    placeInTarget(subject, 'env', (one) => textOf(one, 'name') === name),
    isElsewhere ? undefined : 'put the value in quotes'
  )
}

function newMounts(subject: Subject, wishes: readonly Item[], report: Report): readonly Item[] {
  const pathOf = (mount: unknown) => cleanPath(textOf(mount, 'mountPath') ?? '')
  const mounts = listOf(subject.target, 'volumeMounts')
  return wishes.filter(({ value, digest }) => {
    const path = pathOf(value)
    const theirs = mounts.find((one) => pathOf(one) === path)
    if (theirs === undefined) return true
    if (mountDigest(theirs as Json) !== digest)
      report(
        `a template mounts something at ${quote(path)} of container ${quote(textOf(subject.target, 'name') ?? '')}, where something else is mounted`,
        placeInTarget(subject, 'volumeMounts', (one) => pathOf(one) === path && textOf(one, 'name') === textOf(theirs, 'name'))
      )
    return false
  })
}

function checkMountedVolumes(subject: Subject, sidecars: readonly Sidecar[], wishes: Wishes, report: Report): void {
  const spec = specOf(subject.base)
  const known = new Set<unknown>([
    ...listOf(spec, 'volumes').map((volume) => textOf(volume, 'name')),
    ...claimsOf(subject).claims,
    ...wishes.volumes.map(({ key }) => key)
  ])
  const hasVolumes = member(specOf(subject.pod), 'volumes') !== undefined
  const place = placeIn(subject)('spec', ...(hasVolumes ? ['volumes'] : []))
  for (const { module, template } of sidecars)
    for (const mount of [...listOf(template.container, 'volumeMounts'), ...template.volumeMounts]) {
      const name = textOf(mount, 'name') ?? ''
      if (!known.has(name)) report(`the template of ${quote(module)} mounts volume ${quote(name)}, which nobody defines`, place)
    }
}
