import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readText } from '../../src/testing/read-text.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'

test('reads a regular file', () => {
  expect(readText(tempFile('lib.sh', 'f() { :; }\n'))).toBe('f() { :; }\n')
})

test('a FIFO, a descriptor and a folder are passed over, and block nothing', () => {
  const folder = tempFolder()
  const fifo = path.join(folder, 'fifo')
  spawnSync('mkfifo', [fifo])
  const descriptor = openSync(tempFile('lib.sh', ''), 'r')
  const places = [fifo, `/dev/fd/${descriptor}`, `/proc/self/fd/${descriptor}`, folder, path.join(folder, 'nothing')]
  expect(places.map(readText)).toEqual(places.map(() => undefined))
})
