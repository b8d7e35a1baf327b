import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { assertResolves, type LoaderRunOptions, loaderScript, mergeCoverage } from '../../src/testing/index.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { rejection } from './kit.ts'

const runText = (text: string, options: LoaderRunOptions = {}) =>
  loaderScript(tempFile('load-sidecars.sh', text)).run({ interpreter: 'bash', ...options })

const script = `#!/bin/bash
zone=$(kubectl get node)
if [ "$zone" = zone-a ]; then
  echo module=mem-profiler,config=prod-tunings
else
  echo module=mem-logger
fi
`
const inZone = (zone: string): LoaderRunOptions => ({ commands: { kubectl: { stdout: `${zone}\n` } } })

describe('trace: true', () => {
  test('gives the line that printed each directive, and says how far it saw', async () => {
    const file = tempFile('load-sidecars.sh', script)
    const run = await loaderScript(file).run({ ...inZone('zone-a'), trace: true })
    expect({ trace: run.trace, blame: run.blame, modules: run.modules.map(({ name }) => name) }).toEqual({
      trace: { state: 'full' },
      blame: [{ module: 'mem-profiler', config: 'prod-tunings', source: file, line: 4 }],
      modules: ['mem-profiler']
    })
  })

  test('an untraced run has neither', async () => {
    const run = await loaderScript(tempFile('load-sidecars.sh', script)).run(inZone('zone-a'))
    expect([run.trace, run.blame, 'trace' in run]).toEqual([undefined, undefined, false])
  })

  test('a run that fails has its blame too', async () => {
    const error = await rejection(runText('echo module=mem-logger; exit 3', { trace: true }))
    expect([error.code, error.run.blame?.map(({ line }) => line)]).toEqual(['ERR_HERMES_SCRIPT_EXIT', [1]])
  })

  test('dash can not be traced, and it is said why', async () => {
    const run = await runText('echo module=a', { interpreter: 'dash', trace: true })
    expect([run.trace, run.blame]).toEqual([{ state: 'none', reason: 'dash runs the script, and only bash can be traced' }, []])
  })

  test.each([
    ['|', '    ', 'line 7', true],
    ['>', '    ', 'a folded text has lines of its own', false]
  ])('of a ConfigMap in style %s: %s', async (style, indent, _, literal) => {
    const text = `#!/bin/bash\n${literal ? '' : '\n'}echo module=mem-logger\n`
    const yaml = `kind: ConfigMap\ndata:\n  # the loader\n  load.sh: ${style}\n${text.replace(/^(?=.)/gm, indent)}`
    const file = tempFile('loader.yaml', yaml)
    const run = await loaderScript.fromConfigMap(file, 'load.sh').run({ trace: true })
    const [blame] = run.blame ?? []
    if (literal) expect(blame).toEqual({ module: 'mem-logger', source: file, line: 6 })
    else expect(blame).toEqual({ module: 'mem-logger', source: `${file} (load.sh, lines of its text)`, line: 2 })
  })
})

describe('coverage', () => {
  test('is that of all traced runs so far', async () => {
    const loader = loaderScript(tempFile('load-sidecars.sh', script), { trace: true })
    await loader.run(inZone('zone-a'))
    const half = await loader.coverage()
    expect([half.percent, half.lines.map(({ line, hits }) => [line, hits])]).toEqual([
      75,
      [
        [2, 1],
        [3, 1],
        [4, 1],
        [6, 0]
      ]
    ])
    await loader.run(inZone('zone-b'))
    expect((await loader.coverage()).percent).toBe(100)
    expect((await loader.coverage()).lcov).toMatch(
      /^TN:\nSF:\/.*load-sidecars\.sh\nDA:2,2\nDA:3,2\nDA:4,1\nDA:6,1\nLF:4\nLH:4\nend_of_record\n$/
    )
  })

  test('of no traced run has no percentage, and says why', async () => {
    const loader = loaderScript(tempFile('load.sh', 'echo module=a\n'))
    expect(await loader.coverage()).toEqual({ lcov: '', lines: [], reason: 'no run was traced' })
    await loader.run({ trace: true, interpreter: 'dash' })
    expect(await loader.coverage()).toEqual({
      lcov: '',
      lines: [],
      reason: 'dash runs the script, and only bash can be traced'
    })
  })

  describe('with HERMES_COVERAGE', () => {
    afterEach(() => {
      vi.unstubAllEnvs()
    })

    test('every run is traced, and what each process reached is joined', async () => {
      const folder = path.join(tempFolder(), 'coverage')
      vi.stubEnv('HERMES_COVERAGE', folder)
      const loader = loaderScript(tempFile('load-sidecars.sh', script))
      expect((await loader.run(inZone('zone-a'))).trace).toEqual({ state: 'full' })
      await loader.run(inZone('zone-b'))
      expect(readdirSync(folder)).toHaveLength(1)
      expect((await mergeCoverage(folder)).percent).toBe(100)
      expect((await mergeCoverage(new URL(`file://${folder}`))).percent).toBe(100)
    })
  })
})

