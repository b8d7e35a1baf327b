import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { load } from './example-files.ts'
import { startServer } from './processes.ts'

interface Process {
  pid: number
  parent: number
  startTicks: number
  argv: string[]
  exe: string | undefined
}

const { choose } = await load<{ choose(wanted: string | number, processes: Process[], own: number): Process[] }>(
  'sidecar/find-target.js'
)
const { dangerOf, nodeFlags, inspectorPort } = await load<{
  dangerOf(process: Process): string | undefined
  nodeFlags(argv: string[]): string[]
  inspectorPort(argv: string[]): number
}>('sidecar/may-signal.js')
const { readProcess } = await load<{ readProcess(pid: number): Process | undefined }>('sidecar/processes.js')
const { theilSen } = await load<{
  theilSen(points: [number, number][]): { slope: number; intercept: number } | undefined
}>('leak-detector/theil-sen.js')
const { judgeGrowth } = await load<{
  judgeGrowth(
    samples: [number, number][],
    settings: { windowMs: number; minGrowthKiBPerSec: number }
  ): { verdict: string; reason: string }
}>('leak-detector/judge-growth.js')
const { roundTicks, verticalRange } = await load<{
  roundTicks(from: number, to: number, most: number, steps?: number[]): number[]
  verticalRange(least: number, most: number): [number, number]
}>('sidecar/chart-scales.js')

/** A Pod with one process namespace: pause, a shell, `npm start`, the app, and modules. */
const pod: Process[] = [
  { pid: 1, parent: 0, startTicks: 1, argv: ['/pause'], exe: undefined },
  { pid: 7, parent: 0, startTicks: 2, argv: ['npm start'], exe: '/usr/local/bin/node' },
  { pid: 8, parent: 7, startTicks: 3, argv: ['sh', '-c', 'node server.js'], exe: '/bin/dash' },
  { pid: 9, parent: 8, startTicks: 4, argv: ['node', 'server.js'], exe: '/usr/local/bin/node' },
  { pid: 20, parent: 0, startTicks: 5, argv: ['hermes:mem-logger'], exe: '/usr/local/bin/node' },
  {
    pid: 21,
    parent: 0,
    startTicks: 6,
    argv: ['node', '/usr/local/bin/mem-tracer', '--target', 'server.js'],
    exe: '/usr/bin/node'
  },
  { pid: 30, parent: 0, startTicks: 7, argv: ['sh', '-c', 'exec tool --target server.js'], exe: '/bin/dash' },
  { pid: 31, parent: 30, startTicks: 8, argv: ['node', 'tool.js', '--target', 'server.js'], exe: '/usr/bin/node' },
  { pid: 40, parent: 0, startTicks: 9, argv: ['redis-server'], exe: '/usr/bin/redis-server' }
]

it.each<[wanted: string | number, found: number[]]>([
  ['auto', [9]],
  ['server.js', [9]],
  ['node*server', [9]],
  ['redis', [40]],
  ['serv.r.js', []],
  ['node', [9]],
  ['/pause', [1]],
  [40, [40]],
  ['40', [40]],
  [41, []]
])('finds for the target %j in a Pod: %j', (wanted, found) => {
  expect(choose(wanted, pod, 31).map(({ pid }) => pid)).toEqual(found)
})

it('does not choose between two Node.js processes', () => {
  const second = { pid: 50, parent: 0, startTicks: 10, argv: ['node', 'worker.js'], exe: '/usr/local/bin/node' }
  expect(choose('auto', [...pod, second], 31).map(({ pid }) => pid)).toEqual([9, 50])
})

describe('flags of Node.js', () => {
  it.each([
    [['node', 'server.js', '--disable-sigusr1'], [], 9229],
    [['node', '--disable-sigusr1', 'server.js'], ['--disable-sigusr1'], 9229],
    [['node', '-r', 'x.js', '--inspect-port=9300', 'server.js'], ['-r', '--inspect-port=9300'], 9300],
    [['node', '--inspect=127.0.0.1:9301', '--', '--inspect=1'], ['--inspect=127.0.0.1:9301'], 9301],
    [['node', '--inspect=[::1]:9302', 'server.js'], ['--inspect=[::1]:9302'], 9302],
    [['node', '--inspect-port=0', 'server.js'], ['--inspect-port=0'], 0],
    [['node'], [], 9229]
  ])('of %j are %j, and its inspector is on %i', (argv, flags, port) => {
    expect(nodeFlags(argv)).toEqual(flags)
    expect(inspectorPort(argv)).toBe(port)
  })

  it('keep a signal away', async () => {
    const { pid } = await startServer('healthy')
    const server = readProcess(pid)
    if (server === undefined) throw new Error('the server is gone')
    expect(dangerOf(server)).toBeUndefined()
    const [node = '', ...rest] = server.argv
    expect(dangerOf({ ...server, argv: [node, '--disable-sigusr1', ...rest] })).toBe(
      'runs with --disable-sigusr1: its inspector can not be opened'
    )
    expect(dangerOf({ ...server, exe: undefined })).toContain("/proc/PID/exe can't be read")
    expect(dangerOf({ ...server, exe: '/usr/bin/python3' })).toBe('is not Node.js: SIGUSR1 would kill it')
  })
})

