import { quote } from '../core/clean-text.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { didYouMean } from '../core/suggest.ts'
import { found } from './finding.ts'
import type { SidecarPosition } from './inject-options.ts'
import { isRecord, type Json, listOf, member, textOf } from './json.ts'
import { annotationsOf } from './ownership.ts'
import { targetProblems } from './pod-shape.ts'
import { placeIn, type Subject, type Unaimed } from './subject.ts'

/** `kubectl logs` and `exec` take this one too. */
const defaultContainer = 'kubectl.kubernetes.io/default-container'

/** Which app container is watched, and what named it. */
function chooseTarget(pod: Json, wanted: string | undefined, recorded: string | undefined): { name: string; namedBy: string } {
  const names = listOf(member(pod, 'spec'), 'containers').flatMap((container) => textOf(container, 'name') ?? [])
  if (wanted !== undefined) return { name: wanted, namedBy: 'the option target' }
  // One that was renamed since is chosen anew: what we added to it went with it.
  if (recorded !== undefined && names.includes(recorded)) return { name: recorded, namedBy: 'our annotation' }
  const annotated = textOf(annotationsOf(pod), defaultContainer)
  if (annotated !== undefined && annotated !== '') return { name: annotated, namedBy: `the annotation ${defaultContainer}` }
  return { name: names[0] ?? '', namedBy: 'its place' }
}

/** Finds the app container that is watched. */
export function aim(unaimed: Unaimed, wanted: string | undefined): { subject?: Subject; problems: Diagnostic[] } {
  const place = placeIn(unaimed)
  const { name, namedBy } = chooseTarget(unaimed.base, wanted, unaimed.old.target)
  const containers = listOf(member(unaimed.base, 'spec'), 'containers')
  const index = containers.findIndex((one) => textOf(one, 'name') === name)
  const target = containers[index]
  if (!isRecord(target)) {
    const names = containers.flatMap((one) => textOf(one, 'name') ?? [])
    const path = wanted === undefined ? place('metadata', 'annotations', defaultContainer) : place('spec', 'containers')
    const message = `the Pod has no app container ${quote(name)}, which ${namedBy} names`
    return { problems: [found('error', 'unknown-container', message, path, didYouMean(name, names))] }
  }
  const problems = targetProblems(target, index, place)
  return problems.length > 0 ? { problems } : { subject: { ...unaimed, target }, problems }
}

/** Where ours go among the init containers, while none of ours is there. */
export function indexOf({ pod, base }: Subject, position: SidecarPosition = 'first'): { index: number; note: Diagnostic[] } {
  const list = listOf(member(base, 'spec'), 'initContainers')
  const isThere = listOf(member(pod, 'spec'), 'initContainers').length > list.length
  if (typeof position === 'string' || isThere) return { index: position === 'last' ? list.length : 0, note: [] }
  const [name, step] = 'before' in position ? [position.before, 0] : [position.after, 1]
  const index = list.findIndex((one) => textOf(one, 'name') === name)
  if (index >= 0) return { index: index + step, note: [] }
  const message = `the Pod has no init container ${quote(name)}, which the option position names: the sidecars come first`
  return { index: 0, note: [found('note', 'unknown-container', message)] }
}
