import { jsonDigest } from './digest.ts'
import { isRecord, type Json, textOf } from './json.ts'
import { thousandths } from './quantity.ts'

/** What the server fills in, by the member that it stands in: k8s.io/kubernetes, pkg/apis/core/v1/defaults.go. */
const filledIn: Readonly<Record<string, Json>> = {
  configMap: { defaultMode: 420 },
  secret: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  fieldRef: { apiVersion: 'v1' },
  resourceFieldRef: { divisor: '0m' },
  serviceAccountToken: { expirationSeconds: 3600 },
  iscsi: { iscsiInterface: 'default' },
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
  spec: { volumeMode: 'Filesystem' }
}

const quantities = ['sizeLimit', 'divisor', 'storage']

/** A volume, variable or mount without what the server adds, rewrites and drops. */
function canonical(value: unknown, name: string): unknown {
  const amount = quantities.includes(name) ? thousandths(value) : undefined
  if (amount !== undefined) return `${amount}m`
  if (Array.isArray(value)) return value.map((element) => canonical(element, ''))
  if (!isRecord(value)) return value
  const defaults: Json = { ...filledIn[Object.hasOwn(filledIn, name) ? name : ''], ...(name === 'image' && imageDefault(value)) }
  const kept: [string, unknown][] = []
  for (const [key, one] of Object.entries(value)) {
    if (one === null || one === undefined || one === '' || one === false) continue
    const plain = canonical(one, key)
    const isDefault = Object.hasOwn(defaults, key) && defaults[key] === plain
    if (!isDefault && !(key === 'metadata' && isRecord(plain) && Object.keys(plain).length === 0)) kept.push([key, plain])
  }
  return Object.fromEntries(kept)
}

/** Of an image volume: what is pulled anew each time is what may change under its tag. */
function imageDefault(image: Json): Json {
  const reference = textOf(image, 'reference') ?? ''
  const named = reference.slice(reference.lastIndexOf('/') + 1)
  return { pullPolicy: /^[^:@]*(:latest)?$/.test(named) ? 'Always' : 'IfNotPresent' }
}

/** The digest of a volume; one without a source is an empty folder. */
export function volumeDigest(volume: Json): string {
  const { name, ...source } = canonical(volume, '') as Json
  const isBare = Object.keys(source).length === 0
  return jsonDigest(isBare ? { emptyDir: {} } : source)
}

/** The digest of a variable. */
export function variableDigest(variable: Json): string {
  return jsonDigest(canonical(variable, ''))
}

/** The digest of a mount: `/x/` is `/x`, and no propagation is `None`. */
export function mountDigest(mount: Json): string {
  const { mountPropagation, ...rest } = canonical(mount, '') as Json
  const said = mountPropagation === 'None' ? {} : { mountPropagation }
  return jsonDigest({
    ...rest,
    ...(mountPropagation !== undefined && said),
    mountPath: cleanPath(textOf(mount, 'mountPath') ?? '')
  })
}

/** A path of a container as the kernel goes it: the server takes `/x/`, `//x`, `x` and `/y/../x` for other paths than `/x`. */
export function cleanPath(path: string): string {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return `/${steps.join('/')}`
}
