import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import path from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readInjection } from '../../src/kubernetes/index.ts'
import { type Manifest, patched } from '../kubernetes/inject.ts'
import { restrictedProblems } from '../kubernetes/restricted.ts'
import { apiProblems } from '../kubernetes/strict-check.ts'
import { tempFolder } from '../temp-folder.ts'
import { eventually, Running } from './memory-modules/processes.ts'
import { newPair, recordedReviews, reviewOf, startWebhook, webhookFolder } from './webhook-process.ts'

const asksForLogger = '#!/bin/sh\necho module=mem-logger\n'

/** A script that leaves a mark for each run, and the marks. */
function countingScript(more = '') {
  const marks = path.join(tempFolder(), 'marks')
  const runs = () => (existsSync(marks) ? readFileSync(marks, 'utf8').split('\n').length - 1 : 0)
  return { script: `#!/bin/sh\necho run >>${marks}\n${more || 'echo module=mem-logger'}\n`, runs }
}

function patchOf(response: Manifest) {
  return response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8'))
}

const notAPod = recordedReviews.filter((name) => reviewOf(name).request.kind.kind !== 'Pod')
const refused: Readonly<Record<string, string>> = {
  'windows-pod': 'hermes: no sidecars: the Pod runs on Windows, and our sidecars on Linux',
  'pod-limits-only-pod': `hermes: no sidecars: the containers together request cpu "260m", and the Pod's requests allow "250m"`
}
const leftAlone = [...notAPod, ...Object.keys(refused), 'mirror-pod', 'dry-run-pod']
const injectable = recordedReviews.filter((name) => !leftAlone.includes(name) && name !== 'review-2' && name !== 'review-3')

describe('a recorded AdmissionReview', () => {
  it.each(injectable)('%s: gets its sidecar, and nothing when the server calls again', async (name) => {
    const { script, runs } = countingScript()
    const webhook = await startWebhook(script)
    const review = reviewOf(name)
    const first = await webhook.review(review)
    expect(first).toMatchObject({ uid: review.request.uid, allowed: true, patchType: 'JSONPatch' })
    const pod = patched(review.request.object, patchOf(first)) as Manifest
    expect(pod.spec.initContainers.map((one: Manifest) => one.name)).toContain('hermes-mem-logger')
    expect(readInjection(pod)?.modules.map((one) => one.name)).toEqual(['mem-logger'])
    expect(apiProblems(pod)).toEqual([])

    review.request.object = pod
    const second = await webhook.review(review)
    expect(second.allowed).toBe(true)
    expect(patchOf(second)).toEqual([])
    expect(runs()).toBe(1)
    expect(await webhook.metric('hermes_webhook_reviews_total{result="injected",reason="script-ran"}')).toBe(1)
    expect(await webhook.metric('hermes_webhook_reviews_total{result="unchanged",reason="decided-before"}')).toBe(1)
  })

  it('of a restricted namespace gives a Pod that stays restricted', async () => {
    const webhook = await startWebhook(asksForLogger)
    const review = reviewOf('restricted-pod')
    const pod = patched(review.request.object, patchOf(await webhook.review(review)))
    expect(restrictedProblems(pod)).toEqual([])
  })

  it('of a dry run is allowed with a warning, and the script does not run', async () => {
    const { script, runs } = countingScript()
    const webhook = await startWebhook(script)
    const { uid } = reviewOf('dry-run-pod').request
    expect(await webhook.review(reviewOf('dry-run-pod'))).toEqual({
      uid,
      allowed: true,
      warnings: [
        'hermes: a dry run: the loader script is not run, so nothing is injected here; a real request may inject sidecars'
      ]
    })
    expect(runs()).toBe(0)
  })

  it.each(Object.entries(refused))('%s: cannot be injected, and is allowed with a warning', async (name, warning) => {
    const webhook = await startWebhook(asksForLogger)
    const { uid } = reviewOf(name).request
    expect(await webhook.review(reviewOf(name))).toEqual({ uid, allowed: true, warnings: [warning] })
  })

  const pod = () => reviewOf('replicaset-pod')
  const changed = (change: (request: Manifest) => void) => {
    const review = pod()
    change(review.request)
    return review
  }
  const notOurs: [string, string, () => Manifest][] = [
    ...notAPod.map((name): [string, string, () => Manifest] => [name, 'resource', () => reviewOf(name)]),
    ['a mirror Pod', 'mirror-pod', () => reviewOf('mirror-pod')],
    ['an update', 'operation', () => changed((request) => Object.assign(request, { operation: 'UPDATE' }))],
    ['a deletion', 'operation', () => changed((request) => Object.assign(request, { operation: 'DELETE', object: null }))],
    ['a subresource', 'subresource', () => changed((request) => Object.assign(request, { subResource: 'ephemeralcontainers' }))],
    ['kube-system', 'namespace', () => changed((request) => Object.assign(request, { namespace: 'kube-system' }))],
    ['its own namespace', 'namespace', () => changed((request) => Object.assign(request, { namespace: 'hooks' }))],
    [
      'a Pod that opts out',
      'opt-out',
      () => changed(({ object }) => Object.assign(object.metadata.labels, { 'hermes-memory-installer/inject': 'false' }))
    ]
  ]
  it('that is none of ours is allowed as it is, and counted with its reason', async () => {
    const { script, runs } = countingScript()
    const webhook = await startWebhook(script, { HERMES_WEBHOOK_NAMESPACE: 'hooks' })
    for (const [name, , make] of notOurs) {
      const review = make()
      expect(await webhook.review(review), name).toEqual({ uid: review.request.uid, allowed: true })
    }
    for (const reason of new Set(notOurs.map(([, one]) => one))) {
      const count = notOurs.filter(([, one]) => one === reason).length
      expect(await webhook.metric(`hermes_webhook_reviews_total{result="skipped",reason="${reason}"}`), reason).toBe(count)
    }
    expect(runs()).toBe(0)
  })
})

