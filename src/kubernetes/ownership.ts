import { namePrefix } from './container-name.ts'
import type { JoinedText, Was } from './joined-text.ts'
import { isRecord, type Json, listOf, member, textOf } from './json.ts'

/** The annotation of a Pod (template) that says what of it is ours. */
export const annotationName = 'hermes-memory-installer/modules'

/** What a parent was before we made it. */
export type Before = 'absent' | 'null'

/** The parents that we may have to make, our annotation, and the one field that we may have to set. */
const parents = [
  'metadata',
  'annotations',
  'annotation',
  'initContainers',
  'volumes',
  'imagePullSecrets',
  'shareProcessNamespace',
  'env',
  'volumeMounts'
] as const
export type Parent = (typeof parents)[number]

/** A module whose container we added. */
interface OwnedModule {
  name: string
  config?: string
  options?: Readonly<Record<string, string>>
  container: string
  /** Of the container as we wanted it. */
  digest: string
}

/** Which decision led to what is there. */
export interface Decision {
  script?: { sha256: string }
  step?: string
  decidedAt?: string
}

/** What of a Pod is ours: digests are those of what we wanted, never of what is there. */
export interface Ownership {
  modules: readonly OwnedModule[]
  /** Digest of modules, configs and settings, in their order. */
  resolution: string
  volumes: ReadonlyMap<string, string>
  imagePullSecrets: ReadonlyMap<string, string>
  /** The app container that is watched. */
  target?: string | undefined
  /** Plain variables of the target. */
  env: ReadonlyMap<string, string>
  /** Texts that were joined to variables of the target, in the order of joining. */
  joined: readonly (JoinedText & { name: string })[]
  /** By {@link mountKey}. */
  volumeMounts: ReadonlyMap<string, string>
  safeToEvict?: JoinedText | undefined
  made: ReadonlyMap<Parent, Before>
  decision: Decision
}

export const nothingOwned: Ownership = {
  modules: [],
  resolution: '',
  volumes: new Map(),
  imagePullSecrets: new Map(),
  env: new Map(),
  joined: [],
  volumeMounts: new Map(),
  made: new Map(),
  decision: {}
}

/** The annotation's text. Equal ownerships give equal texts. */
export function writeOwnership(ownership: Ownership): string {
  const { modules, resolution, volumes, imagePullSecrets, target, env, joined, volumeMounts, safeToEvict, made, decision } =
    ownership
  return JSON.stringify({
    version: 1,
    modules,
    resolution,
    ...(volumes.size > 0 && { volumes: [...volumes] }),
    ...(imagePullSecrets.size > 0 && { imagePullSecrets: [...imagePullSecrets.keys()] }),
    ...(target !== undefined && { target }),
    ...(env.size > 0 && { env: [...env] }),
    ...(joined.length > 0 && { joined }),
    ...(volumeMounts.size > 0 && { volumeMounts: [...volumeMounts] }),
    ...(safeToEvict && { safeToEvict }),
    ...(made.size > 0 && { made: [...made].sort() }),
    ...decision
  })
}

/** What the annotation says; `undefined` for one that we did not write. */
export function readOwnership(text: unknown): Ownership | undefined {
  const given = parse(text)
  if (member(given, 'version') !== 1 || !Array.isArray(member(given, 'modules'))) return undefined
  const modules = listOf(given, 'modules').map(moduleOf)
  const joined = listOf(given, 'joined').map((one) => ({ name: textOf(one, 'name'), ...joinedOf(one) }))
  const evict = member(given, 'safeToEvict')
  const safeToEvict = evict === undefined ? undefined : joinedOf(evict)
  const made = pairsOf(given, 'made')
  const [volumes, env, volumeMounts] = ['volumes', 'env', 'volumeMounts'].map((name) => pairsOf(given, name))
  const secrets = listOf(given, 'imagePullSecrets')
  const target = textOf(given, 'target')
  const resolution = textOf(given, 'resolution')
  if (!modules.every(isDefined) || !joined.every(isJoined) || (evict !== undefined && !safeToEvict)) return undefined
  if (!made || !isMade(made) || !volumes || !env || !volumeMounts || resolution === undefined) return undefined
  if (!secrets.every((name) => typeof name === 'string')) return undefined
  return {
    // A claim on a container of another name is nobody's of ours: it is passed over, and the container stays.
    modules: modules.filter(({ container }) => container.startsWith(namePrefix)),
    resolution,
    volumes,
    imagePullSecrets: new Map(secrets.map((name) => [name, ''])),
    target,
    env,
    joined,
    volumeMounts,
    safeToEvict,
    made,
    decision: decisionOf(given)
  }
}

function parse(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined
}

function moduleOf(given: unknown): OwnedModule | undefined {
  const [name, container, digest, config] = ['name', 'container', 'digest', 'config'].map((one) => textOf(given, one))
  if (name === undefined || container === undefined || digest === undefined) return undefined
  const options = member(given, 'options')
  return {
    name,
    ...(config !== undefined && { config }),
    ...(isTexts(options) && { options: Object.assign(Object.create(null), options) }),
    container,
    digest
  }
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
}

const befores: readonly unknown[] = ['none', 'absent', 'null', 'empty', 'text'] satisfies Was[]

function joinedOf(given: unknown): JoinedText | undefined {
  const [sep, text, was] = ['sep', 'text', 'was'].map((name) => textOf(given, name))
  if (sep === undefined || text === undefined || text === '' || !befores.includes(was)) return undefined
  return { sep, text, was: was as Was }
}

function isJoined(one: { name: string | undefined } & Partial<JoinedText>): one is JoinedText & { name: string } {
  return one.name !== undefined && one.text !== undefined
}

/** A list of pairs of texts; empty where it is absent. */
function pairsOf(given: unknown, name: string): Map<string, string> | undefined {
  const pairs = listOf(given, name)
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === 'string')
  return pairs.every(isPair) ? new Map(pairs) : undefined
}

function isMade(made: ReadonlyMap<string, string>): made is ReadonlyMap<Parent, Before> {
  return [...made].every(([parent, before]) => parents.some((one) => one === parent) && /^(absent|null)$/.test(before))
}

function decisionOf(given: unknown): Decision {
  const sha256 = textOf(member(given, 'script'), 'sha256')
  const [step, decidedAt] = ['step', 'decidedAt'].map((name) => textOf(given, name))
  return {
    ...(sha256 !== undefined && { script: { sha256 } }),
    ...(step !== undefined && { step }),
    ...(decidedAt !== undefined && { decidedAt })
  }
}

/** A mount's key: its path as the kernel goes it, and its volume. */
export function mountKey(path: string, volume: string): string {
  return `${path}:${volume}`
}

/** The annotations of a Pod (template). */
export function annotationsOf(pod: Json): Json {
  const annotations = member(member(pod, 'metadata'), 'annotations')
  return isRecord(annotations) ? annotations : {}
}
