import { jsonPointer } from '../core/json-pointer.ts'
import { type Json, listOf, member, textOf } from './json.ts'
import { annotationsOf, type Ownership } from './ownership.ts'
import type { Located } from './workload.ts'

/** What is injected into. */
export interface Subject extends Located {
  /** What of it is ours. */
  old: Ownership
  /** The Pod as it would be without us. */
  base: Json
  /** The app container that is watched, as it would be without us. */
  target: Json
}

/** RFC 6901, from the workload's root. */
export function placeIn({ steps }: Pick<Located, 'steps'>): (...path: readonly (string | number)[]) => string {
  return (...path) => jsonPointer([...steps, ...path])
}

/** The place in the workload of something in a list of the Pod: by its name, as ours may stand before it. */
export function placeOfNamed(subject: Pick<Subject, 'pod' | 'steps'>, list: string, name: string): string {
  const index = listOf(member(subject.pod, 'spec'), list).findIndex((one) => textOf(one, 'name') === name)
  return placeIn(subject)('spec', list, index)
}

/** `kubectl logs` and `exec` take this one too. */
export const defaultContainer = 'kubectl.kubernetes.io/default-container'

/** Which app container is watched, and what named it. */
export function chooseTarget(
  pod: Json,
  wanted: string | undefined,
  recorded: string | undefined
): { name: string; namedBy: string } {
  const names = listOf(member(pod, 'spec'), 'containers').flatMap((container) => textOf(container, 'name') ?? [])
  if (wanted !== undefined) return { name: wanted, namedBy: 'the option target' }
  // One that was renamed since is chosen anew: what we added to it went with it.
  if (recorded !== undefined && names.includes(recorded)) return { name: recorded, namedBy: 'our annotation' }
  const annotated = textOf(annotationsOf(pod), defaultContainer)
  if (annotated !== undefined && annotated !== '') return { name: annotated, namedBy: `the annotation ${defaultContainer}` }
  return { name: names[0] ?? '', namedBy: 'its place' }
}