describe('growth', () => {
  it('is the slope of a line, whatever a quarter of the values are', () => {
    const line = fc.record({ slope: fc.integer({ min: -1000, max: 1000 }), start: fc.integer({ min: 0, max: 1e6 }) })
    const wrong = fc.array(fc.tuple(fc.integer({ min: 0, max: 39 }), fc.integer({ min: -1e9, max: 1e9 })), { maxLength: 5 })
    fc.assert(
      fc.property(line, wrong, ({ slope, start }, outliers) => {
        const points = Array.from({ length: 40 }, (_, x): [number, number] => [x, start + slope * x])
        for (const [at, y] of outliers) points[at] = [at, y]
        expect(theilSen(points)?.slope).toBeCloseTo(slope, 6)
      })
    )
  })

  it('is unknown of one moment', () => {
    expect(theilSen([[1, 5]])).toBeUndefined()
    expect(
      theilSen([
        [1, 5],
        [1, 9]
      ])
    ).toBeUndefined()
  })

  const mib = 2 ** 20
  const seconds = Array.from({ length: 60 }, (_, second) => second)
  it.each([
    ['rises', (s: number) => s * mib, 'leaking'],
    ['rises in saw teeth', (s: number) => s * mib + (s % 8) * 3 * mib, 'leaking'],
    ['falls', (s: number) => (60 - s) * mib, 'healthy'],
    ['keeps', () => 50 * mib, 'healthy'],
    ['keeps in saw teeth', (s: number) => (s % 10) * mib, 'healthy'],
    ['fills a cache', (s: number) => Math.min(s, 35) * mib, 'healthy'],
    ['takes one step', (s: number) => (s < 30 ? 0 : 90 * mib), 'healthy']
  ])('that %s is judged', (_, course, verdict) => {
    const samples = seconds.map((second): [number, number] => [1e12 + second * 1000, course(second)])
    expect(judgeGrowth(samples, { windowMs: 60_000, minGrowthKiBPerSec: 100 }).verdict).toBe(verdict)
  })

  it('is not judged from half a window or from few samples', () => {
    const few = seconds.slice(0, 9).map((second): [number, number] => [second * 1000, second])
    const short = seconds.slice(0, 29).map((second): [number, number] => [second * 1000, second])
    for (const samples of [[], few, short]) {
      expect(judgeGrowth(samples, { windowMs: 60_000, minGrowthKiBPerSec: 1 })).toMatchObject({ verdict: 'undecided' })
    }
  })
})

describe('axes', () => {
  it('have few ticks, round, and all in the range', () => {
    const range = fc.record({
      from: fc.double({ min: 0, max: 1e6, noNaN: true }),
      span: fc.double({ min: 0.1, max: 1e6, noNaN: true })
    })
    fc.assert(
      fc.property(range, ({ from, span }) => {
        const ticks = roundTicks(from, from + span, 7)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.length).toBeLessThanOrEqual(8)
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from - span / 1e3)
          expect(tick).toBeLessThanOrEqual(from + span * 1.001)
        }
      })
    )
  })

  it('begin at 0 unless that hides the course', () => {
    expect(verticalRange(10, 100)[0]).toBe(0)
    expect(verticalRange(1000, 1010)[0]).toBeGreaterThan(990)
    expect(verticalRange(0, 0)).toEqual([0, 1])
    const [low, high] = verticalRange(500, 500)
    expect([low < 500, high > 500]).toEqual([true, true])
  })
})

describe('the course of memory', async () => {
  interface History {
    add(time: number, values: Record<string, number>, absent: Record<string, string>): void
    read(): { lines: number; series: { field: string; points: unknown[] }[]; notDrawn: { field: string }[] }
  }
  const { createHistory } = await load<{ createHistory(fields: string[]): History }>('mem-logger/history.js')

  it('stays bounded, and spans all of it', () => {
    const history = createHistory(['rssBytes'])
    for (let time = 0; time < 5000; time++) history.add(time, { rssBytes: time }, {})
    const { lines, series } = history.read()
    expect(lines).toBe(5000)
    const points = series[0]?.points ?? []
    expect(points.length).toBeGreaterThan(100)
    expect(points.length).toBeLessThan(300)
    expect(points[0]).toEqual([0, 0])
    expect(points.at(-1)).toEqual([4992, 4992])
  })

  it('is not flattened by a limit that is far above it', () => {
    const history = createHistory(['rssBytes', 'cgroupUsageBytes', 'cgroupLimitBytes'])
    history.add(0, { rssBytes: 100, cgroupUsageBytes: 390, cgroupLimitBytes: 410 }, {})
    const { series, notDrawn } = history.read()
    expect(series.map(({ field }) => field)).toEqual(['rssBytes', 'cgroupUsageBytes'])
    expect(notDrawn.map(({ field }) => field)).toEqual(['cgroupLimitBytes'])
  })
})
