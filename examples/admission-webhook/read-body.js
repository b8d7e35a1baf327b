import { HttpProblem } from './http-problem.js'

/**
 * Reads bodies, each up to `bodyBytes` and all at once up to `allBodiesBytes`. One that is too long is read to its end and thrown
 * away, up to four times the limit, so that the client gets to read the answer.
 */
export function createBodyReader({ bodyBytes, allBodiesBytes }) {
  let held = 0
  return async function readBody(request) {
    const chunks = []
    let bytes = 0
    let problem
    try {
      for await (const chunk of request) {
        bytes += chunk.length
        problem ??= problemOf(bytes, held + chunk.length)
        if (bytes > bodyBytes * 4) break
        if (problem) {
          held -= sizeOf(chunks)
          chunks.length = 0
        } else {
          held += chunk.length
          chunks.push(chunk)
        }
      }
      if (problem) throw problem
      return Buffer.concat(chunks)
    } finally {
      held -= sizeOf(chunks)
    }
  }

  function problemOf(bytes, all) {
    if (bytes > bodyBytes) return new HttpProblem(413, `the body is longer than ${bodyBytes} bytes`)
    if (all > allBodiesBytes) return new HttpProblem(503, 'too many bodies are being read: try again')
    return undefined
  }
}

function sizeOf(chunks) {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}
