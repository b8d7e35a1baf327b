import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loaderScript } from '../../src/testing/index.ts'
import { configMapSource } from '../../src/testing/script-source.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { rejection, runFolders } from './kit.ts'

const loader = 'test/corpus/configmap/hermes-module-loader.yaml'
const map = (data: string, name = 'one') => `kind: ConfigMap\nmetadata: { name: ${name} }\ndata:\n${data}`

describe('a script in a ConfigMap', () => {
  test.each([
    ['production', 'mem-profiler'],
    ['staging', 'mem-tracer'],
    [undefined, 'mem-logger']
  ])('runs as the file that the Pod has: %s', async (CLUSTER_ENV, name) => {
    for (const source of [loader, pathToFileURL(path.resolve(loader))]) {
      const run = await loaderScript.fromConfigMap(source, 'load-sidecars.sh').run({ env: { CLUSTER_ENV } })
      expect(run.modules).toMatchObject([{ name }])
      expect(path.basename(run.modules[0]?.origin.source ?? '')).toBe('load-sidecars.sh')
    }
    expect(runFolders().filter((folder) => folder.startsWith('hermes-script-'))).toEqual([])
  })

  test('comes as text too', async () => {
    const text = map('  a.sh: |\n    echo module=a\n  b.sh: "echo module=b\\n"\n')
    const script = loaderScript.fromConfigMap({ text, source: 'helm' }, 'b.sh', { env: {} })
    expect((await script.run()).modules).toMatchObject([{ name: 'b' }])
  })

  test.each<[string, unknown, unknown, string, string]>([
    [
      'a key that is not there',
      { text: map('  a.sh: x\n  b.sh: y\n') },
      'a.s',
      'OPTIONS_INVALID',
      'no ConfigMap in <config map> has the key "a.s": did you mean "a.sh"? (keys: "a.sh", "b.sh")'
    ],
    [
      'no key at all',
      { text: 'kind: Pod\n', source: 'x.yaml' },
      'a',
      'OPTIONS_INVALID',
      'no ConfigMap in x.yaml has the key "a": none has any (keys: none)'
    ],
    [
      'a key of several',
      { text: `${map('  a: x\n')}---\n${map('  a: y\n', 'two')}` },
      'a',
      'OPTIONS_INVALID',
      '"a" is a key of 2 ConfigMaps: "one", "two"'
    ],
    ['a key that can be none', { text: map('  a/b: x\n') }, 'a/b', 'OPTIONS_INVALID', `"a/b" can't be the key of a ConfigMap`],
    ['a key of another type', { text: '' }, 1, 'OPTIONS_INVALID', 'the key takes a string'],
    ['no text', { txt: '' }, 'a', 'OPTIONS_INVALID', 'the ConfigMap takes a path, a file: URL or { text, source }'],
    ['nothing', null, 'a', 'OPTIONS_INVALID', 'the ConfigMap takes a path'],
    ['an empty source', { text: '', source: '' }, 'a', 'OPTIONS_INVALID', 'source takes a string that is not empty'],
    [
      'YAML that is wrong',
      { text: 'kind: ConfigMap\ndata: [', source: 'x.yaml' },
      'a',
      'SCRIPT_UNREADABLE',
      'the YAML is wrong:\nx.yaml:2'
    ]
  ])('is refused: %s', async (_, source, key, code, message) => {
    const error = await rejection(loaderScript.fromConfigMap(source as string, key as string).run())
    expect(error.code).toBe(`ERR_HERMES_${code}`)
    expect(error.message).toContain(message)
  })

  test('a file that is not there', async () => {
    const error = await rejection(loaderScript.fromConfigMap(path.join(tempFolder(), 'no.yaml'), 'a').run())
    expect(error).toMatchObject({ code: 'ERR_HERMES_SCRIPT_UNREADABLE', cause: { code: 'ENOENT' } })
  })

  test.each([
    ['a literal block', '  a: |\n    one\n\n      two\n', [4 + 1, 4 + 3]],
    ['a literal block without a final newline', '  a: |-\n    one\n    two\n', [5, 6]],
    ['a folded block', '  a: >\n    one\n    two\n', [undefined, undefined]],
    ['a quoted text', '  a: "one\\ntwo"\n', [undefined, undefined]]
  ])('the lines of %s', async (_, data, [first, last]) => {
    const text = map(data)
    const source = await configMapSource(tempFile('x.yaml', text), 'a')()
    try {
      expect([source.name, source.lineOf(1)]).toEqual(['x.yaml', first])
      if (data.includes('\n\n')) expect(source.lineOf(3)).toBe(last)
    } finally {
      source.dispose()
    }
  })
})