describe('the script', () => {
  it('sees the facts of the Pod, and no more of the environment than was named', async () => {
    const seen = path.join(tempFolder(), 'seen')
    const webhook = await startWebhook(`#!/bin/sh\nenv >${seen}\necho none\n`, {
      CLUSTER_ENV: 'staging',
      DATABASE_PASSWORD: 'not for scripts'
    })
    const review = reviewOf('replicaset-pod')
    Object.assign(review.request.object.metadata.labels, {
      'facts.hermes-memory-installer/cost-centre': 'c42',
      'facts.hermes-memory-installer/Mixed.Case': 'left out'
    })
    review.request.object.spec.priorityClassName = 'gold'
    await webhook.review(review)
    const { metadata, spec } = review.request.object
    const facts = Object.fromEntries(
      readFileSync(seen, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s))
        .filter(([name = '']) => !['PWD', 'OLDPWD', 'SHLVL', '_', 'PATH', 'HERMES_RUN_ID', 'HERMES_STATIC_CONFIG'].includes(name))
    )
    expect(facts).toEqual({
      CLUSTER_ENV: 'staging',
      HERMES_PROTOCOL: '1',
      HERMES_POD_NAMESPACE: 'shop',
      HERMES_POD_GENERATE_NAME: metadata.generateName,
      HERMES_POD_OWNER_KIND: 'ReplicaSet',
      HERMES_POD_OWNER_NAME: metadata.ownerReferences[0].name,
      HERMES_POD_SERVICE_ACCOUNT: spec.serviceAccountName,
      HERMES_POD_PRIORITY_CLASS: 'gold',
      HERMES_POD_LABEL_COST_CENTRE: 'c42'
    })
  })

  it('that asks for nothing leaves the Pod as it is', async () => {
    const webhook = await startWebhook('#!/bin/sh\necho none\n')
    const { uid } = reviewOf('bare-pod').request
    expect(await webhook.review(reviewOf('bare-pod'))).toEqual({ uid, allowed: true })
  })

  const failures: [string, string, string, string][] = [
    ['fails', 'echo my-secret >&2; exit 3', 'ERR_HERMES_SCRIPT_EXIT', '/inject'],
    ['names a module that is not there', 'echo module=mem-loger', 'ERR_HERMES_CATALOG_MISMATCH', '/inject'],
    ['takes too long', 'exec sleep 60', 'ERR_HERMES_SCRIPT_TIMEOUT', '/inject?timeout=1500ms'],
    ['has no time at all', 'echo none', 'no-time', '/inject?timeout=1s']
  ]
  it.each(failures)('that %s: allowed with a warning by default, refused where that is asked', async (_, line, reason, at) => {
    const script = `#!/bin/sh\n${line}\n`
    const open = await startWebhook(script)
    const warned = await open.review(reviewOf('bare-pod'), at)
    expect(warned).toEqual({ uid: warned.uid, allowed: true, warnings: [expect.stringMatching(/^hermes: no sidecars: /)] })
    expect(await open.metric(`hermes_webhook_reviews_total{result="failed",reason="${reason}"}`)).toBe(1)

    const closed = await startWebhook(script, { HERMES_WEBHOOK_ON_ERROR: 'refuse' })
    const denied = await closed.review(reviewOf('bare-pod'), at)
    const code = reason === 'no-time' ? 503 : 500
    expect(denied).toEqual({ uid: denied.uid, allowed: false, status: { code, message: expect.stringMatching(/^hermes: /) } })
    for (const text of [JSON.stringify([warned, denied]), open.process.text, closed.process.text]) {
      expect(text).not.toContain('my-secret')
    }
  })

  it('a decision that the catalog no longer has is refused as the fault of the Pod', async () => {
    const webhook = await startWebhook(asksForLogger, { HERMES_WEBHOOK_ON_ERROR: 'refuse' })
    const review = reviewOf('bare-pod')
    const pod = patched(review.request.object, patchOf(await webhook.review(review))) as Manifest
    const [name = ''] = Object.keys(pod.metadata.annotations).filter((one) => one === 'hermes-memory-installer/modules')
    pod.metadata.annotations[name] = pod.metadata.annotations[name].replace('"name":"mem-logger"', '"name":"mem-gone"')
    review.request.object = pod
    expect(await webhook.review(review)).toMatchObject({
      allowed: false,
      status: { code: 422, message: expect.stringContaining('"mem-gone"') }
    })
  })

  it('runs for at most so many Pods at once; beyond those that may wait there is a warning', async () => {
    const folder = tempFolder()
    const gate = path.join(folder, 'gate')
    const script = `#!/bin/sh\necho run >>${folder}/runs\nwhile [ ! -e ${gate} ]; do sleep 0.05; done\necho none\n`
    const webhook = await startWebhook(script, { HERMES_WEBHOOK_SCRIPTS: '1', HERMES_WEBHOOK_WAITING: '1' })
    const calls = [webhook.review(reviewOf('bare-pod'))]
    await eventually(async () => (await webhook.metric('hermes_webhook_scripts_running')) === 1)
    const impatient = await webhook.review(reviewOf('bare-pod'), '/inject?timeout=1100ms')
    expect(impatient.warnings).toEqual(['hermes: no sidecars: no time was left to run the loader script'])
    calls.push(webhook.review(reviewOf('bare-pod')))
    await eventually(async () => (await webhook.metric('hermes_webhook_scripts_waiting')) === 1)
    const third = await webhook.review(reviewOf('bare-pod'))
    expect(third.warnings).toEqual(['hermes: no sidecars: too many decisions are waiting for the loader script'])
    writeFileSync(gate, '')
    for (const { allowed, warnings } of await Promise.all(calls)) expect({ allowed, warnings }).toEqual({ allowed: true })
    expect(readFileSync(`${folder}/runs`, 'utf8')).toBe('run\nrun\n')
    expect(await webhook.metric('hermes_webhook_scripts_running')).toBe(0)
  })

  it('ends when nobody waits for its answer any more', async () => {
    const pidFile = path.join(tempFolder(), 'pid')
    const webhook = await startWebhook(`#!/bin/sh\necho $$ >${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 60\n`)
    const agent = new Agent({ keepAlive: true })
    const call = webhook.send({ body: JSON.stringify(reviewOf('bare-pod')), agent })
    await eventually(() => existsSync(pidFile))
    agent.destroy()
    await expect(call).rejects.toThrow()
    await eventually(() => !existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`))
    await eventually(async () => (await webhook.metric('hermes_webhook_scripts_running')) === 0)
  })
})

describe('a request that is no AdmissionReview', () => {
  const good = () => JSON.stringify(reviewOf('bare-pod'))
  const with_ = (change: object) => JSON.stringify({ ...reviewOf('bare-pod'), ...change })
  const cases: [string, Parameters<Awaited<ReturnType<typeof startWebhook>>['send']>[0], number, string][] = [
    ['another path', { path: '/other', body: good() }, 404, 'nothing is here: /inject, /healthz, /readyz, /metrics'],
    ['a path that is no URL', { path: '//', body: good() }, 400, 'the target of the request is no URL'],
    ['another method', { method: 'PUT', body: good() }, 405, 'takes POST'],
    ['another content type', { type: 'text/yaml', body: good() }, 415, 'the content type has to be application/json'],
    ['no content type', { type: '', body: good() }, 415, 'the content type has to be application/json'],
    ['a timeout that is none', { path: '/inject?timeout=soon', body: good() }, 400, 'timeout takes a duration such as 10s'],
    ['no body', { body: '' }, 400, 'the body is not valid JSON'],
    ['half a body', { body: good().slice(0, 100) }, 400, 'the body is not valid JSON'],
    ['bytes that are no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'the body is not valid UTF-8'],
    ['a list', { body: '[]' }, 400, 'the body is no JSON object'],
    [
      'an older version',
      { body: with_({ apiVersion: 'admission.k8s.io/v1beta1' }) },
      400,
      'apiVersion has to be "admission.k8s.io/v1"'
    ],
    ['another kind', { body: with_({ kind: 'Pod' }) }, 400, 'kind has to be "AdmissionReview"'],
    ['no request', { body: with_({ request: null }) }, 400, 'request has to be an object'],
    ['no uid', { body: with_({ request: { operation: 'CREATE' } }) }, 400, 'request.uid has to be a text'],
    ['no operation', { body: with_({ request: { uid: 'u' } }) }, 400, 'request.operation has to be a text'],
    ['no resource', { body: with_({ request: { uid: 'u', operation: 'CREATE' } }) }, 400, 'request.resource has to be an object'],
    [
      'an object that is none',
      { body: with_({ request: { uid: 'u', operation: 'CREATE', resource: {}, object: 'x' } }) },
      400,
      'request.object has to be an object or null'
    ],
    ['too long a body', { body: Buffer.alloc(3 * 1024 * 1024 + 1, ' ') }, 413, 'the body is longer than 3145728 bytes']
  ]
  it('is refused with a status and a message, and the next one is answered', async () => {
    const webhook = await startWebhook(asksForLogger)
    for (const [name, sent, status, message] of cases) {
      const answer = await webhook.send(sent)
      expect([name, answer.status, JSON.parse(answer.text)]).toEqual([name, status, { error: message }])
    }
    expect((await webhook.send({ method: 'PUT' })).headers['allow']).toBe('POST')
    expect((await webhook.review(reviewOf('bare-pod'))).patchType).toBe('JSONPatch')
    expect(await webhook.metric('hermes_webhook_refused_requests_total{status="413"}')).toBe(1)
  })

  it('may be 3 MiB long, and nested as deeply as JSON goes', async () => {
    const webhook = await startWebhook(asksForLogger)
    const padded = `${good()}${' '.repeat(3 * 1024 * 1024 - good().length)}`
    expect((await webhook.send({ body: padded })).status).toBe(200)
    const review = reviewOf('bare-pod')
    review.request.object.spec.deep = 'DEEP'
    const deep = JSON.stringify(review).replace('"DEEP"', `${'['.repeat(500_000)}${']'.repeat(500_000)}`)
    const { status, text } = await webhook.send({ body: deep })
    expect(status).toBe(200)
    expect(JSON.parse(text).response.allowed).toBe(true)
  })

  it('shares a limit with all that are not answered yet', async () => {
    const gate = path.join(tempFolder(), 'gate')
    const webhook = await startWebhook(`#!/bin/sh\nwhile [ ! -e ${gate} ]; do sleep 0.05; done\necho none\n`, {
      HERMES_WEBHOOK_ALL_BODIES_BYTES: String(good().length + 2)
    })
    const first = webhook.send({ body: good() })
    await eventually(async () => (await webhook.metric('hermes_webhook_scripts_running')) === 1)
    const { status, text } = await webhook.send({ body: '[1]' })
    expect([status, text]).toEqual([503, '{"error":"too many requests are being answered: try again"}'])
    expect((await webhook.send({ body: '[]' })).status).toBe(400)
    writeFileSync(gate, '')
    expect((await first).status).toBe(200)
    expect((await webhook.send({ body: good() })).status).toBe(200)
  })
})

