import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScriptRequest } from '../../src/index.ts'
import { tempFolder } from '../temp-folder.ts'
import { bashes, blamed, type RunOptions, runPlain, runTraced, seen } from './traced.ts'

interface Case {
  name: string
  script: string
  /** What is blamed. */
  blame: string[]
  /** The same of bash before 4.3, where it is less. */
  oldBlame?: string[]
  state?: 'partial' | 'none'
  options?: RunOptions
}

const lib = 'say() {\n  echo "module=$1"\n}\necho module=lib\n'

const cases: Case[] = [
  { name: 'plain commands', script: 'echo module=a\n\nprintf "module=%s\\n" b c\n', blame: ['a 1', 'b 3', 'c 3'] },
  {
    name: 'a command of several lines',
    script: 'echo \\\n  module=a\necho "module=b\nmodule=c"\n',
    blame: ['a 1', 'b 3', 'c 3']
  },
  { name: 'a line with several commands', script: ':; echo module=a; :\n', blame: ['a 1'] },
  {
    name: 'an array',
    script: 'names=(\n  a\n  # none\n  "b"\n)\nfor name in "${names[@]}"; do\n  echo "module=$name"\ndone\n',
    blame: ['a 7', 'b 7']
  },
  { name: 'a here-document', script: 'x=b\ncat <<EOF\nmodule=a\nmodule=$x\nEOF\necho module=c\n', blame: ['a 2', 'b 2', 'c 6'] },
  { name: 'a here-string', script: 'cat <<< "module=a\nmodule=b"\n', blame: ['a 1', 'b 1'] },
  { name: 'a function', script: 'say() {\n  echo "module=$1"\n}\nsay a\nsay b; echo module=c\n', blame: ['a 2', 'b 2', 'c 5'] },
  {
    name: 'a substitution',
    script: 'name=$(\n  echo a\n)\necho "module=$name"\necho "module=$(echo b)"\n',
    blame: ['a 4', 'b 5']
  },
  { name: 'a subshell', script: '(\n  cd /\n  echo module=a\n)\necho module=b\n', blame: ['a 3', 'b 5'] },
  { name: 'a pipeline', script: 'echo a b |\n  tr " " "\\n" |\n  sed s/^/module=/\n', blame: ['a 3', 'b 3'] },
  {
    name: 'a loop at the end of a pipeline',
    script: 'printf "a\\nb\\n" | while read -r name; do\n  echo "module=$name"\ndone\n',
    blame: ['a 2', 'b 2']
  },
  {
    name: 'a loop at the start of one',
    script: 'for name in a b; do\n  echo "module=$name"\ndone | sort\n',
    blame: ['a 3', 'b 3']
  },
  {
    name: 'a loop over a process substitution',
    script: 'while read -r name; do\n  echo "module=$name"\ndone < <(printf "a\\nb\\n")\n',
    blame: ['a 2', 'b 2']
  },
  {
    name: 'arithmetic and conditions',
    script: 'for ((i = 0; i < 2; i++)); do\n  [[ $i == 1 ]] &&\n    echo "module=m$i"\ndone\n((i > 1)) && echo module=a\n',
    blame: ['m1 3', 'a 5']
  },
  { name: 'case', script: 'case $1 in\n  x) echo module=a ;;\n  *)\n    echo module=b\n    ;;\nesac\n', blame: ['b 4'] },
  {
    name: 'eval',
    script: 'x=b\neval "echo module=a\necho module=$x"\necho module=c\n',
    oldBlame: ['a ?', 'b ?', 'c ?'],
    blame: ['a 2', 'b 2', 'c 4']
  },
  {
    name: 'a child',
    script: 'sh -c "echo module=a"\n./child.sh\nbash child.sh\n',
    blame: ['a 1', 'c 2'],
    options: { files: { 'child.sh': '#!/bin/bash\necho module=c\n' } }
  },
  {
    name: 'a library',
    script: '. ./lib.sh\nsay a\n',
    blame: ['lib lib.sh 4', 'a lib.sh 2'],
    options: { files: { 'lib.sh': lib } }
  },
  { name: 'a library out of a pipe', script: 'source <(printf "echo module=a\\n")\necho module=b\n', blame: ['a 1', 'b 2'] },
  {
    name: 'a directive in pieces',
    script: 'printf module=\nprintf a\necho\nprintf "  "; printf "module=b"\necho\n',
    blame: ['a 1', 'b 4']
  },
  {
    name: 'descriptor 3',
    script: 'echo log\necho module=a >&3\nsay() { echo "module=$1"; }\nsay b >&3\n{ echo log; echo module=c; } >&3 2>&1\n',
    blame: ['a 2', 'b 3', 'c 5']
  },
  {
    name: 'descriptor 3 by another number',
    script: 'exec 5>&3 1>&2\necho log\necho module=a >&5\nexec >&5\necho module=b\n',
    blame: ['a 3', 'b 5']
  },
  {
    name: 'stdout put aside',
    script: 'exec 4>&1 >&2\necho log\necho module=a >&4\necho log\necho module=b 1>&4 4>&-\n',
    blame: ['a 3', 'b 5']
  },
  {
    name: 'a helper that uses descriptor 3 itself',
    script: 'echo log\necho module=a >&3\n./child.sh\n',
    blame: ['a 2', 'b 3'],
    options: { files: { 'child.sh': '#!/bin/sh\necho module=b >&3\n' } }
  },
  {
    name: 'set -eu and friends',
    script: 'set -Eeuo pipefail\ntrue | cat\nif false; then :; fi\n! false\necho "module=a"\nfalse || echo module=b\n',
    blame: ['a 5', 'b 6']
  },
  { name: 'set -u with $!', script: 'set -u\necho module=a\n[ -n "${!-}" ] || echo module=b\n', blame: ['a 2', 'b 3'] },
  { name: 'set -a', script: 'set -a\nmodule=a\nenv | grep ^module\nenv | sort\n', blame: ['a 3'] },
  { name: 'set -f and a strange IFS', script: 'set -f\nIFS=123=/\necho "module=a"\n', blame: ['a 3'] },
  { name: 'strict mode', script: "IFS=$'\\n\\t'\necho $'\\nmodule=a'\n", blame: ['a 2'] },
  { name: 'signs that end a record', script: "x=$'\\x01\\x02\\x1f'\necho \"$x\" $'\\x02\\nmodule=a'\n", blame: ['a 2'] },
  {
    name: 'a trap that calls a function on whose line more stands',
    script: 'bye() { :; echo module=b; }; echo module=a; trap bye EXIT\n',
    blame: ['a 1', 'b ?']
  },
  { name: 'set -C', script: 'set -C\necho module=a\necho module=b >&3\n', blame: ['b 3'] },
  { name: 'set -x', script: 'set -x\necho module=a\n', blame: ['a 2'] },
  { name: 'nocasematch', script: 'shopt -s nocasematch extglob\n[[ A == a ]] && echo module=a\n', blame: ['a 2'] },
  {
    name: '$_',
    script: 'echo module=a\necho "module=$_" | sed s/.*=/module=b/\n: one two\n[ "$_" = two ] && echo module=c\n',
    blame: ['a 1', 'ba 2', 'c 4']
  },
  { name: '$_ at the start', script: 'echo "# $_"\n', blame: [] },
  {
    name: '$? and PIPESTATUS',
    script: 'false\necho "module=m$?"\ntrue | (exit 3) | true\necho "module=p${PIPESTATUS[1]}"\n',
    blame: ['m1 2', 'p3 4']
  },
  { name: 'BASH_REMATCH', script: '[[ abc =~ b(.) ]]\n:\necho "module=${BASH_REMATCH[1]}"\n', blame: ['c 3'] },
  { name: 'an ERR trap with its line', script: 'trap \'echo "# line $LINENO"\' ERR\n\nfalse\necho module=a\n', blame: ['a 4'] },
  {
    name: 'an ERR trap in functions',
    script: 'set -E\ntrap \'echo "# line $LINENO"\' ERR\nf() {\n  false\n  echo module=a\n}\nf\n',
    blame: ['a 5']
  },
  { name: 'an EXIT trap', script: "trap 'echo module=b' EXIT\necho module=a\n", blame: ['a 2', 'b ?'] },
  {
    name: 'an EXIT trap with a function',
    script: 'bye() {\n  :\n  echo module=b\n}\ntrap bye EXIT\necho module=a\n',
    blame: ['a 6', 'b ?']
  },
  {
    name: 'a trap in a subshell',
    script: "(trap 'echo module=b' EXIT\necho module=a)\necho module=c\n",
    blame: ['a 2', 'b ?', 'c 3']
  },
  {
    name: 'its own DEBUG trap',
    script: 'echo module=a\ntrap \'n=$((n+1))\' DEBUG\nf() { :; }\nf\necho "module=m$n"\n',
    blame: ['a 1', 'm2 ?'],
    state: 'partial'
  },
  {
    name: 'its own RETURN trap',
    script: 'f() {\n  tmp=$(mktemp)\n  trap \'rm -f "$tmp"\' RETURN\n  g\n  [ -e "$tmp" ] && echo module=a\n}\ng() { :; }\nf\n',
    blame: ['a ?'],
    state: 'partial'
  },
  { name: 'functrace', script: 'echo module=a\nset -T\necho "module=m${-//[^T]/}"\n', blame: ['a 1', 'mT ?'], state: 'partial' },
  { name: 'extdebug', script: 'shopt -s extdebug\necho module=a\n', blame: ['a ?'], state: 'partial' },
  {
    name: 'functions that it unsets as they come',
    script: 'echo module=a\nfor f in $(compgen -A function); do\n  unset -f "$f"\ndone\necho module=b\n',
    blame: ['a 1', 'b ?'],
    state: 'partial'
  },
  {
    name: 'all functions that it unsets',
    script: 'echo module=a\nunset -f $(declare -F | cut -d" " -f3)\necho module=b\n',
    blame: ['a 1', 'b ?'],
    state: 'partial'
  },
  {
    name: 'a function of the trace that it unsets',
    script: 'echo module=a\nbuiltin unset -f -- __hermes_x\necho module=b\n',
    blame: ['a 1', 'b ?'],
    state: 'partial'
  },
  {
    name: 'unset that is no reason to stop',
    script: 'f() { :; }\nk=1 a=(1 2)\nunset -f f g\nunset "a[$k]" a[$k]\nunset -v "$k" k 2>/dev/null\necho module=a\n',
    blame: ['a 6']
  },
  { name: 'unset LINENO', script: 'echo module=a\nunset LINENO\necho module=b\n', blame: ['a 1', 'b ?'], state: 'partial' },
  {
    name: 'aliases',
    script: 'echo module=a\nshopt -s expand_aliases\nalias e=echo\ne module=b\n',
    blame: ['a 1', 'b ?'],
    state: 'partial'
  },
  { name: 'no aliases', script: 'shopt -u expand_aliases\nshopt -q expand_aliases\necho module=a\n', blame: ['a 3'] },
  { name: 'shopt $x', script: 'x=extglob\necho module=a\nshopt -s $x\n', blame: ['a 2'], state: 'partial' },
  { name: 'set -v', script: 'echo module=a\nset -v\necho module=b\n', blame: ['a 1', 'b ?'], state: 'partial' },
  {
    name: 'BASH_XTRACEFD',
    script: 'echo module=a\nexec 4>/dev/null; BASH_XTRACEFD=4\nset -x\necho module=b\n',
    blame: ['a 1', 'b ?'],
    state: 'partial'
  },
  { name: 'trap -p', script: 'echo module=a\ntrap -p >&2\n', blame: ['a 1'], state: 'partial' },
  {
    name: 'traps that are no reason to stop',
    script:
      'trap \'rm -f "$x"\' EXIT INT TERM\ntrap "echo \\"$x\\" >&2" USR1\ntrap - INT\ntrap \'\' HUP\ntrap -- : EXIT\necho module=a\n',
    blame: ['a 6']
  },
  { name: 'set -- with an expansion', script: 'set -- $x a -v\nset -e -- "$@"\necho "module=$1"\n', blame: ['a 3'] },
  { name: 'a background process', script: 'echo module=a\nsleep 0 >/dev/null &\nwait\necho module=b\n', blame: ['a 1', 'b ?'] },
  { name: 'a function in the background', script: 'f() {\n  echo module=b\n}\necho module=a\nf & wait\n', blame: ['a 4', 'b ?'] },
  { name: 'stdout into a process', script: 'echo module=a\nexec > >(cat)\necho module=b\n', blame: ['a 1', 'b ?'] },
  { name: 'a coprocess', script: 'echo module=a\ncoproc cat\necho module=b\n', blame: ['a ?', 'b ?'] },
  { name: 'setsid', script: 'echo module=a\nsetsid true\necho module=b\n', blame: ['a 1', 'b ?'] },
  { name: 'exec', script: 'echo module=a\nexec echo module=b\n', blame: ['a 1', 'b 2'] },
  { name: 'a failing script', script: 'echo module=a\nexit 3\n', blame: ['a 1'] },
  { name: 'a script that a signal ends', script: 'echo module=a\nkill -9 $$\n', blame: ['a 1'] },
  { name: 'bytes that are no text', script: "printf '\\001\\002\\377\\000\\n'\nprintf 'module=a\\n'\n", blame: ['a 2'] },
  {
    name: 'commands longer than a pipe takes at once',
    script: `x=${'y'.repeat(9000)}\ncat <<EOF\n${'# z\n'.repeat(3000)}module=a\nEOF\n`,
    blame: ['a 2']
  },
  { name: 'the environment of what it starts', script: 'echo module=a\nenv | sort\ndeclare -x\n', blame: ['a 1'] },
  { name: 'descriptors of what it starts', script: 'echo module=a\nls /proc/self/fd | sort >&2\n', blame: ['a 1'] },
  {
    name: 'LINENO and the stack',
    script:
      'f() {\n  echo "# $LINENO ${FUNCNAME[*]} ${BASH_LINENO[*]} $#"\n  caller 0\n}\nf a b\necho module=a $LINENO | cut -d" " -f1\n',
    blame: ['a 6']
  },
  { name: 'RANDOM with a seed', script: 'RANDOM=42\n:\necho "# $RANDOM"\necho module=a\n', blame: ['a 4'] },
  { name: 'select and read', script: 'select x in a b; do\n  echo "module=$x"\n  break\ndone <<< 2\n', blame: ['b 2'] },
  {
    name: 'nested functions and recursion',
    script: 'f() {\n  [ "$1" -gt 2 ] && return\n  echo "module=m$1"\n  f $(($1 + 1))\n}\nf 1\n',
    blame: ['m1 3', 'm2 3']
  },
  {
    name: 'a shebang of env',
    script: '#!/usr/bin/env bash\necho module=a\n',
    blame: ['a 2'],
    options: { request: { interpreter: ['/usr/bin/env', 'bash'] } }
  },
  {
    name: 'bash -eu',
    script: 'echo module=a\nfalse\necho module=b\n',
    blame: ['a 1'],
    options: { request: { interpreter: ['/bin/bash', '-eu'] } }
  },
  { name: 'bash -x', script: 'echo module=a\n', blame: ['a 1'], options: { request: { interpreter: ['/bin/bash', '-x'] } } },
  {
    name: 'bash -p',
    script: 'echo module=a\n',
    blame: [],
    state: 'none',
    options: { request: { interpreter: ['/bin/bash', '-p'] } }
  },
  {
    name: 'bash --posix',
    script: 'echo module=a\n',
    blame: [],
    state: 'none',
    options: { request: { interpreter: ['/bin/bash', '--posix'] } }
  },
  { name: 'dash', script: 'echo module=a\n', blame: [], state: 'none', options: { request: { interpreter: ['/bin/dash'] } } }
]

