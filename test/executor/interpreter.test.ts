import { describe, expect, test } from 'vitest'
import { chooseInterpreter, splitCommand } from '../../src/executor/interpreter.ts'

const choose = (text: string, option?: string[]) => chooseInterpreter(option, new TextEncoder().encode(text))

describe('the #! line', () => {
  test.each([
    ['#!/bin/bash\n', ['/bin/bash']],
    ['#! /bin/bash -eu\n', ['/bin/bash', '-eu']],
    ['#!/bin/bash', ['/bin/bash']],
    ['#!/bin/busybox sh\n', ['/bin/busybox', 'sh']],
    ['#!/usr/bin/env bash\n', ['/usr/bin/env', 'bash']],
    ['#!/usr/bin/env -S bash -eu -o pipefail\n', ['/usr/bin/env', 'bash', '-eu', '-o', 'pipefail']],
    ['#!/usr/bin/env -Sbash -e\n', ['/usr/bin/env', 'bash', '-e']],
    ['#!/usr/bin/env --split-string=bash -e\n', ['/usr/bin/env', 'bash', '-e']],
    ['#!/usr/bin/env\n', ['/usr/bin/env']],
    ["#!/opt/my\\ tools/sh 'a b'\n", ['/opt/my tools/sh', 'a b']],
    ['\ufeff#!/bin/bash\n', ['/bin/bash']]
  ])('%j', async (text, argv) => {
    expect(await choose(text)).toEqual({ argv, namedBy: '#!' })
  })

  test.each([
    ['#!/bin/bash\r\necho none\r\n', /ends in CR LF/],
    ['#!\n', /names no program/],
    ['#!bash\n', /names bash, which is no absolute path/],
    ['#!/bin/bash $FLAGS\n', /more than plain words/],
    ['#!/bin/bash "-e\n', /more than plain words/],
    ['\n#!/bin/bash\n', /stands in line 2/],
    [' #!/bin/bash\n', /stands after white space/],
    ['# a\n# b\n# c\n# d\n\t#!/bin/bash\n', /stands in line 5/],
    [`# ${'a'.repeat(5_000)}\n#!/bin/bash`, /stands in line 2/]
  ])('%j is refused', async (text, why) => {
    expect(await choose(text)).toEqual({ why: expect.stringMatching(why), remedy: expect.stringMatching(/^\w.+/) })
  })
})

test.each(['', 'echo none\n', '# a\n# b\n# c\n# d\n# e\n#!/bin/bash\n', 'echo "#!/bin/bash"\n'])(
  '%j runs by /bin/sh',
  async (text) => {
    expect(await choose(text)).toEqual({ argv: ['/bin/sh'], namedBy: 'default' })
  }
)

test('the option wins over any #!, a wrong one too', async () => {
  expect(await choose('\n#!/bin/bash\r\n', ['dash', '-e'])).toEqual({ argv: ['dash', '-e'], namedBy: 'option' })
})

describe('a command line', () => {
  test.each([
    ['bash -eu -o pipefail', ['bash', '-eu', '-o', 'pipefail']],
    [`"/opt/my tools/sh" 'it''s'`, ['/opt/my tools/sh', 'its']],
    ['a\\ b', ['a b']],
    ['  ', []]
  ])('%j is split into words', async (command, words) => {
    expect(await splitCommand(command)).toEqual(words)
  })

  test.each([
    'bash $X',
    'bash $(x)',
    'bash *',
    'a; b',
    'a | b',
    'a > b',
    'bash # -e',
    "bash 'open",
    'bash "open',
    'a && b',
    'bash `x`',
    'bash \\'
  ])('%j is more than words', async (command) => {
    expect(await splitCommand(command)).toBeUndefined()
  })
})
