// The same server, which keeps the last hundred requests.
import { createServer, get } from 'node:http'

const recent = []

function serveRequest(url) {
  const parts = []
  for (let index = 0; index < 100; index++) parts[index] = { index, url }
  recent.push(parts)
  if (recent.length > 100) recent.shift()
  return parts
}

const server = createServer((request, response) => response.end(String(serveRequest(request.url).length)))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  console.log(`healthy server: process ${process.pid}, port ${port}`)
  setInterval(() => get({ port, host: '127.0.0.1', path: '/' }, (response) => response.resume()), 10)
})
