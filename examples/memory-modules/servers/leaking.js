// An HTTP server that forgets nothing it was ever asked, and a client that asks.
import { createServer, get } from 'node:http'

const remembered = []

function rememberRequest(url) {
  const parts = []
  for (let index = 0; index < 2000; index++) parts[index] = { index, url }
  remembered.push(parts)
  return parts
}

const server = createServer((request, response) => response.end(String(rememberRequest(request.url).length)))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  console.log(`leaking server: process ${process.pid}, port ${port}`)
  setInterval(() => get({ port, host: '127.0.0.1', path: '/leak' }, (response) => response.resume()), 10)
})
