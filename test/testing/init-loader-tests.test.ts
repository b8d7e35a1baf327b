import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { initLoaderTests } from '../../src/testing/index.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { rejection } from './kit.ts'

test('takes a file: URL too', async () => {
  const file = tempFile('load.sh', '[ "$TIER" = gold ] && echo module=mem-profiler || echo module=mem-logger\n')
  expect(await initLoaderTests(pathToFileURL(file))).toBe(await initLoaderTests(file))
})

test.each<[string, () => unknown, string, string]>([
  ['no path', () => 5, 'ERR_HERMES_OPTIONS_INVALID', 'the script takes a path or a file: URL'],
  ['another URL', () => new URL('https://example.org'), 'ERR_HERMES_OPTIONS_INVALID', 'the script takes a path or a file: URL'],
  ['no file', () => `${tempFolder()}/nothing.sh`, 'ERR_HERMES_SCRIPT_UNREADABLE', 'there is no such file'],
  ['a folder', () => tempFolder(), 'ERR_HERMES_SCRIPT_UNREADABLE', 'EISDIR']
])('refuses %s', async (_, script, code, why) => {
  const error = await rejection(initLoaderTests(script() as string))
  expect([error.code, error.message.includes(why)]).toEqual([code, true])
})
