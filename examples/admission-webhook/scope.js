// Which requests are ours. The registration says it too: here it is said again, for the day on which somebody widens that.

/** On a Pod, with the value "false": leave it alone. On a namespace, with the value "enabled": its Pods are ours. */
export const injectLabel = 'hermes-memory-installer/inject'

/** Why a request is none of ours, as a short word; `undefined` where it is ours. */
export function whyNot({ resource, subResource, operation, namespace, object }, excludedNamespaces) {
  if (resource.group !== '' || resource.version !== 'v1' || resource.resource !== 'pods') return 'resource'
  if (subResource) return 'subresource'
  if (operation !== 'CREATE' || !object) return 'operation'
  if (!namespace || excludedNamespaces.has(namespace)) return 'namespace'
  if (object.metadata?.labels?.[injectLabel] === 'false') return 'opt-out'
  if (object.metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined) return 'mirror-pod'
  return undefined
}
