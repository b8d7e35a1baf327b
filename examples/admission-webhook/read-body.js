import { HttpProblem } from './http-problem.js'

/**
 * Gives `withBody(request, use)`: reads a body of up to `bodyBytes`, and answers what `use` makes of it. Bodies count against
 * `allBodiesBytes` until they are answered, for what is made of them stays as long. One that is too long is read to its end and
 * thrown away, up to four times the limit, so that the client gets to read the answer.
 */
export function createBodyReader({ bodyBytes, allBodiesBytes }) {
  let held = 0

  return async function withBody(request, use) {
    let own = 0
    const hold = (bytes) => {
      own += bytes
      held += bytes
    }
    try {
      return await use(await read(request, hold))
    } finally {
      held -= own
    }
  }

  async function read(request, hold) {
    const chunks = []
    let bytes = 0
    let problem
    for await (const chunk of request) {
      bytes += chunk.length
      problem ??= problemOf(bytes, held + chunk.length)
      if (bytes > bodyBytes * 4) break
      if (problem) continue
      hold(chunk.length)
      chunks.push(chunk)
    }
    if (problem) throw problem
    return Buffer.concat(chunks)
  }

  function problemOf(bytes, all) {
    if (bytes > bodyBytes) return new HttpProblem(413, `the body is longer than ${bodyBytes} bytes`)
    if (all > allBodiesBytes) return new HttpProblem(503, 'too many requests are being answered: try again')
    return undefined
  }
}
