import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCoverage } from '../../src/testing/trace/coverage.ts'
import { mergeCoverage, writeCoverage } from '../../src/testing/trace/coverage-folder.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { bashes, runTraced } from './traced.ts'

const request = (bash: string) => ({ request: { interpreter: [bash] } })

describe.each(bashes)('lines that %s reached', (bash) => {
  it.each<[string, string, [number, number][]]>([
    [
      'of commands',
      'echo a\n\n# b\necho \\\n  c\n',
      [
        [1, 1],
        [4, 1]
      ]
    ],
    [
      'of branches',
      'if false; then\n  echo a\nelse\n  echo b\nfi\n',
      [
        [1, 1],
        [2, 0],
        [4, 1]
      ]
    ],
    [
      'of loops',
      'for x in a b; do\n  :\ndone\nfor ((i = 0; i < 2; i++)); do\n  :\ndone\n',
      [
        [1, 2],
        [2, 2],
        [4, 6],
        [5, 2]
      ]
    ],
    [
      'of conditions',
      'x=a\ncase $x in\n  a) : ;;\n  b) : ;;\nesac\n[[ $x == b ]] ||\n  ((1 +\n  1))\n',
      [
        [1, 1],
        [2, 1],
        [3, 1],
        [4, 0],
        [6, 1],
        [7, 1]
      ]
    ],
    [
      'of functions',
      'f() {\n  :\n}\ng() { :; }\nf\nf\n',
      [
        [2, 2],
        [4, 0],
        [5, 1],
        [6, 1]
      ]
    ],
    [
      'of substitutions',
      'x=$(\n  echo a\n\n  echo b\n)\ny=`\necho c\n`\necho "$(echo d)" $(\n  echo e\n)\n',
      [
        [1, 1],
        [2, 1],
        [4, 1],
        [6, 1],
        [7, 1],
        [9, 1],
        [10, 1]
      ]
    ],
    [
      'of here-documents',
      'cat <<EOF\necho a\n$(echo b)\nEOF\n',
      [
        [1, 1],
        [3, 1]
      ]
    ],
    [
      'of arrays',
      'a=(\n  b\n)\nprintf %s "${a[@]}" \\\n  c\n',
      [
        [1, 1],
        [4, 1]
      ]
    ],
    [
      'of pipelines',
      'echo a |\n  tr a b |\n  cat\n',
      [
        [1, 1],
        [2, 1],
        [3, 1]
      ]
    ],
    [
      'of eval',
      "eval 'echo a\necho b'\necho c\n",
      [
        [1, 1],
        [3, 1]
      ]
    ],
    [
      "with $'…', as bash prints it",
      "IFS=$'\\n\\t'\nx=$'it\\'s' y=\"a$'b\"\necho $'a\\nb' 'c' $'\\\\d'\n",
      [
        [1, 1],
        [2, 1],
        [3, 1]
      ]
    ],
    [
      'of functions that a trap calls',
      'bye() {\n  :\n  g; x=$(:)\n  :\n}\ng() {\n  :\n  if false; then\n    :\n  fi\n}\nquit() { exit 0; }\ntrap bye EXIT\nquit\n',
      [
        [2, 1],
        [3, 1],
        [4, 1],
        [7, 1],
        [8, 1],
        [9, 0],
        [12, 1],
        [13, 1],
        [14, 1]
      ]
    ],
    [
      'on the line of the function that a trap calls',
      'cleanup() { :; true; }; trap cleanup EXIT\n:\n',
      [
        [1, 1],
        [2, 1]
      ]
    ],
    [
      'that are repeated after a trap is set',
      "trap 'x=1' EXIT\n:\n:\n",
      [
        [1, 1],
        [2, 1],
        [3, 1]
      ]
    ],
    [
      'before an ERR trap',
      "trap ':' ERR\nfalse\ntrue\n",
      [
        [1, 1],
        [2, 1],
        [3, 1]
      ]
    ]
  ])('%s', async (_, script, expected) => {
    const { lines } = await runTraced(script, request(bash))
    expect(lines.map((each) => each.lines)).toEqual([expected])
  })
})

