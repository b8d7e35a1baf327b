import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { standardOutput } from '../../src/cli/standard-streams.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'

test('writes all of a text to a descriptor', () => {
  const file = tempFile('out', '')
  const fd = openSync(file, 'w')
  standardOutput(fd, 'fails').write(`${'é'.repeat(100_000)}\n`)
  closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe(`${'é'.repeat(100_000)}\n`)
})

test('a full disk is an exception for results, and none for messages', () => {
  const fd = openSync('/dev/full', 'w')
  expect(() => standardOutput(fd, 'fails').write('x')).toThrow("the results can't be written: ENOSPC")
  expect(standardOutput(fd, 'is ignored').write('x')).toBe(undefined)
  closeSync(fd)
})

test('a reader that went away is no error', () => {
  const fifo = path.join(tempFolder(), 'fifo')
  spawnSync('mkfifo', [fifo])
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(fifo, 'w')
  closeSync(reader)
  expect(standardOutput(writer, 'fails').write('x')).toBe(undefined)
  closeSync(writer)
})

test('a file, a device and a descriptor that is closed are no terminal', () => {
  const file = openSync(tempFile('out', ''), 'w')
  const device = openSync('/dev/null', 'w')
  const closed = openSync('/dev/null', 'w')
  closeSync(closed)
  const outputs = [file, device, closed].map((fd) => standardOutput(fd, 'fails'))
  expect(outputs.map(({ isTTY, columns }) => [isTTY, columns])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
    [undefined, undefined]
  ])
  closeSync(file)
  closeSync(device)
})
