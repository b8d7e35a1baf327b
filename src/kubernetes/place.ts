import { contentOf, cutAll, type JoinedText, join } from './joined-text.ts'
import { isRecord, type Json, listOf, member, textOf, withMember } from './json.ts'
import { annotationsOf, type Before, mountKey, type Ownership, type Parent } from './ownership.ts'
import { cleanPath } from './server-defaults.ts'
import { fillSlots, type Item } from './slots.ts'
import { type Joining, placeEnv } from './target-env.ts'

/** Names in it don't keep the cluster autoscaler from removing a node. */
export const evictAnnotation = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'

/** What is to be in a Pod of ours. */
export interface Wanted {
  containers: readonly Item[]
  /** Where the containers go while none of ours is there: an index of `initContainers`. */
  at: number
  volumes: readonly Item[]
  imagePullSecrets: readonly Item[]
  sharesProcesses: boolean
  /** The app container that is watched. */
  target?: string | undefined
  env: readonly Item[]
  joined: readonly Joining[]
  volumeMounts: readonly Item[]
  /** Names of volumes, joined by commas. */
  safeToEvict?: string | undefined
}

export const nothingWanted: Wanted = {
  containers: [],
  at: 0,
  volumes: [],
  imagePullSecrets: [],
  sharesProcesses: false,
  env: [],
  joined: [],
  volumeMounts: []
}

/** A Pod with what is wanted of ours in the place of what was ours. */
export interface Placed {
  pod: Json
  /** What of {@link Ownership} only shows while placing. */
  owned: Pick<Ownership, 'joined' | 'safeToEvict'>
  made: Map<Parent, Before>
  /** What was ours and stays, because others have a part in it by now. */
  stays: {
    volumes: string[]
    env: string[]
    /** Variables with a joined text that others wrote into. */
    joined: string[]
    /** Others wrote into the names of {@link evictAnnotation}. */
    safeToEvict: boolean
  }
}

/** Puts what is wanted in the place of what was ours. With nothing wanted it gives the Pod as it would be without us. */
export function place(pod: Json, old: Ownership, wanted: Wanted): Placed {
  const made = new Map(old.made)
  const owned: Placed['owned'] = { joined: [] }
  const stays: Placed['stays'] = { volumes: [], env: [], joined: [], safeToEvict: false }
  const containers = new Map(old.modules.map(({ container, digest }) => [container, digest]))
  const nameIn = (recorded: ReadonlyMap<string, string>) => (element: unknown) => {
    const name = textOf(element, 'name')
    return name !== undefined && recorded.has(name) ? name : undefined
  }

  let spec = member(pod, 'spec') as Json
  const fill = (list: Parent, slots: Parameters<typeof fillSlots>[1]) => {
    spec = withList(spec, list, (elements) => fillSlots(elements, slots), made)
  }
  const mounted = mountedByOthers(spec, containers, old)
  fill('initContainers', {
    keyOf: nameIn(containers),
    wanted: wanted.containers,
    recorded: containers,
    mend: (one) => (textOf(one, 'restartPolicy') === 'Always' ? one : withMember(one as Json, 'restartPolicy', 'Always')),
    at: wanted.at
  })
  const volumes = nameIn(old.volumes)
  fill('volumes', {
    keyOf: (element) => {
      const name = volumes(element)
      if (name === undefined || !mounted.has(name) || wanted.volumes.some(({ key }) => key === name)) return name
      stays.volumes.push(name)
      return undefined
    },
    wanted: wanted.volumes,
    recorded: old.volumes
  })
  fill('imagePullSecrets', {
    keyOf: nameIn(old.imagePullSecrets),
    wanted: wanted.imagePullSecrets,
    recorded: old.imagePullSecrets
  })
  spec = shareProcesses(spec, wanted.sharesProcesses, made)
  spec = withTargets(spec, old, wanted, { made, owned, stays })
  const placed = withEvict(spec === pod['spec'] ? pod : { ...pod, spec }, old.safeToEvict, wanted.safeToEvict, made)
  owned.safeToEvict = placed.joined
  stays.safeToEvict = placed.stays
  return { pod: placed.pod, owned, made, stays }
}

/** A list changed; made where it is absent and no longer empty, and given back where we made it and it is. */
function withList(
  object: Json,
  name: Parent,
  change: (list: readonly unknown[]) => readonly unknown[],
  made: Map<Parent, Before>
): Json {
  const list = listOf(object, name)
  const next = change(list)
  return next === list && !(next.length === 0 && made.has(name))
    ? object
    : withParent(object, name, next, next.length === 0, made)
}

/** A parent set; remembers what was there before, and gives it back where the parent is empty. */
function withParent(object: Json, name: Parent, value: unknown, isEmpty: boolean, made: Map<Parent, Before>): Json {
  if (isEmpty) {
    const before = made.get(name)
    made.delete(name)
    if (before === undefined) return member(object, name) === undefined ? object : withMember(object, name, value)
    return withMember(object, name, before === 'null' ? null : undefined)
  }
  if (member(object, name) === undefined && !made.has(name))
    made.set(name, Object.hasOwn(object, name) && object[name] === null ? 'null' : 'absent')
  return withMember(object, name, value)
}

function shareProcesses(spec: Json, isWanted: boolean, made: Map<Parent, Before>): Json {
  const name = 'shareProcessNamespace'
  const now = member(spec, name)
  if (isWanted && now === undefined) return withParent(spec, name, true, false, made)
  if (isWanted) return spec
  if (now === true && made.has(name)) return withParent(spec, name, now, true, made)
  made.delete(name)
  return spec
}

