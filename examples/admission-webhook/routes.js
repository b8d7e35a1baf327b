import { readReview, reviewOf } from './admission-review.js'
import { deadlineOf } from './deadline.js'
import { HttpProblem } from './http-problem.js'
import { log } from './log.js'

const base = 'https://webhook.invalid'

/** What is served where. */
export function createRoutes({ settings, review, withBody, metrics, state }) {
  const routes = {
    '/inject': { method: 'POST', answer: inject },
    '/healthz': { method: 'GET', answer: () => ({ text: 'ok\n' }) },
    '/readyz': { method: 'GET', answer: ready },
    '/metrics': {
      method: 'GET',
      answer: async () => ({ text: await metrics.register.metrics(), type: metrics.register.contentType })
    }
  }

  function ready() {
    if (!state.isReady()) throw new HttpProblem(503, 'not ready: shutting down, or the certificate has expired')
    return { text: 'ok\n' }
  }

  async function inject({ request, url, arrivedAt, signal }) {
    const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase()
    if (type !== 'application/json') throw new HttpProblem(415, 'the content type has to be application/json')
    const deadline = deadlineOf(url.searchParams, arrivedAt, settings.marginMs)
    if (deadline === undefined) throw new HttpProblem(400, 'timeout takes a duration such as 10s')
    return await withBody(request, async (bytes) => {
      const admission = readReview(bytes)
      const reviewed = await review(admission, { deadline, signal })
      tell(admission, reviewed, performance.now() - arrivedAt)
      return { text: JSON.stringify(reviewOf(reviewed.response)), type: 'application/json' }
    })
  }

  /** The only place where something of a Pod is logged: its names. */
  function tell({ uid, namespace, object, dryRun }, { result, reason, modules, codes, error }, durationMs) {
    metrics.reviews.inc({ result, reason })
    metrics.reviewSeconds.observe({ result }, durationMs / 1000)
    log(error ? 'error' : 'info', 'reviewed', {
      uid,
      namespace,
      name: object?.metadata?.name ?? object?.metadata?.generateName,
      dryRun: dryRun === true,
      result,
      reason,
      modules,
      codes,
      error: error?.message,
      stack: reason === 'internal-error' ? error.stack : undefined,
      durationMs: Math.round(durationMs)
    })
  }

  /** The answer to a request: `{ text, type }`. @throws HttpProblem */
  return async function route(request, signal) {
    const arrivedAt = performance.now()
    if (!URL.canParse(request.url, base)) throw new HttpProblem(400, 'the target of the request is no URL')
    const url = new URL(request.url, base)
    const found = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined
    if (!found) throw new HttpProblem(404, `nothing is here: ${Object.keys(routes).join(', ')}`)
    if (request.method !== found.method) throw new HttpProblem(405, `takes ${found.method}`, { allow: found.method })
    return await found.answer({ request, url, arrivedAt, signal })
  }
}
