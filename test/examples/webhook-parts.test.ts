import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { webhookFolder } from './webhook-process.ts'

/** A file of the example, which is JavaScript: what it exports, as the test says it is. */
async function load<Exports>(file: string): Promise<Exports> {
  return await import(pathToFileURL(path.join(webhookFolder, file)).href)
}

const { warningsOf } = await load<{ warningsOf(messages: string[]): string[] }>('warnings.js')
const { durationMs, deadlineOf } = await load<{
  durationMs(text: string): number | undefined
  deadlineOf(parameters: URLSearchParams, arrivedAt: number, marginMs: number): number | undefined
}>('deadline.js')
const { readSettings } = await load<{ readSettings(env: Record<string, string>): Record<string, unknown> }>('settings.js')
const { podFacts } = await load<{ podFacts(request: object): Record<string, string> }>('pod-facts.js')

describe('warnings', () => {
  it('are one line each, without control characters, each of them once', () => {
    expect(warningsOf(['a\nb\u001b[31m\tc', 'a\nb\u001b[31m\tc', 'd'])).toEqual(['hermes: a b [31m c', 'hermes: d'])
  })

  it.each([
    ['248 characters fit', 'x'.repeat(248), `hermes: ${'x'.repeat(248)}`],
    ['a longer one is cut, and says so', 'x'.repeat(249), `hermes: ${'x'.repeat(247)}…`],
    ['no character is cut in two', '𝒙'.repeat(300), `hermes: ${'𝒙'.repeat(247)}…`]
  ])('%s', (_, message, warning) => {
    expect(warningsOf([message])).toEqual([warning])
  })

  it('are no more than 4096 characters in all', () => {
    const warnings = warningsOf(Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(300)}`))
    expect(warnings).toHaveLength(16)
    expect(warnings.join('').length).toBe(4096)
  })
})

describe('the deadline', () => {
  it.each<[string, number | undefined]>([
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['0s', 0],
    ['', undefined],
    ['10', undefined],
    ['s', undefined],
    ['-1s', undefined],
    ['10s ', undefined],
    ['10s,5s', undefined],
    ['1h', undefined]
  ])('a timeout of %j is %s ms', (text, duration) => {
    expect(durationMs(text)).toBe(duration)
  })

  it.each<[string, number | undefined]>([
    ['', 10_500],
    ['timeout=5s', 5500],
    ['timeout=10m', 30_500],
    ['timeout=never', undefined]
  ])('of ?%s is at %s, for a request that came at 1000, with a margin of 500', (search, deadline) => {
    expect(deadlineOf(new URLSearchParams(search), 1000, 500)).toBe(deadline)
  })
})

describe('README', () => {
  const read = (file: string) => readFileSync(path.join(webhookFolder, file), 'utf8')
  const readme = read('README.md')

  it('names every setting, and says its default', () => {
    const settings = readSettings({})
    const names = new Set(read('settings.js').match(/HERMES_WEBHOOK_\w+/g))
    expect([...names].filter((name) => !readme.includes(`\`${name}`))).toEqual([])
    const numbers = Array.from(readme.matchAll(/^\| `HERMES_WEBHOOK_\w+` +\| (\d+) +\|/gm), ([, number]) => Number(number))
    expect(numbers.sort()).toEqual(
      Object.values(settings)
        .filter((value) => typeof value === 'number')
        .sort()
    )
  })

  it('names every metric', () => {
    const names = read('metrics.js').match(/hermes_webhook_\w+/g) ?? []
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => name !== 'hermes_webhook_scripts_waiting' && !readme.includes(name))).toEqual([])
  })

  it('and every file', () => {
    const files = readdirSync(webhookFolder).filter((file) => file.endsWith('.js'))
    expect(files.filter((file) => !readme.includes(`](${file})`))).toEqual([])
  })
})

describe('settings', () => {
  it.each([
    ['HERMES_WEBHOOK_PORT', '-1', 'a whole number from 0 to 65535'],
    ['HERMES_WEBHOOK_PORT', '65536', 'a whole number from 0 to 65535'],
    ['HERMES_WEBHOOK_SCRIPTS', '0', 'a whole number from 1 to 256'],
    ['HERMES_WEBHOOK_ON_ERROR', 'Warn', '"warn" or "refuse"']
  ])('%s=%s is refused, and the value not shown', (name, value, takes) => {
    expect(() => readSettings({ [name]: value })).toThrow(new Error(`${name} takes ${takes}`))
  })

  it('take an empty variable as none', () => {
    expect(readSettings({ HERMES_WEBHOOK_PORT: '' })).toEqual(readSettings({}))
  })
})

describe('facts of a Pod', () => {
  it('of another type than text, empty ones and those with a NUL are left out', () => {
    const labels = { 'facts.hermes-memory-installer/a': 1, 'facts.hermes-memory-installer/b': 'x\0y', other: 'z' }
    const object = { metadata: { name: 7, generateName: '', labels, ownerReferences: 'x' }, spec: null }
    expect(podFacts({ namespace: 'shop', object })).toEqual({ HERMES_POD_NAMESPACE: 'shop' })
  })

  it('name the owner that controls it, and no other', () => {
    const ownerReferences = [
      { kind: 'Backup', name: 'b' },
      { kind: 'Job', name: 'j', controller: true }
    ]
    expect(podFacts({ namespace: 'shop', object: { metadata: { name: 'web', ownerReferences } } })).toEqual({
      HERMES_POD_NAMESPACE: 'shop',
      HERMES_POD_NAME: 'web',
      HERMES_POD_OWNER_KIND: 'Job',
      HERMES_POD_OWNER_NAME: 'j'
    })
  })

  it('in labels are told apart by lower case and dashes alone', () => {
    const label = (name: string) => [`facts.hermes-memory-installer/${name}`, name]
    const labels = Object.fromEntries(['cost-centre', 'cost.centre', 'cost_centre', 'Cost-Centre'].map(label))
    expect(podFacts({ namespace: 'shop', object: { metadata: { labels } } })).toEqual({
      HERMES_POD_NAMESPACE: 'shop',
      HERMES_POD_LABEL_COST_CENTRE: 'cost-centre'
    })
  })
})