describe('a slow client', () => {
  const starts: [string, string][] = [
    ['that sends no request', ''],
    ['that never ends its headers', 'POST /inject HTTP/1.1\r\nhost: webhook\r\n'],
    [
      'that never ends its body',
      'POST /inject HTTP/1.1\r\nhost: webhook\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{'
    ]
  ]
  it.each(starts)('%s is let go, while others are answered', async (_, start) => {
    const webhook = await startWebhook(asksForLogger, { HERMES_WEBHOOK_REQUEST_MS: '300' })
    const socket = connect({ host: '127.0.0.1', port: webhook.port, rejectUnauthorized: false })
    onTestFinished(() => void socket.destroy())
    const closed = new Promise((resolve) => socket.once('close', resolve))
    let text = ''
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    socket.on('error', () => undefined)
    socket.once('secureConnect', () => socket.write(start))
    expect((await webhook.get('/healthz')).text).toBe('ok\n')
    await closed
    expect(text === '' || text.startsWith('HTTP/1.1 408 ')).toBe(true)
    expect((await webhook.get('/healthz')).text).toBe('ok\n')
  })
})

describe('a client that speaks otherwise', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['headers without end', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 'HTTP/1.1 431 Request Header Fields Too Large']
  ])('%s: is told so', async (_, sent, first) => {
    const webhook = await startWebhook(asksForLogger)
    const socket = connect({ host: '127.0.0.1', port: webhook.port, rejectUnauthorized: false })
    onTestFinished(() => void socket.destroy())
    let text = ''
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    socket.on('error', () => undefined)
    socket.once('secureConnect', () => socket.write(sent))
    await closed
    expect(text.split('\r\n')[0]).toBe(first)
  })

  it('no TLS: is let go, without an answer and without being counted', async () => {
    const webhook = await startWebhook(asksForLogger)
    await expect(fetch(`http://127.0.0.1:${webhook.port}/healthz`)).rejects.toThrow()
    expect(await webhook.metric('hermes_webhook_refused_requests_total{status="400"}')).toBeUndefined()
  })
})

