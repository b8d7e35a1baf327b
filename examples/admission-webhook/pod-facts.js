// Which facts of a Pod the script sees. All are names that the API checks; no environment, argument or image of a Pod is among them.

const labelPrefix = 'facts.hermes-memory-installer/'

/** Facts as variables; one that the Pod does not have is not there. At CREATE there is no node yet. */
export function podFacts({ namespace, object }) {
  const { metadata = {}, spec = {} } = object
  const owner = list(metadata.ownerReferences).find((one) => one?.controller === true)
  return textsOf({
    HERMES_POD_NAMESPACE: namespace,
    HERMES_POD_NAME: metadata.name,
    HERMES_POD_GENERATE_NAME: metadata.generateName,
    HERMES_POD_OWNER_KIND: owner?.kind,
    HERMES_POD_OWNER_NAME: owner?.name,
    HERMES_POD_SERVICE_ACCOUNT: spec?.serviceAccountName,
    HERMES_POD_PRIORITY_CLASS: spec?.priorityClassName,
    HERMES_POD_RUNTIME_CLASS: spec?.runtimeClassName,
    ...labelFacts(metadata.labels)
  })
}

/** `facts.hermes-memory-installer/cost-centre` is HERMES_POD_LABEL_COST_CENTRE. Other names could give one variable twice: left out. */
function labelFacts(labels) {
  return Object.fromEntries(
    Object.entries(labels ?? {})
      .filter(([key]) => key.startsWith(labelPrefix) && /^[a-z0-9-]+$/.test(key.slice(labelPrefix.length)))
      .map(([key, value]) => [`HERMES_POD_LABEL_${key.slice(labelPrefix.length).toUpperCase().replaceAll('-', '_')}`, value])
  )
}

/** Other types can only come from somebody who is not the API server, and a NUL fits in no environment. */
function textsOf(facts) {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => typeof value === 'string' && value !== '' && !value.includes('\0'))
  )
}

function list(value) {
  return Array.isArray(value) ? value : []
}
