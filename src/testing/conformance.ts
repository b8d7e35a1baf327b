import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ScriptEvent, ScriptExecutor, ScriptRequest, ScriptResult } from '../index.ts'

/** One promise of a port: a name, and a function that rejects where it is broken. Any test runner can call it. */
export interface ConformanceCase {
  name: string
  /** Rejects with an AssertionError where the promise is broken. */
  run(): Promise<void>
}

/** What a promise is tried with. */
interface Trial {
  /** Runs a script by `/bin/sh`, other members of the request as given. */
  execute(script: string | Uint8Array, given?: Partial<ScriptRequest>): Promise<ScriptResult>
  events: ScriptEvent[]
  folder: string
}

const limits: ScriptRequest['limits'] = { timeoutMs: 20_000, killGraceMs: 500, settleMs: 300, maxOutputBytes: 65_536 }

/**
 * What `resolveModules()` relies on in an executor, as cases for any test runner:
 *
 *     for (const { name, run } of scriptExecutorConformance(() => myExecutor())) test(name, run)
 *
 * Scripts are written to a folder of this machine's `os.tmpdir()` and run by `/bin/sh`, so both have to exist where the
 * executor runs them.
 */
export function scriptExecutorConformance(make: () => ScriptExecutor | Promise<ScriptExecutor>): ConformanceCase[] {
  return cases.map(([name, check]) => ({
    name,
    run: async () => {
      const executor = await make()
      const folder = await mkdtemp(path.join(tmpdir(), 'hermes-conformance-'))
      try {
        await check(trialOf(executor, folder))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }))
}

function trialOf(executor: ScriptExecutor, folder: string): Trial {
  const events: ScriptEvent[] = []
  return {
    events,
    folder,
    execute: async (script, given = {}) => {
      const bytes = typeof script === 'string' ? new TextEncoder().encode(script) : script
      const file = given.path ?? path.join(folder, 'load.sh')
      await writeFile(file, bytes)
      const request: ScriptRequest = {
        path: file,
        bytes,
        pinned: false,
        interpreter: ['/bin/sh'],
        args: [],
        env: {
          PATH: '/usr/local/bin:/usr/bin:/bin',
          HERMES_PROTOCOL: '1',
          HERMES_RUN_ID: `conformance-${path.basename(folder)}`
        },
        cwd: folder,
        limits,
        onEvent: (event) => events.push(event),
        ...given
      }
      return executor.execute(request)
    }
  }
}

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

const cases: readonly (readonly [name: string, check: (trial: Trial) => Promise<void>])[] = [
  [
    'tells the exit code, stdout and stderr of a script that ends well',
    async ({ execute }) => {
      const { exitCode, signalCode, ended, stdout, stderr, descriptor3 } = await execute('echo module=a; echo log >&2\n')
      assert.deepEqual(
        [exitCode, signalCode, ended, textOf(stdout), stderr, descriptor3],
        [0, undefined, undefined, 'module=a\n', 'log\n', undefined]
      )
    }
  ],
  [
    'tells an exit code from a signal',
    async ({ execute }) => {
      const failed = await execute('exit 77\n')
      assert.deepEqual([failed.exitCode, failed.signalCode, failed.ended], [77, undefined, undefined])
      const killed = await execute('kill -9 $$\n')
      assert.deepEqual([killed.exitCode, killed.signalCode, killed.ended], [undefined, 'SIGKILL', undefined])
    }
  ],
  [
    'gives output as bytes, whole and untouched',
    async ({ execute }) => {
      const { stdout } = await execute(`printf '\\357\\273\\277a\\000\\377\\r\\n\\303'; sleep 0.1; printf '\\251'\n`)
      assert.deepEqual([...stdout], [0xef, 0xbb, 0xbf, 0x61, 0x00, 0xff, 0x0d, 0x0a, 0xc3, 0xa9])
    }
  ],
  [
    'gives all that was written before the exit',
    async ({ execute }) => {
      const { exitCode, stdout } = await execute('i=0; while [ $i -lt 4000 ]; do echo "line $i"; i=$((i+1)); done\n')
      const expected = Array.from({ length: 4000 }, (_, index) => `line ${index}\n`).join('')
      assert.deepEqual([exitCode, textOf(stdout)], [0, expected])
    }
  ],
  [
    'gives descriptor 3 where something was written to it, and stdout beside it',
    async ({ execute }) => {
      const { stdout, descriptor3 } = await execute('echo log; echo module=a >&3\n')
      assert.deepEqual([textOf(stdout), textOf(descriptor3)], ['log\n', 'module=a\n'])
    }
  ],
  [
    'gives the script its path as $0, its arguments as they are, and its working folder',
    async ({ execute, folder }) => {
      const args = ['', 'a b', `"'$X`, '*', 'é\n', '-n']
      const { stdout } = await execute(`printf '%s|' "$0" "$PWD" "$@"\n`, { path: path.join(folder, `it's a "load".sh`), args })
      assert.equal(textOf(stdout), [path.join(folder, `it's a "load".sh`), folder, ...args, ''].join('|'))
    }
  ],
  [
    'gives the script its environment and nothing more, and nothing on stdin',
    async ({ execute }) => {
      const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HERMES_RUN_ID: 'id', ONLY: 'this one' }
      const { stdout } = await execute('cat; env | sed "s/=.*//" | sort | grep -v -x -e PWD -e OLDPWD -e SHLVL -e _\n', { env })
      assert.equal(textOf(stdout), 'HERMES_RUN_ID\nONLY\nPATH\n')
    }
  ],
  [
    'rejects where the interpreter is missing, with code and path',
    async ({ execute }) => {
      await assert.rejects(execute('true\n', { interpreter: ['/no/such/interpreter'] }), {
        code: 'ENOENT',
        path: '/no/such/interpreter'
      })
    }
  ],
  [
    'ends a script after timeoutMs, whatever it answers to SIGTERM',
    async ({ execute, events }) => {
      const trap = 'trap "exit 0" TERM; echo module=a; while :; do sleep 0.05; done\n'
      const { ended } = await execute(trap, { limits: { ...limits, timeoutMs: 300 } })
      assert.equal(ended, 'timeout')
      assert.ok(events.some((event) => event.type === 'killed' && event.why === 'timeout'))
    }
  ],
  [
    'ends a script that prints more than maxOutputBytes, and not one that prints as much',
    async ({ execute }) => {
      const small = { ...limits, maxOutputBytes: 10 }
      const exact = await execute('printf 0123456789\n', { limits: small })
      assert.deepEqual([exact.exitCode, exact.ended, textOf(exact.stdout)], [0, undefined, '0123456789'])
      const over = await execute('printf 0123456789a; sleep 20\n', { limits: small })
      assert.equal(over.ended, 'output-limit')
    }
  ],
  [
    'ends a script on abort, and starts none after it',
    async ({ execute, events, folder }) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 100)
      const { ended } = await execute('sleep 20\n', { signal: controller.signal })
      assert.equal(ended, 'aborted')
      events.length = 0
      const never = await execute(`: > ${folder}/started\n`, { signal: AbortSignal.abort() })
      assert.deepEqual([never.ended, events], ['aborted', []])
    }
  ],
  [
    'answers while a background process holds the output, and says so',
    async ({ execute }) => {
      const { exitCode, outputHeld, stdout } = await execute('sleep 2 & echo module=a\n')
      assert.deepEqual([exitCode, outputHeld, textOf(stdout)], [0, true, 'module=a\n'])
      const free = await execute('sleep 2 >/dev/null 2>&1 & echo module=a\n')
      assert.notEqual(free.outputHeld, true)
    }
  ],
  [
    'runs exactly the pinned bytes, whatever is in the file by then',
    async ({ execute, folder }) => {
      const elsewhere = path.join(folder, 'pinned.sh')
      const { stdout } = await execute('echo from the file\n', {
        path: elsewhere,
        bytes: new TextEncoder().encode('echo "$0" "$1"\n'),
        pinned: true,
        args: ['a']
      })
      assert.equal(textOf(stdout), `${elsewhere} a\n`)
    }
  ],
  [
    'tells that it started, and each line of stderr',
    async ({ execute, events }) => {
      await execute(`printf 'one\\n\\303\\251' >&2; printf '\\nlast' >&2\n`)
      const [started, ...lines] = events
      assert.equal(started?.type, 'started')
      assert.deepEqual(lines, [
        { type: 'stderr', line: 'one' },
        { type: 'stderr', line: 'é' },
        { type: 'stderr', line: 'last' }
      ])
    }
  ],
  [
    'is not disturbed by a listener that throws',
    async ({ execute }) => {
      const onEvent = () => {
        throw new Error('mine')
      }
      const { exitCode, stdout } = await execute('echo log >&2; echo module=a\n', { onEvent })
      assert.deepEqual([exitCode, textOf(stdout)], [0, 'module=a\n'])
    }
  ],
  [
    'runs several scripts at once, each with its own answer',
    async ({ execute, folder }) => {
      const names = Array.from({ length: 8 }, (_, index) => `run-${index}`)
      const results = await Promise.all(
        names.map((name) => execute(`sleep 0.05; echo ${name}; echo ${name} >&2\n`, { path: path.join(folder, `${name}.sh`) }))
      )
      const answers = results.map(({ stdout, stderr }) => [textOf(stdout), stderr])
      assert.deepEqual(
        answers,
        names.map((name) => [`${name}\n`, `${name}\n`])
      )
    }
  ]
]
