import { createHash } from 'node:crypto'

const mostBytes = 32 * 1024 * 1024

/**
 * The tarball of a package, in memory: nothing is written before its integrity is known.
 * @param {import('./allow-list.js').PinnedPackage} pinned
 * @param {{ registry: string, fetchSeconds: number, signal: AbortSignal }} options `registry` ends in a slash
 * @returns {Promise<Buffer>}
 */
export async function downloadPackage(pinned, { registry, fetchSeconds, signal }) {
  const url = new URL(tarballPath(pinned), registry).href
  const bytes = await withTimeLimit(fetchSeconds, signal, url, (limited) => fetchBytes(pinned, url, limited))
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`
  if (integrity !== pinned.integrity) {
    throw new Error(
      `${url} is not the package that the allow-list names: its integrity is ${integrity} and not ${pinned.integrity}. ` +
        'Nothing of it was kept. Find out who changed it; if the change is meant, correct the allow-list'
    )
  }
  return bytes
}

/** Where npm's registry and those that are like it have it. @param {{ package: string, version: string }} pinned */
export function tarballPath({ package: name, version }) {
  return `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}

/** From the request to the last byte: a registry that trickles is as good as none. */
async function withTimeLimit(seconds, signal, url, work) {
  const givingUp = new AbortController()
  const abort = () => givingUp.abort(signal.reason)
  signal.addEventListener('abort', abort)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    givingUp.abort()
  }, seconds * 1000)
  try {
    signal.throwIfAborted()
    return await work(givingUp.signal)
  } catch (error) {
    if (!isLate) throw error
    throw new Error(`${url} did not arrive in ${seconds} s: name a registry that is nearer, or allow more --fetch-seconds`)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

async function fetchBytes(pinned, url, signal) {
  try {
    const response = await fetch(url, { signal })
    if (response.ok) return await readBounded(response.body, url)
    await response.body?.cancel()
    throw new RefusedError(
      response.status === 404
        ? `the registry has no ${pinned.package}@${pinned.version} (404 for ${url}): publish it there, or name another --registry`
        : `the registry answers ${response.status} for ${url}: put that right, or name another --registry`
    )
  } catch (error) {
    if (signal.aborted || error instanceof RefusedError) throw error
    const reason = error.cause?.code ?? error.cause?.message ?? error.message
    throw new Error(`${url} can't be fetched (${reason}): is --registry right, and does the registry run?`, { cause: error })
  }
}

async function readBounded(body, url) {
  const chunks = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new RefusedError(`${url} is larger than ${mostBytes} bytes: a module is not that large`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

class RefusedError extends Error {}