describe('certificates', () => {
  it('are taken up while requests come in, and no request fails', async () => {
    const webhook = await startWebhook(asksForLogger)
    const body = JSON.stringify(reviewOf('mirror-pod'))
    const answered = [0, 0, 0]
    let isOver = false
    const caller = async (index: number, agent?: Agent) => {
      while (!isOver) {
        expect((await webhook.send({ body, ...(agent && { agent }) })).status).toBe(200)
        answered[index] = (answered[index] ?? 0) + 1
      }
    }
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const callers = Promise.all([caller(0), caller(1), caller(2, agent)])
    const fingerprints = [(await webhook.send({ body })).fingerprint]
    for (let round = 0; round < 3; round++) {
      const before = webhook.logged('certificate taken up').length
      webhook.mounted.swap(newPair())
      await eventually(() => webhook.logged('certificate taken up').length > before)
      const { fingerprint } = await webhook.send({ body })
      expect(fingerprint).toBe(webhook.logged('certificate taken up').at(-1)?.fingerprint)
      fingerprints.push(fingerprint)
      const seen = [...answered]
      await eventually(() => answered.every((count, index) => count > (seen[index] ?? 0)))
    }
    isOver = true
    await callers
    expect(new Set(fingerprints).size).toBe(4)
    expect(await webhook.metric('hermes_webhook_certificate_loads_total{result="loaded"}')).toBe(4)
  })

  it('that are none are not taken up: the one before stays, and a later good one counts', async () => {
    const webhook = await startWebhook(asksForLogger)
    const { fingerprint } = await webhook.get('/healthz')
    webhook.mounted.swap({ cert: newPair().cert, key: newPair().key })
    await webhook.process.until(/the certificate could not be read.*tls.key is not the key of tls.crt/)
    expect((await webhook.get('/readyz')).fingerprint).toBe(fingerprint)
    webhook.mounted.swap(newPair())
    await eventually(() => webhook.logged('certificate taken up').length === 2)
    expect((await webhook.get('/readyz')).fingerprint).not.toBe(fingerprint)
  })
})

