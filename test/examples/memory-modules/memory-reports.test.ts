import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outputFolder, Running, startModule, startServer } from './processes.ts'

let browser: Browser
beforeAll(async () => {
  // Debian's; as root it has no sandbox.
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(() => browser.close())

const memory = (text: string) => JSON.parse(text) as Record<string, unknown>
const isRoot = process.getuid?.() === 0

describe.concurrent('mem-logger', () => {
  it('writes lines that hold after SIGKILL, and agree with the kernel', async () => {
    const output = outputFolder()
    const { pid } = await startServer('healthy')
    const module = startModule('mem-logger', { output, target: pid, settings: { intervalMs: 20 } })
    const [, told] = await module.until(/wrote memory-\S+html \((\d+) lines\)/)
    module.kill('SIGKILL')
    await module.ended
    const lines = linesOf(output)
    expect(lines.length).toBeGreaterThanOrEqual(Number(told))
    for (const text of lines) {
      const line = memory(text)
      expect(line).toMatchObject({ module: 'mem-logger', pid })
      expect(Number(line['rssBytes'])).toBe(
        Number(line['anonymousBytes']) + Number(line['fileBytes']) + Number(line['sharedBytes'])
      )
      expect(Number(line['pssBytes'])).toBeLessThanOrEqual(Number(line['rssBytes']) * 1.2)
    }
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    expect(Number(memory(lines[0] ?? '')['peakRssBytes'])).toBeLessThanOrEqual(Number(peak) * 1024)
  })

  it('writes only the fields that were chosen', async () => {
    const output = outputFolder()
    const target = new Running('sleep', ['1000'])
    const settings = { intervalMs: 20, fields: ['rssBytes', 'swapBytes'] }
    const env = { HERMES_MODULE: 'logger.a', HERMES_MODULE_CONFIG: 'prod' }
    const module = startModule('mem-logger', { output, target: target.pid, settings, env })
    await module.until(/wrote memory/)
    module.kill('SIGTERM')
    expect((await module.ended).code).toBe(0)
    const line = memory(linesOf(output, 'logger.a')[0] ?? '')
    expect(Object.keys(line)).toEqual(['time', 'module', 'config', 'pid', 'rssBytes', 'swapBytes'])
    expect(line).toMatchObject({ module: 'logger.a', config: 'prod', pid: target.pid })
  })

  // Another user's process or, as root, one with capabilities that the module lacks.
  it('leaves out what it may not read, with the reason, and never puts its own in its place', async () => {
    const output = outputFolder()
    const target = isRoot ? new Running('sleep', ['1000']).pid : 1
    const through = isRoot ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []
    const settings = { intervalMs: 20, fields: ['rssBytes', 'pssBytes', 'cgroupUsageBytes'] }
    const module = startModule('mem-logger', { output, target, settings, through })
    await module.until(/wrote memory/)
    const line = memory(linesOf(output)[0] ?? '')
    expect(Object.keys(line)).toEqual(['time', 'module', 'pid', 'rssBytes', 'absent'])
    const why = 'may not be read (EACCES): the target has another user, or more capabilities'
    expect(line['absent']).toEqual({ pssBytes: `smaps_rollup ${why}`, cgroupUsageBytes: `cgroup ${why}` })
  })

  it('goes on with the next process after a restart, and keeps the lines of the first', async () => {
    const output = outputFolder()
    const tag = `tag-logger-${process.pid}`
    const module = startModule('mem-logger', { output, target: tag, settings: { intervalMs: 20 } })
    const first = await startServer('healthy', { tag })
    await module.until(/wrote memory/)
    first.server.kill('SIGKILL')
    await module.until(new RegExp(`process ${first.pid} \\(node healthy.js\\) ended`))
    const second = await startServer('healthy', { tag })
    await module.until(new RegExp(`wrote memory-\\S+-pid${second.pid}\\.html`))
    const pids = new Set(linesOf(output).map((line) => memory(line)['pid']))
    expect(pids).toEqual(new Set([first.pid, second.pid]))
  })

  it('draws the lines as a chart', async () => {
    const output = outputFolder()
    const { pid } = await startServer('leaking')
    const module = startModule('mem-logger', { output, target: pid, settings: { intervalMs: 50 } })
    await module.until(/wrote memory/)
    module.kill('SIGTERM')
    await module.ended
    const page = await openReport(path.join(output, 'mem-logger'))
    expect(await page.title()).toBe(`Memory of process ${pid} (node leaking.js)`)
    const names = await page.locator('.legend li').allTextContents()
    expect(names.slice(0, 3)).toEqual(['Resident (RSS)', 'Anonymous', 'Proportional (PSS)'])
    await expectChart(page, names)
    expect(await page.locator('figure .series[data-name="Anonymous"]').getAttribute('data-points')).toBe(
      String(linesOf(output).length)
    )
    await page.context().close()
  })
})

describe.concurrent('leak-detector', () => {
  const settings = { windowSeconds: 3, minGrowthKiBPerSec: 1500 }

  it.each([
    {
      kind: 'leaking',
      words: /^Leaking: anonymous memory grew by \d+(\.\d)? KiB\/s over \d+\.\d s, and by .* in the second half\.$/
    },
    {
      kind: 'healthy',
      words: /^Healthy: anonymous memory grew by -?\d+(\.\d)? KiB\/s over \d+\.\d s; from 1500 on it counts as a leak\.$/
    }
  ] as const)('calls a $kind server $kind, and keeps to it when it is ended', async ({ kind, words }) => {
    const output = outputFolder()
    const { pid } = await startServer(kind)
    const module = startModule('leak-detector', { output, target: pid, settings })
    await module.until(/wrote leak-\S+html/)
    module.kill('SIGTERM')
    expect(await module.ended).toEqual({ code: 0, signal: null })
    const folder = path.join(output, 'leak-detector')
    const [first = ''] = readdirSync(folder).filter((name) => name.endsWith('.json'))
    const report = JSON.parse(readFileSync(path.join(folder, first), 'utf8'))
    expect(report).toMatchObject({ module: 'leak-detector', verdict: kind, minGrowthKiBPerSec: 1500, target: { pid } })
    expect(report.samples.length).toBeGreaterThanOrEqual(10)
    expect(report.slopeKiBPerSec > 1500).toBe(kind === 'leaking')

    const page = await openReport(folder)
    expect(await page.locator('.verdict').textContent()).toMatch(words)
    await expectChart(page, ['Anonymous memory', `Growth by Theil–Sen: ${report.slopeKiBPerSec} KiB/s`])
    await page.context().close()
  })

  it('has no verdict where the target ends too early, and loses no sample of it', async () => {
    const output = outputFolder()
    const tag = `tag-leak-${process.pid}`
    const module = startModule('leak-detector', {
      output,
      target: tag,
      settings: { windowSeconds: 600 },
      env: { NODE_DEBUG: 'hermes' }
    })
    await module.until(/waiting for/)
    const { server, pid } = await startServer('healthy', { tag })
    await module.until(/HERMES \d+: \d+ bytes/)
    server.kill('SIGKILL')
    const [, file = ''] = await module.until(/wrote (leak-\S+json)/)
    const report = JSON.parse(readFileSync(path.join(output, 'leak-detector', file), 'utf8'))
    expect(report).toMatchObject({ verdict: 'undecided', target: { pid } })
    expect(report.reason).toMatch(/^\d+ of at least 10 samples, \d+\.\d s of at least 300: too few for a verdict$/)
    expect(report.samples.length).toBeGreaterThanOrEqual(1)
  })
})

function linesOf(output: string, name = 'mem-logger'): string[] {
  const folder = path.join(output, name)
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'))
  return files.flatMap((file) => readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n'))
}

/** Opens the one page of a folder; it may load nothing else. */
async function openReport(folder: string): Promise<Page> {
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.html'))
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, offline: true })
  const page = await context.newPage()
  const requested: string[] = []
  page.on('request', (request) => requested.push(request.url()))
  page.on('console', (message) => requested.push(message.text()))
  await page.goto(pathToFileURL(path.join(folder, file)).href)
  expect(requested).toEqual([page.url()])
  return page
}

/** What makes a chart readable, as Chromium has laid it out. */
async function expectChart(page: Page, names: readonly string[]): Promise<void> {
  const chart = page.getByRole('img')
  expect(await chart.locator('title').first().textContent()).toBe(await page.title())
  expect(await chart.locator('desc').textContent()).toMatch(/goes from \d.* to \d/)
  expect(await page.locator('.legend li').allTextContents()).toEqual(names)
  expect(await page.locator('.y-axis .label').textContent()).toMatch(/^Memory \((KiB|MiB|GiB)\)/)
  expect(await page.locator('.x-axis .label').textContent()).toMatch(/^Time since [-\d]+ [:\d]+ UTC \((seconds|minutes)\)$/)
  for (const axis of ['.x-axis', '.y-axis']) {
    const ticks = await page.locator(`${axis} text:not(.label)`).allTextContents()
    const values = ticks.map((tick) => Number(tick.replaceAll(',', '')))
    expect(values.length).toBeGreaterThanOrEqual(3)
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
  }
  expect(await overlaps(page)).toEqual([])
  expect(await page.locator('figure > svg .series').count()).toBe(names.length)
  expect(await page.locator('figure > svg .point').count()).toBeGreaterThanOrEqual(3)
  expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(3)

  const line = page.locator('figure > svg .s1 .line')
  expect((await line.boundingBox())?.width).toBeGreaterThan(800)
  const light = await colours(page)
  const lightPicture = await page.screenshot()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await colours(page)
  expect(light.ground).toBe('rgb(255, 255, 255)')
  expect(dark.ground).toBe('rgb(20, 23, 27)')
  expect(dark.line).not.toBe(light.line)
  expect((await page.screenshot()).equals(lightPicture)).toBe(false)

  await page.setViewportSize({ width: 360, height: 640 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
}

const colours = (page: Page) =>
  page.evaluate<{ ground: string; line: string }>(`({
    ground: getComputedStyle(document.body).backgroundColor,
    line: getComputedStyle(document.querySelector('figure > svg .s1 .line')).stroke
  })`)

/** Pairs of texts in the chart of which one covers the other, and texts that leave it. */
const overlaps = (page: Page) =>
  page.evaluate<string[]>(`(() => {
    const chart = document.querySelector('figure > svg')
    const frame = chart.getBoundingClientRect()
    const texts = [...chart.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()])
    const found = texts.filter(([, box]) => box.left < frame.left || box.right > frame.right + 1 || box.bottom > frame.bottom).map(([text]) => text)
    texts.forEach(([a, one], index) => texts.slice(index + 1).forEach(([b, other]) => {
      if (one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom) found.push(a + ' / ' + b)
    }))
    return found
  })()`)
