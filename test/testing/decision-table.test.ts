import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { defineCatalog } from '../../src/index.ts'
import { any, type DecisionAxes, type DecisionTableOptions, loaderScript } from '../../src/testing/index.ts'
import { printedValue } from '../../src/testing/table/decision-text.ts'
import { tempFile } from '../temp-folder.ts'
import { rejection } from './kit.ts'

const tableOf = (text: string, axes: unknown, options: DecisionTableOptions = {}) =>
  loaderScript(tempFile('load-sidecars.sh', text)).decisionTable(axes as DecisionAxes, { interpreter: 'bash', ...options })

const zones = `zone=$(kubectl get zone) || { echo "no API" >&2; exit 3; }
if [ "$CLUSTER_ENV" = production ]; then echo "module=mem-profiler,config=$zone"; echo module=mem-logger
elif [ "$CLUSTER_ENV" = staging ]; then echo module=mem-tracer
else echo none; fi
`
const kubectl = { 'zone a': { stdout: 'a\n' }, 'zone b': { stdout: 'b\n' }, 'API down': { exitCode: 1 } }

/** What is printed, pinned: UPDATE=1 writes it anew. */
const corpus: readonly [string, string, unknown, DecisionTableOptions?][] = [
  ['zones', zones, { CLUSTER_ENV: ['production', 'staging', undefined], kubectl }],
  [
    'values-that-look-alike',
    'printf "%s" "${A-unset}" | od -An -tx1 | tr -d " \\n" | sed "s/^/module=m/;s/\\$/\\n/"',
    {
      A: [
        undefined,
        '',
        'unset',
        '(unset)',
        ' ',
        ' a',
        'a',
        'a  b',
        '"a"',
        'a\nb',
        'a\\nb',
        'a\u00a0b',
        'a|b',
        '`a`',
        '\u001b[31m'
      ]
    }
  ],
  [
    'failures',
    `case $A in exit) exit 3 ;; kill) kill -9 $$ ;; slow) sleep 60 ;; loud) yes ;; told) echo error=no ;; wrong) echo modul=a ;;
    unknown) echo module=mem-loger ;; refused) curl x || echo none ;; *) echo module=mem-logger ;; esac`,
    { A: ['exit', 'kill', 'slow', 'loud', 'told', 'wrong', 'unknown', 'refused', 'fine'] },
    { limits: { timeoutMs: 1000, maxOutputBytes: 100 }, catalog: defineCatalog({ 'mem-logger': {} }) }
  ],
  [
    'files-and-marks',
    'read -r line <etc/labels; echo "module=$line,tier=\\"a|b <c> #1\\""',
    { 'etc/labels': { 'label `x` | y': 'x\n', '1. <b>y</b> # "z"': 'y\n' } },
    { keys: ['tier'] }
  ]
]

test.each(corpus)('prints: %s', async (name, text, axes, options) => {
  const table = await tableOf(text, axes, options)
  const printed = `${table.text}\n\n${table.markdown}\n\n${table.toMermaid()}\n`
  const file = `test/corpus/decision-tables/${name}.txt`
  if (process.env['UPDATE'] === '1') writeFileSync(file, printed)
  expect(printed).toBe(readFileSync(file, 'utf8'))
  expect(printed).not.toMatch(/\/tmp\/|\d+ ms/)
})

describe('rows', () => {
  test('are in the order of the axes, with modules or how the script failed', async () => {
    const { rows } = await tableOf(zones, { CLUSTER_ENV: ['production', undefined], kubectl })
    expect(rows.map((row) => ({ ...row.case }))).toEqual([
      { CLUSTER_ENV: 'production', kubectl: 'zone a' },
      { CLUSTER_ENV: 'production', kubectl: 'zone b' },
      { CLUSTER_ENV: 'production', kubectl: 'API down' },
      { CLUSTER_ENV: undefined, kubectl: 'zone a' },
      { CLUSTER_ENV: undefined, kubectl: 'zone b' },
      { CLUSTER_ENV: undefined, kubectl: 'API down' }
    ])
    expect(rows[1]).toMatchObject({ modules: [{ name: 'mem-profiler', config: 'b' }, { name: 'mem-logger' }] })
    expect(rows[2]).toMatchObject({ modules: [], error: { code: 'ERR_HERMES_SCRIPT_EXIT', exitCode: 3 } })
    expect(Object.keys(rows[1] ?? {})).toEqual(['case', 'modules'])
  })

  test('hold what an axis says of a variable, command or file that the options name too', async () => {
    const { rows } = await tableOf(
      'read -r f <f; echo "module=$A-$(k)-$f"',
      { A: ['axis'], k: { answer: { stdout: 'axis' } }, f: { text: 'axis\n' } },
      { env: { A: 'option' }, commands: { k: { stdout: 'option' } }, files: { f: 'option\n' }, absent: ['k'] }
    )
    expect(rows[0]?.modules).toMatchObject([{ name: 'axis-axis-axis' }])
  })

  test('go before the defaults of the script', async () => {
    const script = loaderScript(tempFile('l.sh', 'echo "module=m${A-unset}"\n'), { env: { A: '1' } })
    const { rows } = await script.decisionTable({ A: [undefined, '2'] })
    expect(rows.map(({ modules }) => modules[0]?.name)).toEqual(['munset', 'm2'])
  })

  test('take functions and lists for commands, and names that objects have by themselves', async () => {
    const axes = JSON.parse('{ "__proto__": ["x", "y"], "constructor": ["z"] }')
    axes.k = { 'a function': () => ({ stdout: 'f' }), 'a list': [{ args: [any], stdout: 'l' }] }
    const { rows, text } = await tableOf('echo "module=$(printenv constructor)$(k 1)"', axes)
    expect(rows.map(({ modules }) => modules[0]?.name)).toEqual(['zf', 'zl', 'zf', 'zl'])
    expect(Object.entries(rows[2]?.case ?? {})).toEqual([
      ['__proto__', 'y'],
      ['constructor', 'z'],
      ['k', 'a function']
    ])
    expect(text).toContain('__proto__  constructor  k           modules')
  })
})

