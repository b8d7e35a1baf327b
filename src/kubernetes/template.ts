import { cleanMessage, quote } from '../core/clean-text.ts'
import { optionProblems } from '../core/option-rules.ts'
import { rulesOutNoEscalation } from './defaults.ts'
import { isRecord, type Json, jsonCopy, listOf, member, NoJson, textOf } from './json.ts'
import { thousandths } from './quantity.ts'
import { cleanPath } from './server-defaults.ts'
import { type SidecarContext, type SidecarDefinition, templateMembers } from './sidecars.ts'

/** A variable for the target. */
type TargetVariable = Json & { readonly name: string }

/** What a template gave: a copy, of the shape that it should have. */
export interface GivenTemplate {
  container: Json
  volumes: readonly Json[]
  imagePullSecrets: readonly Json[]
  sharesProcesses: boolean
  env: readonly TargetVariable[]
  volumeMounts: readonly Json[]
}

/** Asks a template; gives what is wrong with its answer, in words that follow "the template of module X". */
export function askTemplate(
  definition: SidecarDefinition<never>,
  module: unknown,
  context: () => SidecarContext
): GivenTemplate | { problems: string[] } {
  try {
    const given = typeof definition === 'function' ? definition(module as never, context()) : definition
    return readTemplate(jsonCopy(given))
  } catch (error) {
    return { problems: [error instanceof NoJson ? `gives ${error.message}` : `throws: ${messageOf(error)}`] }
  }
}

function messageOf(error: unknown): string {
  try {
    return cleanMessage(String(error instanceof Error ? error.message : error)).slice(0, 500)
  } catch {
    return 'something that has no text'
  }
}

/** What is ours alone, in any environment that a template speaks of. */
const reserved = /^HERMES_MODULE/

function readTemplate(given: unknown): GivenTemplate | { problems: string[] } {
  const problems: string[] = []
  const container = member(given, 'container')
  const target = member(given, 'target')
  problems.push(...memberProblems(given, templateMembers))
  if (!isRecord(container)) return { problems: [...problems, 'gives no container'] }
  if (typeof container['image'] !== 'string' || container['image'].trim() !== container['image'] || container['image'] === '')
    problems.push('gives a container without an image')
  for (const name of ['name', 'restartPolicy'])
    if (Object.hasOwn(container, name)) problems.push(`sets ${name} of the container, which is ours to set`)
  if (target !== undefined && !isRecord(target)) problems.push('gives a target that is no object')
  else problems.push(...memberProblems(target, { env: templateMembers.target, volumeMounts: templateMembers.target }, 'target.'))
  const shares = member(given, 'shareProcessNamespace')
  if (shares !== undefined && typeof shares !== 'boolean')
    problems.push('gives a shareProcessNamespace that is neither true nor false')
  const lists = [
    [container, 'env', 'container.', ['name']],
    [container, 'volumeMounts', 'container.', ['name', 'mountPath']],
    [container, 'ports', 'container.', []],
    [given, 'volumes', '', ['name']],
    [given, 'imagePullSecrets', '', ['name']],
    [target, 'env', 'target.', ['name']],
    [target, 'volumeMounts', 'target.', ['name', 'mountPath']]
  ] as const
  for (const [of, name, prefix, texts] of lists) problems.push(...listProblems(of, name, prefix, texts))
  if (problems.length > 0) return { problems }
  problems.push(...containerProblems(container), ...targetProblems(target), ...volumeProblems(given))
  if (problems.length > 0) return { problems }
  return {
    container,
    volumes: listOf(given, 'volumes') as Json[],
    imagePullSecrets: listOf(given, 'imagePullSecrets') as Json[],
    sharesProcesses: shares === true,
    env: listOf(target, 'env') as TargetVariable[],
    volumeMounts: listOf(target, 'volumeMounts') as Json[]
  }
}

function memberProblems(given: unknown, rules: Parameters<typeof optionProblems>[1], prefix = ''): string[] {
  return isRecord(given) ? optionProblems(given, rules, prefix).map((problem) => `gives an ${problem}`) : []
}

function listProblems(of: unknown, name: string, prefix: string, texts: readonly string[]): string[] {
  const list = member(of, name)
  if (list === undefined) return []
  if (!Array.isArray(list)) return [`gives ${prefix}${name} that is no list`]
  return list.flatMap((element, index) => {
    const missing = isRecord(element) ? texts.filter((text) => (textOf(element, text) ?? '') === '') : ['object']
    return missing.map((what) =>
      `gives ${prefix}${name} whose element ${index} has no ${what}`.replace('has no object', 'is no object')
    )
  })
}