it('answers a thousand requests at once, and injects for as long as there is time', async () => {
  const { script, runs } = countingScript()
  // A thousand handshakes at once take a slow machine more than the usual ten seconds.
  const webhook = await startWebhook(script, { HERMES_WEBHOOK_REQUEST_MS: '60000' })
  const review = reviewOf('replicaset-pod')
  const uids = Array.from({ length: 1000 }, (_, index) => `uid-${index}`)
  const started = performance.now()
  const answers = await Promise.all(uids.map((uid) => webhook.review({ ...review, request: { ...review.request, uid } })))
  expect(answers.map(({ uid, allowed }) => [uid, allowed])).toEqual(uids.map((uid) => [uid, true]))
  // On a machine that takes longer than their 30 s less the margin, the last ones are told so: nobody is told so earlier.
  const late = answers.filter(({ warnings = [] }) => warnings.some((one: string) => one.includes('no time was left'))).length
  expect(late === 0 || performance.now() - started > 28_000).toBe(true)
  expect(answers.filter(({ patchType }) => patchType === 'JSONPatch').length).toBe(1000 - late)
  expect(runs()).toBeGreaterThanOrEqual(1000 - late)
  expect(await webhook.metric('hermes_webhook_scripts_waiting')).toBe(0)
})

it("has metrics in Prometheus' text format, those of the process too", async () => {
  const webhook = await startWebhook(asksForLogger)
  await webhook.review(reviewOf('bare-pod'))
  const { headers, text } = await webhook.get('/metrics')
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  for (const line of text.split('\n').filter((one) => one !== ''))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? [-+.\deNaInf]+)$/)
  expect(text).toContain('hermes_webhook_review_duration_seconds_count{result="injected"} 1\n')
  expect(text).toContain('hermes_webhook_script_duration_seconds_count 1\n')
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
  expect(text).not.toContain('shop')
})

