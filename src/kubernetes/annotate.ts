import type { Diagnostic } from '../core/diagnostic.ts'
import { utf8Length } from './container.ts'
import { found } from './finding.ts'
import type { InjectSidecarsOptions } from './inject-options.ts'
import { decisionOf, type Injectable, type ReadModule, resolutionDigest } from './injectable.ts'
import { contentOf, cutAll, type JoinedText } from './joined-text.ts'
import { type Json, member, memberAt, textOf } from './json.ts'
import { annotationName, annotationsOf, nothingOwned, writeOwnership } from './ownership.ts'
import { evictAnnotation, type Placed, type Wanted, withAnnotation } from './place.ts'
import { placeIn, type Subject } from './subject.ts'
import type { Wishes } from './wishes.ts'

/** Our volumes on disk, without those that the Pod's own annotation names already. */
export function namesOnDisk(subject: Subject, { volumes }: Wishes, { defaults }: InjectSidecarsOptions): string | undefined {
  if (defaults?.safeToEvict === false) return undefined
  const named = namesOfOthers(subject)
  const names = volumes.filter(({ key, value }) => isOnDisk(value) && !named.includes(key)).map(({ key }) => key)
  return names.length === 0 ? undefined : names.join(',')
}

/** What of theirs ours can't be joined to. */
export function evictProblems(subject: Subject, wanted: string | undefined): Diagnostic[] {
  const theirs = member(annotationsOf(subject.base), evictAnnotation)
  if (wanted === undefined || theirs === undefined || typeof theirs === 'string') return []
  const place = placeIn(subject)('metadata', 'annotations', evictAnnotation)
  return [found('error', 'invalid-workload', `the annotation ${evictAnnotation} is no text`, place, 'put the value in quotes')]
}

/** Where others wrote into ours, so that they could not be cut out, ours still stand in the annotation. */
function namesOfOthers({ pod, base, old: { safeToEvict } }: Subject): string[] {
  const there = textOf(annotationsOf(base), evictAnnotation)
  if (there === undefined) return []
  const isStuck = safeToEvict && isStuckIn(textOf(annotationsOf(pod), evictAnnotation), safeToEvict)
  return (isStuck ? there.replace(safeToEvict.text, () => '') : there).split(',')
}

function isStuckIn(value: string | undefined, joined: JoinedText): boolean {
  return cutAll(contentOf(value !== undefined, value) ?? { was: 'none' }, [joined]).stuck.length > 0
}

function isOnDisk(volume: unknown): boolean {
  const isEmptyDir = member(volume, 'emptyDir') !== undefined || Object.keys(volume as Json).length === 1
  return member(volume, 'hostPath') !== undefined || (isEmptyDir && memberAt(volume, 'emptyDir', 'medium') !== 'Memory')
}

/** Writes down what is ours. The same resolution keeps the decision that it had first, so that nothing is rolled out for it. */
export function annotate(
  subject: Subject,
  placed: Placed,
  wanted: Wanted,
  modules: readonly ReadModule[],
  resolution: Injectable
): Json {
  const digests = (items: Wanted['volumes']) => new Map(items.map(({ key, digest }) => [key, digest]))
  const made = placed.made
  if (annotationsOf(subject.pod)[annotationName] === null) made.set('annotation', 'null')
  const blank = withAnnotation(placed.pod, annotationName, '', made) // makes the parents, which are to be written down
  const digest = resolutionDigest(modules)
  const text = writeOwnership({
    modules: modules.map(({ name, config, options }, index) => ({
      name,
      ...(config !== undefined && { config }),
      ...(Object.keys(options).length > 0 && { options }),
      container: wanted.containers[index]?.key ?? '',
      digest: wanted.containers[index]?.digest ?? ''
    })),
    resolution: digest,
    volumes: digests(wanted.volumes),
    imagePullSecrets: digests(wanted.imagePullSecrets),
    target: wanted.target,
    env: digests(wanted.env),
    ...placed.owned,
    volumeMounts: digests(wanted.volumeMounts),
    made,
    decision: digest === subject.old.resolution ? subject.old.decision : decisionOf(resolution)
  })
  return withAnnotation(
    blank,
    annotationName,
    subject.old !== nothingOwned && text === writeOwnership(subject.old) ? textThere(subject.pod) : text,
    made
  )
}

function textThere(pod: Json): unknown {
  return annotationsOf(pod)[annotationName]
}

// The server's, for keys and values together.
const mostAnnotations = 262_144

export function sizeProblems(pod: Json, place: (...path: string[]) => string): Diagnostic[] {
  const size = Object.entries(annotationsOf(pod)).reduce(
    (sum, [key, value]) => sum + utf8Length(key) + (typeof value === 'string' ? utf8Length(value) : 0),
    0
  )
  if (size <= mostAnnotations) return []
  const message = `the annotations of the Pod would have ${size} bytes, and the server takes ${mostAnnotations}`
  return [found('error', 'injection-conflict', message, place('metadata'))]
}
