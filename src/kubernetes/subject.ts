import { jsonPointer } from '../core/json-pointer.ts'
import { type Json, listOf, member, textOf } from './json.ts'
import type { Ownership } from './ownership.ts'
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

/** The same before the target is known. */
export type Unaimed = Omit<Subject, 'target'>

/** RFC 6901, from the workload's root. */
export function placeIn({ steps }: Pick<Located, 'steps'>): (...path: readonly (string | number)[]) => string {
  return (...path) => jsonPointer([...steps, ...path])
}

/** The place in the workload of something in a list of the Pod: by its name, as ours may stand before it. */
export function placeOfNamed(subject: Pick<Subject, 'pod' | 'steps'>, list: string, name: string): string {
  const index = listOf(member(subject.pod, 'spec'), list).findIndex((one) => textOf(one, 'name') === name)
  return placeIn(subject)('spec', list, index)
}