describe('a script that would leave the closed world is refused before it runs', () => {
  const refusal = (text: string, options: LoaderRunOptions = {}) =>
    rejection(loaderScript(tempFile('load.sh', text), { interpreter: 'bash', ...options }).run())

  test('with every line, and what to do', async () => {
    const ran = path.join(tempFolder(), 'ran')
    const error = await refusal(`: >${ran}\nPATH=/usr/bin:$PATH\n/usr/bin/kubectl get node\necho module=a\n`)
    expect({ code: error.code, message: error.message, ran: readdirSync(path.dirname(ran)) }).toEqual({
      code: 'ERR_HERMES_WORLD_OPEN',
      message: `the loader script load.sh was not run: it could reach the real system:
  load.sh:2: sets PATH. Leave PATH as the test gives it; commands and tools go into the options of the run
  load.sh:3: calls /usr/bin/kubectl by its path. Call it by its name, kubectl, and answer for it in commands
Else world: "namespace" closes these ways too, and world: "open" accepts them`,
      ran: []
    })
    expect([error.run.calls, error.run.stdout]).toEqual([[], ''])
  })

  test('so is a library that it sources, from its own folder or from the files of the run', async () => {
    const folder = tempFolder()
    const file = path.join(folder, 'load.sh')
    spawnSync('sh', [
      '-c',
      `echo '. "$(dirname "$0")/lib.sh"; . ./conf.sh' >${file}; echo 'exec 3<>/dev/tcp/10.0.0.1/80' >${folder}/lib.sh`
    ])
    const loader = loaderScript(file, { interpreter: 'bash', files: { 'conf.sh': '\ncommand -p curl x\n' } })
    const { message } = await rejection(loader.run())
    expect(
      message
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(': ')[0])
    ).toEqual([`  ${folder}/lib.sh:1`, '  conf.sh:2'])
  })

  test('so is one that it sources from its own folder, which it has gone to, and one of that', async () => {
    const folder = tempFolder()
    const file = path.join(folder, 'load.sh')
    writeFileSync(file, 'cd "$(dirname "$0")" || exit\n. ./lib.sh\n')
    writeFileSync(path.join(folder, 'lib.sh'), '. ./more.sh\n')
    writeFileSync(path.join(folder, 'more.sh'), ':\nPATH=/bin\n')
    const { message } = await rejection(loaderScript(file, { interpreter: 'bash' }).run())
    expect(message.split('\n')[1]).toMatch(`  ${folder}/more.sh:2: sets PATH`)
  })

  test('so is a login shell in its #! line', async () => {
    const { message } = await rejection(loaderScript(tempFile('load.sh', '#!/bin/bash -l\necho module=a\n')).run())
    expect(message.split('\n')[1]).toMatch(/^ {2}load\.sh:1: /)
  })

  test('a script of a ConfigMap is refused at the YAML line', async () => {
    const text = 'kind: ConfigMap\ndata:\n  load.sh: |\n    #!/bin/sh\n    PATH=/bin\n'
    const { message } = await rejection(loaderScript.fromConfigMap({ text, source: 'loader.yaml' }, 'load.sh').run())
    expect(message.split('\n')[1]).toMatch(/^ {2}loader\.yaml:5: sets PATH/)
  })

  test('an open world accepts it', async () => {
    const run = await runText('PATH=/usr/bin:/bin\necho module=a', { world: 'open' })
    expect(run.modules.map(({ name }) => name)).toEqual(['a'])
  })

  test('what is data is no reason', async () => {
    const run = await runText('echo "note=PATH=/usr/bin is set in /usr/bin/kubectl"\necho module=a # PATH=/x')
    expect(run.modules.map(({ name }) => name)).toEqual(['a'])
  })
})

describe('a failing assertion', () => {
  const told = async (text: string, options: LoaderRunOptions = {}) => {
    const run = await runText(text, options)
    return assertResolves(run, ['other']).then(
      () => '',
      ({ message }: Error) => message
    )
  }

  test('shows the line that printed each module, found by a second run with the replies of the first', async () => {
    let asked = 0
    const kubectl = () => {
      asked++
      return { stdout: `zone-${asked}\n` }
    }
    const message = await told('for i in 1 2; do\n  echo module=$(kubectl get $i)\ndone', { commands: { kubectl } })
    expect(message).toContain('+ zone-1  load-sidecars.sh:2')
    expect(message).toContain('+ zone-2  load-sidecars.sh:2')
    expect(asked).toBe(2)
  })

  test('guesses nothing where the second run answers otherwise', async () => {
    const message = await told('echo module=m$RANDOM$RANDOM')
    expect(message).toMatch(/\+ m\d+\n/)
  })

  test('needs no second run of a traced one, and can not have one of dash', async () => {
    expect(await told('echo module=a', { trace: true })).toContain('+ a  load-sidecars.sh:1')
    expect(await told('echo module=a', { interpreter: 'dash' })).toMatch(/\+ a\n/)
  })
})