describe('coverage', () => {
  it('is of all runs, with the libraries', async () => {
    const coverage = createCoverage()
    const folder = tempFolder()
    const files = { 'lib.sh': 'f() {\n  echo module=a\n}\n' }
    const script = '. ./lib.sh\nif [ -n "$1" ]; then\n  f\nfi\n'
    coverage.add(await runTraced(script, { files }, folder))
    const before = coverage.report()
    expect(before.percent).toBe(50)
    coverage.add(await runTraced(script, { files, request: { args: ['x'] } }, folder))
    const { lcov, ...rest } = coverage.report()
    const [lib, load] = ['lib.sh', 'load.sh'].map((name) => path.join(folder, name))
    expect(rest).toEqual({
      percent: 100,
      lines: [
        { source: lib, line: 2, hits: 1 },
        { source: load, line: 1, hits: 2 },
        { source: load, line: 2, hits: 2 },
        { source: load, line: 3, hits: 1 }
      ]
    })
    expect(lcov).toContain(`SF:${load}\nDA:1,2\nDA:2,2\nDA:3,1\nLF:3\nLH:3\nend_of_record\n`)
  })

  it('says why there is none, and where it ends early', async () => {
    const coverage = createCoverage()
    expect(coverage.report()).toEqual({ lcov: '', lines: [], reason: 'no run was traced' })
    coverage.add(await runTraced('echo module=a\n', { request: { interpreter: ['/bin/dash'] } }))
    expect(coverage.report()).toEqual({ lcov: '', lines: [], reason: 'dash runs the script, and only bash can be traced' })
    coverage.add(await runTraced(':\nset -T\n'))
    expect(coverage.report().reason).toContain('line 2: the script may change options')
  })

  it('is read by genhtml without a warning', async () => {
    const coverage = createCoverage()
    const files = { 'lib.sh': 'f() {\n  :\n}\n' }
    const { folder, ...run } = await runTraced('. ./lib.sh\n[ -n "$1" ] && f\necho "a\nb"\n', { files })
    coverage.add(run)
    writeFileSync(path.join(folder, 'lcov.info'), coverage.report().lcov)
    const { stdout, stderr, status } = spawnSync('genhtml', ['-o', 'html', 'lcov.info'], { cwd: folder, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).not.toMatch(/warning/i)
    expect(stdout).toContain('lines......: 75.0% (3 of 4 lines)')
    expect(existsSync(path.join(folder, 'html/index.html'))).toBe(true)
  })

  it('of several processes is joined', async () => {
    const [folder, shared] = [tempFolder(), path.join(tempFolder(), 'a', 'b')]
    const one = createCoverage()
    const other = createCoverage()
    one.add(await runTraced('[ -z "$1" ] &&\n  echo module=a\n', {}, folder))
    writeCoverage(shared, one)
    writeCoverage(shared, one)
    other.add(await runTraced('[ -z "$1" ] &&\n  echo module=a\n', { request: { args: ['x'] } }, folder))
    writeCoverage(shared, other, 'other')
    writeFileSync(path.join(shared, 'notes.txt'), 'not ours')
    expect(readdirSync(shared)).toHaveLength(3)
    expect((await mergeCoverage(shared)).lines.map(({ line, hits }) => [line, hits])).toEqual([
      [1, 2],
      [2, 1]
    ])
  })

  it('fails at once where its folder can not be made', () => {
    for (const folder of ['/proc/nope', '/proc/nope/deeper', path.join(tempFile('file', ''), 'below')])
      expect(() => writeCoverage(folder, createCoverage())).toThrow(/ENOENT|ENOTDIR|EEXIST|EACCES/)
  })

  it.each(['{"version":2}', '{"version":1,"sources":[{"source":1}],"reasons":[]}', '[]', 'null'])(
    'refuses a file of %s',
    async (text) => {
      const folder = tempFolder()
      writeFileSync(path.join(folder, 'x.hermes-coverage.json'), text)
      await expect(mergeCoverage(folder)).rejects.toThrow('is no coverage of this version')
    }
  )
})
