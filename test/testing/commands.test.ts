import { describe, expect, test } from 'vitest'
import { any, type Stub } from '../../src/testing/index.ts'
import { rejection, runText, shells } from './kit.ts'

const log = '>>"$TMPDIR/log"'
const kubectl = { kubectl: { stdout: 'zone-a\n' } }

describe.each(shells)('in %s a stub answers', (interpreter) => {
  test.each<[string, string, number]>([
    ['directly', '[ "$(kubectl get node)" = zone-a ] || exit 3', 1],
    ['in a pipe', '[ "$(kubectl get node | tr a-z A-Z)" = ZONE-A ] || exit 3', 1],
    ['at the end of a pipe', '[ "$(echo x | kubectl apply)" = zone-a ] || exit 3', 1],
    ['in the background', 'kubectl get node >out & wait; [ "$(cat out)" = zone-a ] || exit 3', 1],
    ['in a subshell', '[ "$( (kubectl get node) )" = zone-a ] || exit 3', 1],
    ['by exec', '[ "$(exec kubectl get node)" = zone-a ] || exit 3', 1],
    ['by command', '[ "$(command kubectl get node)" = zone-a ] || exit 3', 1],
    ['by its path of command -v', '[ "$("$(command -v kubectl)" get node)" = zone-a ] || exit 3', 1],
    ['under timeout', '[ "$(timeout 5 kubectl get node)" = zone-a ] || exit 3', 1],
    ['under env', '[ "$(env A=1 kubectl get node)" = zone-a ] || exit 3', 1],
    ['under xargs', '[ "$(seq 40 | xargs -n1 -P8 kubectl get | grep -c zone-a)" = 40 ] || exit 3', 40],
    [
      'in a loop that keeps its lines',
      `seq 3 | while read -r n; do kubectl "$n" ${log}; done; [ "$(grep -c . "$TMPDIR/log")" = 3 ] || exit 3`,
      3
    ]
  ])('%s', async (_, text, count) => {
    for (const stub of [kubectl.kubectl, () => ({ stdout: 'zone-a\n' })] satisfies Stub[]) {
      const run = await runText(text, { interpreter, commands: { kubectl: stub } })
      expect(run.calls.map(({ command, exitCode }) => [command, exitCode])).toEqual(Array(count).fill(['kubectl', 0]))
    }
  })

  test('also where what its shim could need is stubbed', async () => {
    const commands = Object.fromEntries(
      ['cat', 'env', 'mkdir', 'sleep', 'sed', 'sh'].map((name) => [name, { stdout: `stub of ${name}` }])
    )
    const asked = Object.fromEntries(Object.entries(commands).map(([name, stub]) => [name, () => stub]))
    for (const stubs of [commands, asked]) {
      const run = await runText('for c in cat env mkdir sleep sed sh; do echo x | $c -a >&2; done', {
        interpreter,
        commands: stubs
      })
      expect(run.calls.map(({ command, stdin }) => [command, stdin])).toEqual(Object.keys(commands).map((name) => [name, 'x\n']))
      expect(run.stderr).toContain('stub of cat')
    }
  })

  test('what is said of a call: arguments of any bytes, stdin, exit code, in the order of the starts', async () => {
    const run = await runText(
      `a one "" 'two
lines' "it's" '$x \\n %s'; printf 'in\\nput' | b; c "$(printf '\\377x')" ''; a`,
      {
        interpreter,
        commands: { a: {}, b: ({ stdin }) => ({ stderr: `${stdin}!`, exitCode: 7 }), c: [{ args: [any, ''], exitCode: 9 }] }
      }
    )
    expect(run.calls).toEqual([
      { command: 'a', args: ['one', '', 'two\nlines', "it's", '$x \\n %s'], stdin: '', exitCode: 0 },
      { command: 'b', args: [], stdin: 'in\nput', exitCode: 7 },
      { command: 'c', args: ['\ufffdx', ''], stdin: '', exitCode: 9 },
      { command: 'a', args: [], stdin: '', exitCode: 0 }
    ])
    expect(run.stderr).toBe('in\nput!')
  })

  test('with any text: quotes, percents, backslashes, no final newline, much of it, a NUL', async () => {
    for (const stdout of [`it's 100% \\n "$x" \`y\``, 'é\n\n', '\n', `${'x'.repeat(100_000)}end`, 'a\0b']) {
      for (const stub of [{ stdout }, () => ({ stdout }), [{ args: [], stdout }]] satisfies Stub[]) {
        const run = await runText('say >"$TMPDIR/o"; wc -c <"$TMPDIR/o" >&2; cat "$TMPDIR/o" | sum', {
          interpreter,
          commands: { say: stub, sum: { stdin: true } }
        })
        expect(run.stderr.trim()).toBe(String(Buffer.byteLength(stdout)))
        expect(run.calls[1]?.stdin).toBe(stdout)
      }
    }
  })

  test('reads its stdin where its parent does not share it', async () => {
    const read = async (text: string, stub: Stub = {}) => {
      const run = await runText(text, { interpreter, commands: { stub }, files: { list: 'a\nb\n' } })
      return [run.calls[0]?.stdin, run.diagnostics.map(({ code }) => code)]
    }
    const note = ['stub-left-shared-stdin']
    expect(await read('echo x | stub')).toEqual(['x\n', []])
    expect(await read('stub <list')).toEqual(['a\nb\n', []])
    // Others than bash hand a here-document on: nothing tells it from that of a loop round the call.
    expect(await read('stub <<E\nx\nE')).toEqual(interpreter === 'bash' ? ['x\n', []] : ['', note])
    expect(await read('while read -r n; do stub; done <<E\nx\nE')).toEqual(['', note])
    expect(await read('y=$(echo x | stub)')).toEqual(['x\n', []])
    expect(await read('stub')).toEqual(['', []])
    expect(await read('while read -r n; do stub; done <list')).toEqual(['', note])
    expect(await read('echo x | timeout 5 stub')).toEqual(['', note])
    expect(await read('f() { stub; stub; }; echo x | f')).toEqual(['', note])
    expect(await read('echo x | timeout 5 stub', { stdin: true })).toEqual(['x\n', []])
    expect(await read('echo x | timeout 5 stub', { stdin: false })).toEqual(['', []])
    expect(await read('echo x | timeout 5 stub', [{ args: [], stdin: true }])).toEqual(['x\n', []])
    expect(await read('echo x | timeout 5 stub', () => ({}))).toEqual(['', note])
    expect(await read('echo x | stub', { stdin: false })).toEqual(['', []])
  })

  test('and reads all of it, so that nobody before it dies of SIGPIPE', async () => {
    const text = `seq 20000 | stub || exit 4`
    const strict = interpreter === 'bash' ? `set -o pipefail; ${text}` : text
    for (const stub of [{}, () => ({})] satisfies Stub[]) {
      const run = await runText(strict, { interpreter, commands: { stub } })
      expect(run.calls[0]?.stdin.split('\n').length).toBe(20_001)
    }
  })

  test('as a function it gets the environment of the call', async () => {
    let seen: Readonly<Record<string, string>> = {}
    const stub: Stub = ({ env }) => {
      seen = env
    }
    const commands = { stub }
    await runText("A=1 B='two\nlines' stub", { interpreter, env: { C: 'x=y' }, commands })
    expect(seen).toMatchObject({ A: '1', B: 'two\nlines', C: 'x=y' })
    expect(Object.getPrototypeOf(seen)).toBe(null)
  })

  test('as a function it may take its time, and calls at once do not wait for one another', async () => {
    let open = 0
    let all = () => {}
    const met = new Promise<void>((resolve) => {
      all = resolve
    })
    const meet = async () => {
      if (++open === 20) all()
      await met
      return { stdout: 'met\n' }
    }
    const run = await runText('[ "$(seq 20 | xargs -n1 -P20 meet | grep -c met)" = 20 ] || exit 3', {
      interpreter,
      commands: { meet }
    })
    expect(run.calls.length).toBe(20)
  })

  test('as a function also when more ask at once than there are places, and when callers are killed while they wait', async () => {
    const commands = { slow: () => new Promise<void>(() => {}), quick: () => ({ stdout: 'ok\n' }) }
    const text = `seq 40 | xargs -n1 -P40 timeout -s KILL 0.3 slow 2>/dev/null
[ "$(seq 80 | xargs -n1 -P80 quick | grep -c ok)" = 80 ] || exit 3`
    const run = await runText(text, { interpreter, commands })
    const ends = run.calls.map(({ command, exitCode }) => `${command} ${exitCode}`)
    expect(ends.filter((end) => end === 'quick 0').length).toBe(80)
    expect(ends.filter((end) => end === 'slow 125').length).toBeGreaterThan(0)
  })
})