it('logs a line of JSON a review, without what stands in the Pod', async () => {
  const webhook = await startWebhook('#!/bin/sh\necho module=mem-profiler,config=big\n')
  const review = reviewOf('bare-pod')
  review.request.object.spec.containers[0].env = [{ name: 'PASSWORD', value: 'very-secret' }]
  await webhook.review(review)
  await webhook.process.until(/"reviewed"/)
  expect(webhook.logged('reviewed')).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: 'info',
      message: 'reviewed',
      uid: review.request.uid,
      namespace: 'shop',
      name: 'bare',
      dryRun: false,
      result: 'injected',
      reason: 'script-ran',
      modules: ['mem-profiler'],
      codes: expect.arrayContaining(['shared-processes']),
      durationMs: expect.any(Number)
    }
  ])
  expect(webhook.process.text).not.toContain('very-secret')
})

describe('the end', () => {
  it('comes after the requests that are being answered, and new ones are not taken', async () => {
    const folder = tempFolder()
    const script = `#!/bin/sh\n: >${folder}/started\nwhile [ ! -e ${folder}/gate ]; do sleep 0.05; done\necho module=mem-logger\n`
    const webhook = await startWebhook(script, { HERMES_WEBHOOK_SHUTDOWN_MS: '60000' })
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    expect((await webhook.send({ method: 'GET', path: '/readyz', type: '', agent })).status).toBe(200)
    const call = webhook.send({ body: JSON.stringify(reviewOf('bare-pod')), agent })
    await eventually(() => existsSync(`${folder}/started`))
    webhook.process.kill('SIGTERM')
    await webhook.process.until(/"stopping"/)
    await expect(webhook.get('/readyz')).rejects.toThrow('ECONNREFUSED')
    writeFileSync(`${folder}/gate`, '')
    const { status, text, headers } = await call
    expect([status, headers['connection']]).toEqual([200, 'close'])
    expect(JSON.parse(text).response.patchType).toBe('JSONPatch')
    expect(await webhook.process.ended).toEqual({ code: 0, signal: null })
    expect(webhook.process.text).toMatch(/"message":"stopped"\}\n$/)
  })

  it('comes all the same where a request does not end, and leaves no script behind', async () => {
    const pidFile = path.join(tempFolder(), 'pid')
    const script = `#!/bin/sh\necho $$ >${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 60\n`
    const webhook = await startWebhook(script, { HERMES_WEBHOOK_SHUTDOWN_MS: '0' })
    const call = webhook.review(reviewOf('bare-pod'))
    const failed = expect(call).rejects.toThrow()
    await eventually(() => existsSync(pidFile))
    webhook.process.kill('SIGTERM')
    await failed
    expect(await webhook.process.ended).toEqual({ code: 0, signal: null })
    expect(webhook.process.text).toContain('requests are left')
    await eventually(() => !existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`))
  })
})

describe('the start', () => {
  const start = (env: Readonly<Record<string, string>>) =>
    new Running(process.execPath, [path.join(webhookFolder, 'server.js')], { env: { PATH: process.env['PATH'], ...env } })

  it('names every setting that is wrong, without its value', async () => {
    const running = start({ HERMES_WEBHOOK_PORT: 'https', HERMES_WEBHOOK_ON_ERROR: 'ignore' })
    expect((await running.ended).code).toBe(1)
    expect(running.text).toContain(
      'HERMES_WEBHOOK_PORT takes a whole number from 0 to 65535; HERMES_WEBHOOK_ON_ERROR takes "warn" or "refuse"'
    )
  })

  it('needs a certificate', async () => {
    const running = start({ HERMES_WEBHOOK_CERTIFICATE: tempFolder() })
    expect((await running.ended).code).toBe(1)
    expect(running.text).toMatch(/ENOENT.*tls\.crt/)
  })
})
