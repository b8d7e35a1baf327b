import { injectSidecars } from 'hermes-memory-installer/kubernetes'
import { Failure } from './failure.js'
import { whyNot } from './scope.js'
import { sidecars } from './sidecars.js'
import { warningsOf } from './warnings.js'

const dryRunWarning = 'a dry run: the loader script is not run, so nothing is injected here; a real request may inject sidecars'

/** Answers the request of an AdmissionReview: `{ response, result, reason, modules, codes }`, the last four for logs and metrics. */
export function createReviewer({ settings, decide }) {
  return async function review(request, limits) {
    const outOfScope = whyNot(request, settings.excludedNamespaces)
    if (outOfScope) return { response: allowed(request), result: 'skipped', reason: outOfScope }
    try {
      const { modules, reason, diagnostics = [] } = await decide(request, limits)
      if (!modules) return { response: allowed(request, [dryRunWarning]), result: 'skipped', reason }
      return inject(request, { modules, reason, diagnostics })
    } catch (error) {
      if (limits.signal.aborted) throw error
      return failed(request, error)
    }
  }

  function inject(request, resolution) {
    const { ok, patch, diagnostics } = injectSidecars(request.object, resolution, { sidecars })
    if (!ok) {
      const { code, message } = diagnostics.find(({ severity }) => severity === 'error')
      throw new Failure(code, message, 422)
    }
    const all = [...resolution.diagnostics, ...diagnostics]
    const response = allowed(
      request,
      all.filter(({ severity }) => severity === 'warning').map(({ message }) => message)
    )
    if (patch.length > 0) {
      response.patchType = 'JSONPatch'
      response.patch = Buffer.from(JSON.stringify(patch)).toString('base64')
    }
    return {
      response,
      result: patch.length > 0 ? 'injected' : 'unchanged',
      reason: resolution.reason,
      modules: resolution.modules.map(({ name }) => name),
      codes: all.map(({ code }) => code)
    }
  }

  function failed(request, error) {
    const isKnown = error instanceof Failure
    const reason = isKnown ? error.reason : 'internal-error'
    const message = isKnown ? error.message : 'the webhook itself failed: its log says more'
    const outcome = { result: 'failed', reason, error }
    if (settings.onError === 'warn') return { ...outcome, response: allowed(request, [`no sidecars: ${message}`]) }
    const status = { code: isKnown ? error.status : 500, message: warningsOf([message])[0] }
    return { ...outcome, response: { uid: request.uid, allowed: false, status } }
  }
}

function allowed({ uid }, messages = []) {
  const warnings = warningsOf(messages)
  return { uid, allowed: true, ...(warnings.length > 0 && { warnings }) }
}
