import { describe, expect, it } from 'vitest'
import { captureOutput } from '../../src/executor/capture-output.ts'

function capture(limit: number) {
  const lines: string[] = []
  const overs: number[] = []
  const output = captureOutput({ limit, onOver: () => overs.push(1), onLine: (line) => lines.push(line) })
  const [stdout, stderr, descriptor3] = output.sinks
  return { output, stdout, stderr, descriptor3, lines, overs }
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('a capped channel', () => {
  it('takes exactly the limit', () => {
    const { output, stdout, overs } = capture(5)
    stdout.write(bytes('ab'))
    stdout.write(bytes('cde'))
    expect(overs).toEqual([])
    expect(output.take().stdout).toEqual(bytes('abcde'))
  })

  it('is over with one byte more, keeps what went over and nothing after, and says so once', () => {
    const { output, stdout, overs } = capture(5)
    stdout.write(bytes('abc'))
    expect(stdout.full).toBe(false)
    stdout.write(bytes('def'))
    stdout.write(bytes('ghi'))
    expect(stdout.full).toBe(true)
    expect(overs).toEqual([1])
    expect(output.take().stdout).toEqual(bytes('abcdef'))
  })

  it('copies a chunk that is only lent', () => {
    const { output, stdout } = capture(5)
    const lent = bytes('abc')
    stdout.write(lent)
    lent.fill(0)
    expect(output.take().stdout).toEqual(bytes('abc'))
  })
})

describe('the answer', () => {
  it('is stdout, and what comes later on descriptor 3 is nothing', () => {
    const { output, stdout, descriptor3 } = capture(5)
    output.decide()
    descriptor3.write(bytes('late'))
    stdout.write(bytes('more'))
    expect(output.answer).toBe(0)
    expect(output.take()).toEqual({ stdout: bytes('more'), stderr: '', descriptor3: undefined })
  })

  it('is descriptor 3 after one byte there, and what comes later in the log is nothing', () => {
    const { output, stdout, descriptor3 } = capture(5)
    stdout.write(bytes('log'))
    descriptor3.write(bytes('x'))
    output.decide()
    stdout.write(bytes('late'))
    descriptor3.write(bytes('y'))
    expect(output.answer).toBe(2)
    expect(output.take()).toEqual({ stdout: bytes('log'), stderr: '', descriptor3: bytes('xy') })
  })
})

describe('stderr', () => {
  it('is told line by line, characters and line ends split anywhere', () => {
    const { output, stderr, lines } = capture(5)
    for (const byte of bytes('größe\r\n\nzwölf')) stderr.write(Uint8Array.of(byte))
    expect(lines).toEqual(['größe', ''])
    expect(output.take().stderr).toBe('größe\r\n\nzwölf')
    expect(lines).toEqual(['größe', '', 'zwölf'])
  })

  it('is kept whole up to 64 KiB', () => {
    const { output, stderr } = capture(5)
    stderr.write(bytes('x'.repeat(65_536)))
    expect(output.take().stderr).toBe('x'.repeat(65_536))
  })

  it.each([65_537, 131_073, 500_000])('is cut to its last 64 KiB at a character, of %i bytes', (size) => {
    const { output, stderr } = capture(5)
    const text = `${'x'.repeat(size % 2)}${'é'.repeat((size - (size % 2)) / 2)}.`
    for (let at = 0; at < size + 1; at += 1000) stderr.write(bytes(text).subarray(at, at + 1000))
    expect(output.take().stderr).toBe(`${'é'.repeat(32_767)}.`)
  })

  it('tells a line that never ends in pieces', () => {
    const { stderr, lines } = capture(5)
    for (let count = 0; count < 3; count++) stderr.write(bytes('y'.repeat(40_000)))
    expect(lines).toEqual(['y'.repeat(80_000)])
  })
  it('is told up to 10,000 lines, then that there are more', () => {
    const { output, stderr, lines } = capture(5)
    for (let count = 0; count < 30; count++) stderr.write(bytes('y\n'.repeat(1000)))
    expect(output.take().stderr).toHaveLength(60_000)
    expect(lines).toHaveLength(10_001)
    expect(lines.slice(-2)).toEqual(['y', '(10000 lines were told; there are more, and only the last of them are kept)'])
  })
})