function containerProblems(container: Json): string[] {
  const problems = reservedProblems(listOf(container, 'env'), 'container.env')
  problems.push(...repeatedPaths(listOf(container, 'volumeMounts'), 'container'))
  const ports = listOf(container, 'ports').flatMap((port) => textOf(port, 'name') ?? [])
  for (const name of repeated(ports)) problems.push(`names two ports ${quote(name)}`)
  for (const name of ports)
    if (name.length > 15 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || !/[a-z]/.test(name))
      problems.push(`names a port ${quote(name)}, which is no service name (at most 15 of a-z, 0-9 and "-")`)
  for (const field of ['securityContext', 'resources'] as const)
    if (member(container, field) !== undefined && !isRecord(container[field]))
      problems.push(`gives container.${field} that is no object`)
  const capabilities = member(member(container, 'securityContext'), 'capabilities')
  if (capabilities !== undefined && !isRecord(capabilities))
    problems.push('gives container.securityContext.capabilities that is no object')
  const context = member(container, 'securityContext')
  if (isRecord(context) && context['allowPrivilegeEscalation'] === false && rulesOutNoEscalation(context))
    problems.push(
      'asks for privilege (privileged, CAP_SYS_ADMIN) and sets allowPrivilegeEscalation to false, which the server refuses'
    )
  return [...problems, ...resourceProblems(member(container, 'resources')).map((problem) => `gives container.${problem}`)]
}

/** What is wrong with requests and limits, in words that name the member first. */
export function resourceProblems(resources: unknown): string[] {
  const problems: string[] = []
  for (const kind of ['requests', 'limits']) {
    const amounts = member(resources, kind)
    if (amounts !== undefined && !isRecord(amounts)) problems.push(`resources.${kind} that is no object`)
    for (const [name, amount] of isRecord(amounts) ? Object.entries(amounts) : [])
      if (amount !== null && thousandths(amount) === undefined) problems.push(`resources.${kind}.${name} that is no quantity`)
  }
  if (problems.length > 0) return problems
  const requests = member(resources, 'requests')
  for (const [name, amount] of isRecord(requests) ? Object.entries(requests) : []) {
    const limit = thousandths(member(member(resources, 'limits'), name))
    if (limit !== undefined && (thousandths(amount) ?? 0n) > limit) problems.push(`resources.requests.${name} above its limit`)
  }
  return problems
}

function targetProblems(target: unknown): string[] {
  const env = listOf(target, 'env')
  const problems = reservedProblems(env, 'target.env')
  for (const variable of env) {
    const append = member(variable, 'append')
    if (append === undefined) continue
    if (typeof append !== 'string') problems.push(`gives target.env with an append that is no text`)
    else if (textOf(variable, 'value') === undefined || member(variable, 'valueFrom') !== undefined)
      problems.push(`appends to ${quote(textOf(variable, 'name') ?? '')} something that is no value`)
  }
  return [...problems, ...repeatedPaths(listOf(target, 'volumeMounts'), 'target')]
}

function volumeProblems(given: unknown): string[] {
  return listOf(given, 'volumes').flatMap((volume) => {
    const name = textOf(volume, 'name') ?? ''
    return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name) ? [] : [`gives a volume ${quote(name)}, which is no DNS label`]
  })
}

function reservedProblems(env: readonly unknown[], where: string): string[] {
  const problems: string[] = []
  for (const variable of env) {
    const name = textOf(variable, 'name') ?? ''
    const value = member(variable, 'value')
    if (reserved.test(name)) problems.push(`sets ${quote(name)} in ${where}, which is ours to set`)
    if (value !== undefined && typeof value !== 'string')
      problems.push(`gives ${quote(name)} in ${where} a value that is no text`)
    if (member(variable, 'valueFrom') !== undefined && value !== undefined && value !== '')
      problems.push(`gives ${quote(name)} in ${where} a value and a valueFrom`)
  }
  return problems
}

function repeatedPaths(mounts: readonly unknown[], where: string): string[] {
  const paths = mounts.map((mount) => cleanPath(textOf(mount, 'mountPath') ?? ''))
  return repeated(paths).map((path) => `mounts two volumes at ${quote(path)} in the ${where}`)
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...new Set(names.filter((name) => seen.has(name) || !seen.add(name)))]
}