/** Volumes that containers of others mount. */
function mountedByOthers(spec: Json, containers: ReadonlyMap<string, string>, old: Ownership): Set<string> {
  const mounted = new Set<string>()
  if (old.volumes.size === 0) return mounted
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
    for (const container of listOf(spec, list)) {
      const name = textOf(container, 'name')
      if (list === 'initContainers' && name !== undefined && containers.has(name)) continue
      const isTarget = list === 'containers' && name === old.target
      for (const mount of [...listOf(container, 'volumeMounts'), ...listOf(container, 'volumeDevices')]) {
        const volume = textOf(mount, 'name')
        if (volume !== undefined && !(isTarget && old.volumeMounts.has(keyOfMount(mount)))) mounted.add(volume)
      }
    }
  return mounted
}

function keyOfMount(mount: unknown): string {
  return mountKey(cleanPath(textOf(mount, 'mountPath') ?? ''), textOf(mount, 'name') ?? '')
}

/** What the containers' own members keep, by the container that is watched: ours leave the old one, and go to the new. */
function withTargets(
  spec: Json,
  old: Ownership,
  wanted: Wanted,
  { made, owned, stays }: Pick<Placed, 'made' | 'owned' | 'stays'>
): Json {
  const isMoved = wanted.target !== old.target
  const change = (container: unknown): unknown => {
    const name = textOf(container, 'name')
    if (name === undefined || !isRecord(container) || (name !== old.target && name !== wanted.target)) return container
    const was = name === old.target ? old : { env: new Map(), joined: [], volumeMounts: new Map() }
    const now = name === wanted.target ? wanted : { env: [], joined: [], volumeMounts: [] }
    const own: Map<Parent, Before> = name === old.target || !isMoved ? new Map(old.made) : new Map()
    const changed = withAdditions(container, was, now, own, owned, stays)
    if (name === (wanted.target ?? old.target)) for (const parent of targetParents) setOrDelete(made, parent, own.get(parent))
    return changed
  }
  for (const parent of targetParents) if (isMoved) made.delete(parent)
  const list = listOf(spec, 'containers')
  const next = list.map(change)
  return next.every((one, index) => one === list[index]) ? spec : withMember(spec, 'containers', next)
}

const targetParents: readonly Parent[] = ['env', 'volumeMounts']

function setOrDelete(made: Map<Parent, Before>, parent: Parent, before: Before | undefined): void {
  if (before === undefined) made.delete(parent)
  else made.set(parent, before)
}

function withAdditions(
  container: Json,
  old: Pick<Ownership, 'env' | 'joined' | 'volumeMounts'>,
  wanted: Pick<Wanted, 'env' | 'joined' | 'volumeMounts'>,
  made: Map<Parent, Before>,
  owned: Placed['owned'],
  stays: Placed['stays']
): Json {
  const withEnv = withList(
    container,
    'env',
    (env) => {
      const placed = placeEnv(env, old, wanted)
      if (placed.joined.length > 0) owned.joined = placed.joined
      stays.env.push(...placed.stays)
      stays.joined.push(...placed.stuck)
      return placed.env
    },
    made
  )
  const keyOf = (mount: unknown) => (old.volumeMounts.has(keyOfMount(mount)) ? keyOfMount(mount) : undefined)
  const slots = { keyOf, wanted: wanted.volumeMounts, recorded: old.volumeMounts }
  return withList(withEnv, 'volumeMounts', (mounts) => fillSlots(mounts, slots), made)
}

/** The autoscaler splits at commas, and trims nothing. */
function withEvict(
  pod: Json,
  before: JoinedText | undefined,
  wanted: string | undefined,
  made: Map<Parent, Before>
): { pod: Json; joined: JoinedText | undefined; stays: boolean } {
  const annotations = annotationsOf(pod)
  const isThere = Object.hasOwn(annotations, evictAnnotation)
  const now = contentOf(isThere, annotations[evictAnnotation])
  if (now === undefined) return { pod, joined: undefined, stays: false } // no text: told where something is wanted in it
  const { content: base, missing, stuck } = cutAll(now, before ? [before] : [])
  if (before?.text === wanted && missing.length === stuck.length) return { pod, joined: before, stays: false }
  const next = wanted === undefined ? { content: base, joined: undefined } : join(base, ',', wanted)
  const { was, value } = next.content
  const text = { none: undefined, absent: undefined, null: null, empty: '', text: value }[was]
  return { pod: withAnnotation(pod, evictAnnotation, text, made), joined: next.joined, stays: stuck.length > 0 }
}

/** A Pod with an annotation set or taken away, and the parents that this needs or leaves empty. */
export function withAnnotation(pod: Json, name: string, value: unknown, made: Map<Parent, Before>): Json {
  const before = annotationsOf(pod)
  const isEmpty = (object: Json) => Object.keys(object).length === 0
  if (value === undefined && !Object.hasOwn(before, name) && !(isEmpty(before) && made.has('annotations'))) return pod
  const annotations = withMember(before, name, value)
  const given = member(pod, 'metadata')
  const metadata = withParent(isRecord(given) ? given : {}, 'annotations', annotations, isEmpty(annotations), made)
  if (given === undefined && isEmpty(metadata)) return pod
  return withParent(pod, 'metadata', metadata, isEmpty(metadata) && made.has('metadata'), made)
}
