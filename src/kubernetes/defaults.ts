import { isRecord, type Json, listOf, member } from './json.ts'
import { thousandths } from './quantity.ts'

/** What a container of ours gets where its template is silent. */
export interface SidecarDefaults {
  /** Member by member; `null` takes one away. @default neither requests nor limits */
  resources?: Json | null | undefined
  /** Changes, member by member, the defaults that a `restricted` namespace asks for; `null` takes one away. */
  securityContext?: Json | null | undefined
  /** Names our volumes on disk in the annotation that lets the cluster autoscaler remove the node. @default true */
  safeToEvict?: boolean | undefined
}

/** What the Pod Security Standard `restricted` asks for, and a root file system that can't be written. */
const restricted: Json = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true
}

/** The security context of our container: what the template says, and the defaults for the rest. */
export function securityContext(given: unknown, changes: Json | null | undefined, pod: Json, target: Json): Json | undefined {
  const said = isRecord(given) ? given : {}
  const { capabilities, ...defaults } = changes === null ? {} : change(restricted, changes ?? {})
  const merged: Record<string, unknown> = { ...defaults, ...said }
  const asked = { ...(isRecord(capabilities) && capabilities), ...(member(said, 'capabilities') as Json | undefined) }
  if (Object.keys(asked).length > 0) merged['capabilities'] = asked
  // The server refuses two of the three together with `false`; SYS_ADMIN means the same as CAP_SYS_ADMIN.
  if (
    !Object.hasOwn(said, 'allowPrivilegeEscalation') &&
    asksForPrivilege(merged) &&
    merged['allowPrivilegeEscalation'] === false
  )
    delete merged['allowPrivilegeEscalation']
  const podUser = member(member(member(pod, 'spec'), 'securityContext'), 'runAsUser')
  const runsAsRoot = [merged, member(target, 'securityContext')].some((one) => (member(one, 'runAsUser') ?? podUser) === 0)
  if (!Object.hasOwn(said, 'runAsNonRoot') && runsAsRoot && merged['runAsNonRoot'] === true) delete merged['runAsNonRoot']
  return Object.keys(merged).length === 0 ? undefined : merged
}

function change(defaults: Json, changes: Json): Json {
  const changed: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(changes)) {
    const before = changed[name]
    if (value === null) delete changed[name]
    else if (value === undefined) continue
    else changed[name] = name === 'capabilities' && isRecord(value) ? change(isRecord(before) ? before : {}, value) : value
  }
  return changed
}

/** Whether the server refuses `allowPrivilegeEscalation: false` with what a security context asks for: it knows this spelling only. */
export function rulesOutNoEscalation(context: Json): boolean {
  return context['privileged'] === true || listOf(context['capabilities'], 'add').includes('CAP_SYS_ADMIN')
}

function asksForPrivilege(context: Json): boolean {
  return rulesOutNoEscalation(context) || listOf(context['capabilities'], 'add').includes('SYS_ADMIN')
}

/** Requests and limits of our container; a default that its template's other one rules out is left out. */
export function resources(given: unknown, defaults: Json | null | undefined): Json | undefined {
  const merged: Record<string, unknown> = { ...(isRecord(given) && given) }
  for (const [kind, amounts] of Object.entries(defaults ?? {})) {
    if (!isRecord(amounts)) {
      if (amounts !== null && amounts !== undefined && member(given, kind) === undefined) merged[kind] = amounts
      continue
    }
    const said = member(given, kind)
    const fitting = Object.entries(amounts).filter(
      ([name, amount]) => amount !== null && amount !== undefined && fits(kind, name, amount, given)
    )
    const all = { ...Object.fromEntries(fitting), ...(isRecord(said) && said) }
    if (Object.keys(all).length > 0) merged[kind] = all
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}

/** A limit alone becomes the request, and a request above its limit is refused. */
function fits(kind: string, name: string, amount: unknown, given: unknown): boolean {
  const other = thousandths(member(member(given, kind === 'requests' ? 'limits' : 'requests'), name))
  const own = thousandths(amount)
  if (other === undefined || own === undefined) return true
  return kind === 'requests' ? own <= other : own >= other
}

/** Whether it says neither a request nor a limit of anything. */
export function saysNothing(resources: unknown): boolean {
  return ['requests', 'limits'].every((kind) => Object.keys((member(resources, kind) as Json | undefined) ?? {}).length === 0)
}
