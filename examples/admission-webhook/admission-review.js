import { HttpProblem } from './http-problem.js'

const apiVersion = 'admission.k8s.io/v1'
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The request of an AdmissionReview. @throws HttpProblem 400 that says what is wrong; it quotes nothing of the body */
export function readReview(bytes) {
  const review = parse(bytes)
  if (!isObject(review)) throw bad('the body is no JSON object')
  if (review.apiVersion !== apiVersion) throw bad(`apiVersion has to be "${apiVersion}"`)
  if (review.kind !== 'AdmissionReview') throw bad('kind has to be "AdmissionReview"')
  const { request } = review
  if (!isObject(request)) throw bad('request has to be an object')
  for (const name of ['uid', 'operation']) {
    if (typeof request[name] !== 'string' || request[name] === '') throw bad(`request.${name} has to be a text`)
  }
  if (!isObject(request.resource)) throw bad('request.resource has to be an object')
  if (request.object !== null && request.object !== undefined && !isObject(request.object))
    throw bad('request.object has to be an object or null')
  return request
}

/** The AdmissionReview that answers it. */
export function reviewOf(response) {
  return { apiVersion, kind: 'AdmissionReview', response }
}

function parse(bytes) {
  let text
  try {
    text = utf8.decode(bytes)
  } catch {
    throw bad('the body is not valid UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch {
    throw bad('the body is not valid JSON')
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(message) {
  return new HttpProblem(400, message)
}
