import { fileURLToPath } from 'node:url'
import { any, loaderScript } from 'hermes-memory-installer/testing'

export const deployed = (name) => fileURLToPath(new URL(`../deploy/${name}`, import.meta.url))

/** Where every container starts. */
const env = { POD_NAMESPACE: 'shop', NODE_NAME: 'node-1', FLAGS_URL: 'https://flags.example' }

export const fromFile = loaderScript(deployed('load-sidecars.sh'), { env })

// Its library is a ConfigMap of its own, mounted apart.
export const fromConfigMap = loaderScript.fromConfigMap(deployed('loader.yaml'), 'load-sidecars.sh', {
  env: { ...env, LOADER_LIB: deployed('lib') }
})

/** A cluster that knows the labels of one namespace and of one node. */
export const kubectl = ({ tier, pool = 'standard' }) => [
  { args: ['get', 'namespace', 'shop', '-o', any], stdout: tier },
  { args: ['get', 'node', 'node-1', '-o', any], stdout: pool }
]

export const noCluster = { stderr: 'Unable to connect to the server\n', exitCode: 1 }

export const noFlags = { stderr: 'curl: (28) Operation timed out\n', exitCode: 28 }
