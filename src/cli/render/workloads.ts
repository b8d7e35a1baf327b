import type { Document } from 'yaml'
import { isMembers } from './json-values.ts'
import { duplicateKey, type YamlFault, type YamlFile } from './yaml-file.ts'

/** An object of a kind that can hold a Pod. */
export interface Workload {
  /** Of the document that it stands in. */
  document: number
  /** From the document's root to it: more than none in a List. */
  steps: readonly string[]
  value: object
  /** Only its List names its kind, as the API server has it. */
  kindOfList: string | undefined
  /** `Deployment/web` */
  name: string
}

/** What can hold a Pod. */
export const kinds: readonly string[] = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'PodTemplate'
]

/** The objects of a file: those that can hold a Pod, and the names of all others. */
export function findWorkloads(file: YamlFile): { workloads: Workload[]; others: string[]; faults: YamlFault[] } {
  const found = { workloads: [] as Workload[], others: [] as string[], faults: [] as YamlFault[] }
  for (const [index, document] of file.documents.entries()) {
    const read = readValue(document)
    if ('fault' in read) {
      found.faults.push(read.fault)
      continue
    }
    const before = found.workloads.length
    for (const { value, steps, kindOfList } of objectsIn(read.value)) {
      const kind = kindOfList ?? value['kind']
      const name = nameOf(kind, value)
      if (kinds.includes(String(kind))) found.workloads.push({ document: index, steps, value, kindOfList, name })
      else found.others.push(name)
    }
    // It would not be clear which of the two is meant. Documents that are left alone may have them.
    const fault = found.workloads.length > before ? duplicateKey(document) : undefined
    if (fault) found.faults.push(fault)
  }
  return found
}

/** What a document means; not where aliases make it endless, or far larger than it looks. */
export function readValue(document: Document.Parsed): { value: unknown } | { fault: YamlFault } {
  try {
    return { value: document.toJS() }
  } catch (error) {
    return { fault: { message: `not valid YAML: ${(error as Error).message}`, offset: document.range[0] } }
  }
}

type Found = Pick<Workload, 'steps' | 'kindOfList'> & { value: Record<string, unknown> }

function objectsIn(value: unknown, steps: readonly string[] = [], kindAbove?: string): Found[] {
  if (!isMembers(value)) return []
  const { kind, items } = value
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const kindOfItems = kind.slice(0, -'List'.length) || undefined
    return items.flatMap((item, index) => objectsIn(item, [...steps, 'items', String(index)], kindOfItems))
  }
  return [{ value, steps, kindOfList: kind === undefined || kind === null ? kindAbove : undefined }]
}

function nameOf(kind: unknown, { metadata }: Record<string, unknown>): string {
  const { name, generateName } = isMembers(metadata) ? metadata : {}
  return `${typeof kind === 'string' ? kind : 'without a kind'}/${name ?? generateName ?? ''}`
}

/** Whether `KIND/NAME` means it; the kind's case does not count, as for kubectl. */
export function isMeant({ name }: Workload, wanted: string): boolean {
  const [kind = '', ...rest] = wanted.split('/')
  const [ownKind = '', ...ownName] = name.split('/')
  return kind.toLowerCase() === ownKind.toLowerCase() && rest.join('/') === ownName.join('/')
}
