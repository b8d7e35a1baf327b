// How long the API server waits is in the request: `?timeout=10s`, a duration of Go. Whoever answers later answers nobody.

const defaultMs = 10_000 // the API's own, where a webhook says nothing
const mostMs = 30_000 // the API's limit, so that nobody else can hold a script for longer
const units = { ms: 1, s: 1000, m: 60_000 }

/** Milliseconds of a duration such as `10s`, `1m30s` or `1.5s`; `undefined` for what is none. */
export function durationMs(text) {
  const parts = [...text.matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0)
}

/** When an answer has to be ready, on the clock of `performance.now()`; `undefined` where `?timeout=` is no duration. */
export function deadlineOf(searchParams, arrivedAt, marginMs) {
  const given = searchParams.get('timeout')
  const timeout = given === null ? defaultMs : durationMs(given)
  return timeout === undefined ? undefined : arrivedAt + Math.min(timeout, mostMs) - marginMs
}
