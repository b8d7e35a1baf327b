import * as client from '@kubernetes/client-node'
import * as admission from 'kubernetes-models/admissionregistration.k8s.io/v1'
import * as apps from 'kubernetes-models/apps/v1'
import * as batch from 'kubernetes-models/batch/v1'
import * as networking from 'kubernetes-models/networking.k8s.io/v1'
import * as policy from 'kubernetes-models/policy/v1'
import * as rbac from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import * as core from 'kubernetes-models/v1'

interface Attribute {
  baseName: string
  type: string
}

const models = client as unknown as Readonly<Record<string, { getAttributeTypeMap?(): Attribute[] } | undefined>>

/** What of a manifest the API does not know: fields, and types of fields. As the server's strict field validation. */
function unknownFields(value: unknown, type: string, place = ''): string[] {
  // The server drops it before it looks.
  if (value === null || value === undefined) return []
  const list = /^Array<(.+)>$/.exec(type)?.[1]
  if (list !== undefined) {
    if (!Array.isArray(value)) return [`${place}: no list`]
    return value.flatMap((one, index) =>
      one === null ? [`${place}/${index}: null`] : unknownFields(one, list, `${place}/${index}`)
    )
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (map !== undefined) {
    if (typeof value !== 'object') return [`${place}: no object`]
    return Object.entries(value).flatMap(([key, one]) => unknownFields(one, map, `${place}/${key}`))
  }
  if (type === 'any' || type === 'object') return []
  if (type === 'IntOrString') return ['string', 'number'].includes(typeof value) ? [] : [`${place}: neither text nor number`]
  if (type === 'Date') return typeof value === 'string' ? [] : [`${place}: no time`]
  if (['string', 'number', 'boolean'].includes(type)) return typeof value === type ? [] : [`${place}: no ${type}`]
  const attributes = models[type]?.getAttributeTypeMap?.()
  if (attributes === undefined) throw new Error(`the client has no type ${type}`)
  if (typeof value !== 'object' || Array.isArray(value)) return [`${place}: no object`]
  return Object.entries(value).flatMap(([name, one]) => {
    const attribute = attributes.find(({ baseName }) => baseName === name)
    return attribute ? unknownFields(one, attribute.type, `${place}/${name}`) : [`${place}/${name}: unknown`]
  })
}

type ModelClass = new (data: never) => { validate(): void }

const classes: Readonly<Record<string, ModelClass>> = {
  Pod: core.Pod,
  PodTemplate: core.PodTemplate,
  ReplicationController: core.ReplicationController,
  Deployment: apps.Deployment,
  StatefulSet: apps.StatefulSet,
  DaemonSet: apps.DaemonSet,
  ReplicaSet: apps.ReplicaSet,
  Job: batch.Job,
  CronJob: batch.CronJob,
  ConfigMap: core.ConfigMap,
  Namespace: core.Namespace,
  Service: core.Service,
  ServiceAccount: core.ServiceAccount,
  NetworkPolicy: networking.NetworkPolicy,
  PodDisruptionBudget: policy.PodDisruptionBudget,
  ClusterRole: rbac.ClusterRole,
  ClusterRoleBinding: rbac.ClusterRoleBinding,
  MutatingWebhookConfiguration: admission.MutatingWebhookConfiguration
} as unknown as Readonly<Record<string, ModelClass>>

/** Whether {@link apiProblems} knows a kind. */
export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(classes, kind)
}

/** What of a manifest the API would not take: unknown fields, wrong types, missing fields. */
export function apiProblems(manifest: object): string[] {
  const { kind = '' } = manifest as { kind?: string }
  const problems = unknownFields(manifest, `V1${kind}`)
  const Model = classes[kind]
  if (Model === undefined) throw new Error(`there is no model of ${kind}`)
  try {
    new Model(withoutNulls(manifest) as never).validate()
  } catch (error) {
    problems.push((error as Error).message)
  }
  return problems
}

/** As the server drops them. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null)
      .map(([name, one]) => [name, withoutNulls(one)])
  )
}
