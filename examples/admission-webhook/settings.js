// What the environment says of this webhook: every limit is a number that can be changed, and a wrong one ends the start.

const variables = {
  HERMES_WEBHOOK_PORT: whole(8443, 0, 65_535),
  HERMES_WEBHOOK_CERTIFICATE: text('/var/run/hermes-webhook/tls'),
  HERMES_WEBHOOK_ON_ERROR: oneOf('warn', 'refuse'),
  HERMES_WEBHOOK_SCRIPT: text('/etc/hermes/load-sidecars.sh'),
  HERMES_WEBHOOK_SCRIPT_ENV: names('CLUSTER_ENV'),
  HERMES_WEBHOOK_EXCLUDED_NAMESPACES: names('kube-system,kube-public,kube-node-lease'),
  HERMES_WEBHOOK_NAMESPACE: text(''),
  HERMES_WEBHOOK_BODY_BYTES: whole(3 * 1024 * 1024, 1, 64 * 1024 * 1024),
  HERMES_WEBHOOK_ALL_BODIES_BYTES: whole(32 * 1024 * 1024, 1, 2 ** 31),
  HERMES_WEBHOOK_REQUEST_MS: whole(10_000, 100, 60_000),
  HERMES_WEBHOOK_MARGIN_MS: whole(1000, 0, 10_000),
  HERMES_WEBHOOK_SCRIPTS: whole(4, 1, 256),
  HERMES_WEBHOOK_WAITING: whole(1000, 0, 100_000),
  HERMES_WEBHOOK_SHUTDOWN_MS: whole(25_000, 0, 600_000)
}

/** @throws Error that names every variable that is wrong, and what it takes; values are not shown */
export function readSettings(env) {
  const read = Object.fromEntries(
    Object.entries(variables).map(([name, { fallback, parse }]) => [name, parse(env[name] || fallback)])
  )
  const wrong = Object.keys(read).filter((name) => read[name] === undefined)
  if (wrong.length > 0) throw new Error(wrong.map((name) => `${name} takes ${variables[name].takes}`).join('; '))
  return {
    port: read.HERMES_WEBHOOK_PORT,
    certificateFolder: read.HERMES_WEBHOOK_CERTIFICATE,
    onError: read.HERMES_WEBHOOK_ON_ERROR,
    script: read.HERMES_WEBHOOK_SCRIPT,
    scriptEnv: pick(env, ['PATH', 'HERMES_STATIC_CONFIG', ...read.HERMES_WEBHOOK_SCRIPT_ENV]),
    excludedNamespaces: new Set([read.HERMES_WEBHOOK_NAMESPACE, ...read.HERMES_WEBHOOK_EXCLUDED_NAMESPACES]),
    bodyBytes: read.HERMES_WEBHOOK_BODY_BYTES,
    allBodiesBytes: read.HERMES_WEBHOOK_ALL_BODIES_BYTES,
    requestMs: read.HERMES_WEBHOOK_REQUEST_MS,
    marginMs: read.HERMES_WEBHOOK_MARGIN_MS,
    scripts: read.HERMES_WEBHOOK_SCRIPTS,
    waiting: read.HERMES_WEBHOOK_WAITING,
    shutdownMs: read.HERMES_WEBHOOK_SHUTDOWN_MS
  }
}

function whole(fallback, least, most) {
  const parse = (given) => (/^\d{1,10}$/.test(given) && given >= least && given <= most ? Number(given) : undefined)
  return { fallback: String(fallback), takes: `a whole number from ${least} to ${most}`, parse }
}

function text(fallback) {
  return { fallback, takes: 'a text', parse: (given) => given }
}

function oneOf(...values) {
  return {
    fallback: values[0],
    takes: values.map((value) => `"${value}"`).join(' or '),
    parse: (given) => values.find((value) => value === given)
  }
}

function names(fallback) {
  return { fallback, takes: 'names with commas between', parse: (given) => given.split(',').filter((name) => name !== '') }
}

function pick(env, wanted) {
  return Object.fromEntries(wanted.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]))
}
