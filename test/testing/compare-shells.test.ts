import { expect, test } from 'vitest'
import { loaderScript } from '../../src/testing/index.ts'
import { constructsIn } from '../../src/testing/shell-constructs.ts'
import { tempFile } from '../temp-folder.ts'

const shells = ['bash', 'dash', 'busybox sh']

test('shells that agree', async () => {
  const script = loaderScript(tempFile('load.sh', 'echo module=a\nif [ x = x ]; then echo module=b,config=c; fi\n'))
  const compared = await script.compareShells(shells)
  expect(compared.agree).toBe(true)
  expect(compared.runs.map(({ modules }) => modules.map(({ name }) => name))).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b']
  ])
  expect(String(compared)).toBe(`load.sh: the shells agree
  bash        module=a
              module=b,config=c
  dash        module=a
              module=b,config=c
  busybox sh  module=a
              module=b,config=c`)
})

test('a script for bash alone, in a ConfigMap: what differs, and what may be why', async () => {
  const script = loaderScript.fromConfigMap('test/corpus/configmap/hermes-module-loader.yaml', 'load-sidecars.sh')
  const compared = await script.compareShells(['bash', 'dash'], { env: { CLUSTER_ENV: 'production' } })
  expect(compared.agree).toBe(false)
  expect(String(compared)).toBe(`hermes-module-loader.yaml: the shells differ
  bash  module=mem-profiler,config=prod-tunings
  dash  module=mem-logger
        | load-sidecars.sh: 3: [: production: unexpected operator
        | load-sidecars.sh: 5: [: production: unexpected operator
not every shell knows:
  line 9: == in [; POSIX: [ "$a" = b ]
  line 11: == in [; POSIX: [ "$a" = b ]`)
})

test('a shell that fails, and one that is not there', async () => {
  const script = loaderScript(tempFile('load.sh', 'x=(a b)\necho "module=${x[1]}"\n'))
  const compared = await script.compareShells(['bash', 'dash', 'no-such-shell'])
  expect(compared.runs.map(({ error }) => error?.code)).toEqual([
    undefined,
    'ERR_HERMES_SCRIPT_EXIT',
    'ERR_HERMES_INTERPRETER_NOT_FOUND'
  ])
  expect(String(compared)).toContain('line 1: an array; POSIX: set -- a b; for x in "$@"')
  expect((await script.compareShells(['no-such-shell'])).agree).toBe(false)
})

test.each([[undefined], [[]], [[1]]])('refuses shells that are none: %j', async (wrong) => {
  const script = loaderScript(tempFile('load.sh', 'echo none\n'))
  await expect(script.compareShells(wrong as never)).rejects.toMatchObject({ code: 'ERR_HERMES_OPTIONS_INVALID' })
})

test('refuses an interpreter beside the shells', async () => {
  const script = loaderScript(tempFile('load.sh', 'echo none\n'))
  await expect(script.compareShells(['bash'], { interpreter: 'dash' })).rejects.toMatchObject({
    code: 'ERR_HERMES_OPTIONS_INVALID',
    message: 'compareShells(): interpreter has no effect: what runs the script is named in shells'
  })
  expect((await script.compareShells(['bash'], { interpreter: undefined })).agree).toBe(true)
})

test.each([
  ['if [ "$a" == b ]; then', '== in ['],
  ['[[ $a = b ]]', '[['],
  ['x=(a b)', 'an array'],
  ['echo "${x[0]}"', 'an array'],
  ['while read -r l; do :; done < <(list)', 'process substitution'],
  ['function f { :; }', 'function f'],
  ['source lib.sh', 'source'],
  ["IFS=$'\\n'", "$'…'"],
  ['jq . <<< "$x"', 'a here-string (<<<)'],
  ['k &>/dev/null', '&>'],
  ['for i in {1..3}; do', '{a..b}'],
  ['cp a.{x,y} .', '{a,b}'],
  ['  local a=1', 'local'],
  ['((i++))', '(('],
  ['echo "${x//a/b}"', 'a substitution in ${…}'],
  ['echo "${x,,}"', 'a substitution in ${…}'],
  ['echo "${!x}"', '${!x}'],
  ['echo -e "a\\n"', 'echo with options'],
  ['mapfile -t x', 'read with options, mapfile'],
  ['read -a x', 'read with options, mapfile'],
  ['set -euo pipefail', 'pipefail']
])('knows %s', (line, name) => {
  expect(constructsIn(`:\n${line}\n`)).toMatchObject([{ line: 2, name }])
})

test.each([
  '[ "$a" = b ]',
  '# [[ x ]]',
  "echo '[[ x'",
  'read -r x',
  '$((x + 1))',
  'a() { echo "${x:-y}"; }',
  '. ./lib.sh',
  'f "$@" && { g; }',
  'echo "${x#a}"',
  'k >a 2>&1'
])('has nothing against %s', (line) => {
  expect(constructsIn(line)).toEqual([])
})