test('a traced table says which lines no row reached', async () => {
  const text = 'if [ "$A" = x ]; then\n  echo module=x\nelif [ "$A" = y ]; then\n  echo module=y\nelse\n  echo none\nfi\n'
  const missed = await tableOf(text, { A: ['x', 'z'] }, { trace: true })
  expect(missed.text.split('\n').slice(-2)).toEqual(['', 'no row reached load-sidecars.sh:4'])
  expect(missed.markdown).toContain('\n\nno row reached load-sidecars.sh:4')
  expect((await tableOf(text, { A: ['x', 'y', 'z'] }, { trace: true })).text).not.toContain('reached')
  expect((await tableOf(text, { A: ['x'] }, { trace: true, interpreter: 'dash' })).text).toMatch(
    /\n\nthe lines that were reached are not known: .*bash/
  )
})

describe('what is wrong rejects the whole', () => {
  test.each<[string, unknown, DecisionTableOptions, string]>([
    ['no axes', {}, {}, 'axes takes an object'],
    ['a list of axes', [['A']], {}, 'axes takes an object'],
    ['no values', { A: [] }, {}, 'axes.A has no values: it takes at least one'],
    ['no alternatives', { k: {} }, {}, 'axes.k has no alternatives: it takes at least one'],
    ['a value of another type', { A: ['a', 1] }, {}, 'axes.A takes strings, and undefined for unset'],
    ['a value twice', { A: ['a', 'b', 'a'] }, {}, 'axes.A has "a" twice'],
    ['unset twice', { A: [undefined, 'b', undefined] }, {}, 'axes.A has undefined twice'],
    ['texts and stubs', { k: { a: 'text', b: {} } }, {}, 'axes.k has texts, as a file, and stubs, as a command'],
    ['a text', { k: 'text' }, {}, 'axes.k takes a list of values, or an object of named alternatives'],
    [
      'a wrong stub',
      { k: { a: { exitCode: 300 } } },
      {},
      'commands.k.exitCode takes an integer from 0 to 255, and was given 300 (alternative "a")'
    ],
    ['a builtin, once', { test: { a: {}, b: {} } }, {}, 'decisionTable(): commands.test has no effect'],
    ['a file that leaves the folder', { '../x': { a: 'text' } }, {}, 'files.../x leaves the working folder'],
    ['a wrong limit', { A: ['a'] }, { limit: 0 }, 'limit takes an integer from 1, and was given 0'],
    ['PATH', { PATH: ['/bin'] }, {}, 'env.PATH is made by the kit'],
    ['a wrong option', { A: ['a'] }, { interpeter: 'sh' } as DecisionTableOptions, 'did you mean "interpreter"?']
  ])('%s', async (_, axes, options, message) => {
    const error = await rejection(tableOf('echo none', axes, options))
    expect(error.code).toBe('ERR_HERMES_OPTIONS_INVALID')
    expect(error.message).toContain(message)
  })

  test('more rows than the limit, with their count; a higher limit takes them', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => String(index))
    const error = await rejection(tableOf('echo none', { A: values(30), B: values(20) }))
    expect(error.message).toContain('30 × 20 = 600 rows are more than limit allows, which is 256: take fewer values, or raise it')
    const small = { A: values(2), B: values(2) }
    expect((await rejection(tableOf('echo none', small, { limit: 3 }))).message).toContain('2 × 2 = 4 rows')
    expect((await tableOf('echo none', small, { limit: 4 })).rows).toHaveLength(4)
  })

  test.each([
    ['an absent script', 'ERR_HERMES_SCRIPT_UNREADABLE', () => loaderScript('/no/such/script.sh').decisionTable({ A: ['a'] })],
    ['an empty script', 'ERR_HERMES_SCRIPT_UNREADABLE', () => tableOf('', { A: ['a'] })],
    [
      'no such interpreter',
      'ERR_HERMES_INTERPRETER_NOT_FOUND',
      () => tableOf('echo none', { A: ['a'] }, { interpreter: 'no-such' })
    ]
  ])('%s', async (_, code, table) => {
    expect((await rejection(table())).code).toBe(code)
  })
})

test('no two values look alike when they are printed', () => {
  const values = [
    undefined,
    '',
    ' ',
    '  ',
    'unset',
    '(unset)',
    '"(unset)"',
    'a',
    '"a"',
    '\\"a\\"',
    'a\n',
    'a\\n',
    'é',
    'e\u0301',
    '\u200b',
    '😀',
    '\ud83d'
  ]
  const printed = values.map(printedValue)
  expect(new Set(printed).size).toBe(values.length)
  for (const text of printed) expect(text).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u)
})
