import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'

/**
 * A registry on loopback that has the tarballs of a folder, and remembers what it was asked for.
 * @param {string} folder
 */
export async function serveRegistry(folder) {
  const requests = []
  const server = createServer(async ({ method, url }, response) => {
    const file = path.join(folder, path.posix.normalize(decodeURIComponent(url)))
    const bytes = url.endsWith('.tgz') ? await readFile(file).catch(() => undefined) : undefined
    response.writeHead(bytes ? 200 : 404).end(bytes)
    requests.push(`${method} ${url} ${response.statusCode}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    requests,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
