import { createPrivateKey, X509Certificate } from 'node:crypto'
import { watch } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'

const lookAgainMs = 60_000

/** A certificate and its key, of one version. @throws where they can't be read, or are none of a pair */
export async function readCertificate(folder) {
  // A mounted Secret is a folder of links through `..data`, which is swapped at once. Resolved first, both files are of one version.
  const version = path.dirname(await realpath(path.join(folder, 'tls.crt')))
  const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map((name) => readFile(path.join(version, name))))
  const certificate = new X509Certificate(cert)
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('tls.key is not the key of tls.crt')
  return { cert, key, expiresAt: new Date(certificate.validTo), fingerprint: certificate.fingerprint256 }
}

/**
 * Hands over each new certificate of a folder, and each failure to read one: the old one stays then. Looks at every change, and
 * once a minute, for changes that the system did not tell. Gives a function that ends it.
 */
export function watchCertificate(folder, current, { onCertificate, onFailure }) {
  let fingerprint = current
  let looking
  let again = false

  async function look() {
    try {
      const certificate = await readCertificate(folder)
      if (certificate.fingerprint === fingerprint) return
      onCertificate(certificate)
      fingerprint = certificate.fingerprint
    } catch (error) {
      onFailure(error)
    }
  }

  // One at a time; what changed meanwhile is looked at once more.
  async function changed() {
    again = true
    looking ??= (async () => {
      while (again) {
        again = false
        await look()
      }
      looking = undefined
    })()
    await looking
  }

  const watcher = watch(folder, changed).on('error', onFailure)
  const timer = setInterval(changed, lookAgainMs).unref()
  return () => {
    watcher.close()
    clearInterval(timer)
  }
}