const bashOf = (options: RunOptions | undefined, bash: string): RunOptions => {
  const words = options?.request?.interpreter ?? ['/bin/bash']
  return { ...options, request: { ...options?.request, interpreter: words.map((word) => (word === '/bin/bash' ? bash : word)) } }
}

const runs = [...bashes.map((bash) => ({ bash, old: false })), { bash: '/bin/bash', old: true }]

describe.each(runs)('a script that $bash runs, with the trap of old versions: $old', ({ bash, old }) => {
  it.each(cases)(
    'answers as without its trace, and is blamed: $name',
    async ({ script, blame, oldBlame = blame, state = 'full', options }) => {
      const given = { ...bashOf(options, bash), old }
      const traced = await runTraced(script, given)
      const plain = await runPlain(script, given, traced.folder)
      const { stderr, ...rest } = seen(traced)
      const { stderr: plainStderr, ...plainRest } = seen(plain)
      expect(rest).toEqual(plainRest)
      const withoutPids = (text: string) => text.replace(/\d{3,}/g, 'N')
      expect(withoutPids(stderr)).toBe(withoutPids(plainStderr))
      expect([blamed(traced), traced.trace.state]).toEqual([old ? oldBlame : blame, state])
    }
  )
})

describe('a run that is traced', () => {
  it.each([
    ['holds stdout', 'sleep 2 &\necho module=a\n', true],
    ['holds descriptor 3', 'echo module=a >&3\nsleep 2 >/dev/null &\n', true],
    ['holds nothing', 'sleep 2 >/dev/null 2>&1 3>&- &\necho module=a\n', false],
    ['holds a log', 'sleep 2 >/dev/null 2>&1 &\necho module=a\n', false]
  ])('is held as without it: a daemon that %s', async (_, script, held) => {
    const traced = await runTraced(script)
    expect(seen(traced)).toEqual(seen(await runPlain(script, {}, traced.folder)))
    expect([traced.result.outputHeld === true, blamed(traced)]).toEqual([held, ['a ?']])
  })

  it('has the same blame each time, also where stages of a pipeline and children race', async () => {
    const script = 'f() {\n  echo log >&2\n  echo a\n}\nf | sed s/^/module=/\nsh -c "echo module=b"\necho module=c | cat\n'
    for (let round = 0; round < 50; round++) expect(blamed(await runTraced(script))).toEqual(['a 5', 'b 6', 'c 7'])
  })

  it('gives names and lines of where the text really stands', async () => {
    const folder = tempFolder()
    const sources = new Map([[`${folder}/load.sh`, { source: 'deploy/loader.yaml', lineOffset: 6 }]])
    const { blame, lines, trace } = await runTraced('echo module=a,config=b\nset -T\n', { sources }, folder)
    expect(blame).toEqual([{ module: 'a', config: 'b', source: 'deploy/loader.yaml', line: 7 }])
    expect(lines).toEqual([
      {
        source: 'deploy/loader.yaml',
        lines: [
          [7, 1],
          [8, 0]
        ]
      }
    ])
    expect([trace.state, trace.line]).toEqual(['partial', 8])
  })

  it('has the limit of output that it was given, without what the trace adds', async () => {
    const limits = { timeoutMs: 20_000, killGraceMs: 500, settleMs: 300, maxOutputBytes: 18 }
    const [fits, over] = ['echo module=a\necho module=b\n', 'echo module=a\necho module=bc\n']
    const within = await runTraced(fits, { request: { limits } })
    expect([within.result.ended, blamed(within)]).toEqual([undefined, ['a 1', 'b 2']])
    expect((await runTraced(over, { request: { limits } })).result.ended).toBe('output-limit')
  })

  it('stops being traced where it runs very many commands', async () => {
    const limits = { timeoutMs: 4_000, killGraceMs: 500, settleMs: 300, maxOutputBytes: 1_048_576 }
    const script = 'for ((i = 0; i < 4000; i++)); do :; done\necho module=a\n'
    const { result, trace, blame } = await runTraced(script, { request: { limits } })
    expect([result.exitCode, trace.state, blame]).toEqual([0, 'partial', [{ module: 'a' }]])
    expect(trace.reason).toContain('so many commands')
  })

  it.each<[string, Partial<ScriptRequest>, string]>([
    ['another shell', { interpreter: ['/bin/dash'] }, 'dash runs the script, and only bash can be traced'],
    [
      'an interpreter of env',
      { interpreter: ['/usr/bin/env', '-S', 'dash'] },
      'dash runs the script, and only bash can be traced'
    ],
    ['bash -p', { interpreter: ['/bin/bash', '-p'] }, 'bash is started with -p'],
    ['a login shell', { interpreter: ['/bin/bash', '-l'] }, 'bash is started with -l'],
    [
      'a pinned script',
      { pinned: true },
      'a script that is pinned by its sha256 is given to bash as text, without lines of a file'
    ],
    ['BASH_ENV', { env: { PATH: '/usr/bin:/bin', BASH_ENV: '/dev/null' } }, 'BASH_ENV is set in the environment']
  ])('has none, and says why: %s', async (_, request, reason) => {
    const { trace, blame, lines, result } = await runTraced('echo module=a\n', { request })
    expect([result.exitCode, trace, blame, lines]).toEqual([0, { state: 'none', reason }, [], []])
  })

  it('answers as without its trace, whatever the script is made of', async () => {
    const command = fc.constantFrom(
      ...['echo "module=m$n"', 'n=$((n + 1))', 'false || echo module=x', 'x=$(echo y; echo z)', 'echo "module=$x" | head -n 1'],
      ...[
        '[[ $n -gt 1 ]] && echo module=big',
        'printf module=; printf "%s\\n" p',
        'cat <<< "module=s"',
        '(n=9; echo "module=m$n")'
      ],
      ...[
        'say "$n"',
        'eval "echo module=e"',
        'echo log >&2',
        ': $_; set -- "$_" a',
        'test "$_" = a && echo module=u',
        'echo module=d >&3'
      ]
    )
    const block = fc.array(command, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('\n'))
    const compound = fc.oneof(
      block,
      block.map((text) => `for i in 1 2; do\n${text}\ndone`),
      block.map((text) => `if true; then\n${text}\nfi`),
      block.map((text) => `{\n${text}\n} | sort`),
      block.map((text) => `while read -r l; do\n${text}\ndone < <(printf "1\\n2\\n")`)
    )
    await fc.assert(
      fc.asyncProperty(fc.array(compound, { minLength: 1, maxLength: 4 }), async (parts) => {
        const script = ['n=0 x=q', 'say() {', '  echo "module=f$1"', '}', ...parts].join('\n').concat('\n')
        const traced = await runTraced(script)
        expect(seen(traced)).toEqual(seen(await runPlain(script, {}, traced.folder)))
        const lines = script.split('\n')
        for (const { module, line } of traced.blame) {
          if (line === undefined) continue
          const text = lines[line - 1] ?? ''
          expect([module, /echo|printf|cat|sort|head/.test(text)]).toEqual([module, true])
        }
      }),
      { numRuns: 40 }
    )
  })
})