describe('what the test says of its stubs', () => {
  test.each<[string, string, Record<string, Stub>, string]>([
    [
      'a list without an entry for the arguments tells the nearest',
      'kubectl get pods -o name || true',
      { kubectl: [{ args: ['version'] }, { args: ['get', 'node', any, 'name'] }] },
      `kubectl get pods -o name: no entry of its list has these arguments. The nearest:
    get
  - node
  + pods
    -o
    name`
    ],
    [
      'an empty list',
      'kubectl get || true',
      { kubectl: [] },
      'kubectl get: no entry of its list has these arguments, for it is empty'
    ],
    [
      'arguments that are too many',
      'k a b || :',
      { k: [{ args: ['a'] }] },
      'k a b: no entry of its list has these arguments. The nearest:\n    a\n  + b'
    ],
    [
      'arguments that are too few',
      'k || :',
      { k: [{ args: [any] }] },
      'k: no entry of its list has these arguments. The nearest:\n  - (any)'
    ],
    ['times', 'k; k', { k: { times: 1 } }, 'k was called 2 times, and is to be called 1 times'],
    ['times: 0', 'k', { k: { times: 0 } }, 'k was called once, and is to be called 0 times'],
    ['required', ':', { k: { required: true } }, 'k was called never, and is required'],
    ['times of an entry', 'k a', { k: [{ args: ['a'], times: 2 }] }, 'k a was called once, and is to be called 2 times'],
    [
      'required of an entry',
      'k a',
      { k: [{ args: ['a'] }, { args: ['b', any], required: true }] },
      'k b (any) was called never, and is required'
    ],
    [
      'a function that gives no reply',
      'k || :',
      { k: (() => 'text') as unknown as Stub },
      'k: the answer of k take an object, not another string'
    ],
    [
      'a function whose reply is wrong',
      'k || :',
      { k: () => ({ exitCode: 256 }) },
      'k: the answer of k.exitCode takes an integer from 0 to 255, and was given 256'
    ]
  ])('%s', async (_, text, commands, message) => {
    const error = await rejection(runText(text, { commands }))
    expect(error.code).toBe('ERR_HERMES_COMMAND_REFUSED')
    expect(error.message).toContain(`did not call commands as its test allows:\n  ${message}`)
  })

  test('holds also where the script fails, and then the message has both', async () => {
    const error = await rejection(runText('kubectl get || exit 3', { commands: { kubectl: [] } }))
    expect(error).toMatchObject({ code: 'ERR_HERMES_COMMAND_REFUSED', exitCode: 3, cause: { code: 'ERR_HERMES_SCRIPT_EXIT' } })
    expect(error.message).toContain('ended with exit code 3')
    expect(error.run.refused).toEqual([{ command: 'kubectl', args: ['get'], stdin: '', exitCode: 125 }])
    expect(error.run.stderr).toContain('hermes: the call was refused: kubectl get')
  })

  test('what a function throws rejects the run, as its cause', async () => {
    const thrown = new Error('not today')
    const error = await rejection(runText('kubectl || true', { commands: { kubectl: () => Promise.reject(thrown) } }))
    expect(error).toMatchObject({ code: 'ERR_HERMES_COMMAND_REFUSED' })
    expect(error.cause).toBe(thrown)
    expect(error.message).toContain('kubectl: its function threw: not today')
  })

  test('entries with the same arguments have their turns', async () => {
    const entries: Stub = [
      { args: ['x'], stdout: '1', times: 2 },
      { args: [any], stdout: '2' }
    ]
    const run = await runText('k x; k x; k x >&2', { commands: { k: entries }, interpreter: 'dash', keys: [], reject: false })
    expect(run.stderr).toBe('2')
  })
})
