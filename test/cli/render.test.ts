import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { kinds, type Manifest } from '../kubernetes/inject.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { type CliRun, runCli, type Surroundings } from './run-cli.ts'

const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: app:1\n'
const resources = 'resources: { requests: { cpu: 5m, memory: 16Mi } }'
const sidecars = `mem-logger:\n  container: { image: "registry.example/mem-logger:1", ${resources} }\n`
const modules = 'modules:\n  - module: mem-logger\n'

interface Files extends Surroundings {
  workload?: string
  sidecars?: string | undefined
  modules?: string
}

/** Renders files in a folder of their own; `flags` follow the usual ones. */
async function render(files: Files = {}, ...flags: string[]): Promise<CliRun> {
  const cwd = tempFolder()
  writeFileSync(path.join(cwd, 'web.yaml'), files.workload ?? pod)
  writeFileSync(path.join(cwd, 'sidecars.yaml'), files.sidecars ?? sidecars)
  writeFileSync(path.join(cwd, 'modules.yaml'), files.modules ?? modules)
  const usual = ['-f', 'web.yaml', '--sidecars', 'sidecars.yaml', '--no-script', '--static-config', 'modules.yaml']
  return runCli(['render', ...usual, ...flags], { cwd, ...files })
}

const initNames = (text: string) => parse(text).spec.initContainers.map(({ name }: { name: string }) => name)

describe('where the modules come from', () => {
  it('is a static configuration', async () => {
    const { code, stdout, stderr } = await render()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(initNames(stdout)).toEqual(['hermes-mem-logger'])
    expect(stdout.startsWith(pod.slice(0, pod.indexOf('spec:')))).toBe(true)
  })

  it('is a loader script, with its arguments; what it tells its operator is on stderr', async () => {
    const cwd = tempFolder()
    for (const [name, text] of Object.entries({ 'web.yaml': pod, 'sidecars.yaml': sidecars }))
      writeFileSync(path.join(cwd, name), text)
    writeFileSync(path.join(cwd, 'load.sh'), 'echo "chose $1" >&2\necho "module=$1"\n', { mode: 0o755 })
    const argv = [
      'render',
      '-f',
      'web.yaml',
      '--sidecars',
      'sidecars.yaml',
      './load.sh',
      '--no-static-config',
      '--',
      'mem-logger'
    ]
    const { code, stdout, stderr } = await runCli(argv, { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'chose mem-logger\n' })
    expect(initNames(stdout)).toEqual(['hermes-mem-logger'])
  })

  it('fails as resolve does, with nothing on stdout', async () => {
    const { code, stdout, stderr } = await render({ modules: 'modules: 3\n' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('ERR_HERMES_')
  })
})

describe('stdin', () => {
  it('is the workload of --file -', async () => {
    const { stdout } = await render({ stdin: pod.replace('app:1', 'app:2') }, '--file=-').then(({ stderr }) => ({
      stdout: stderr
    }))
    expect(stdout).toContain('--file was given twice')
    const work = tempFolder()
    writeFileSync(path.join(work, 'sidecars.yaml'), sidecars)
    writeFileSync(path.join(work, 'modules.yaml'), modules)
    const argv = ['render', '-f', '-', '--sidecars', 'sidecars.yaml', '--no-script', '--static-config', 'modules.yaml']
    const run = await runCli(argv, { cwd: work, stdin: pod.replace('app:1', 'app:2') })
    expect(run.code).toBe(0)
    expect(run.stdout).toContain('image: app:2\n')
  })
})

describe('wrong usage', () => {
  const cases: [string, string[], string][] = [
    ['no workload', ['--sidecars', 's'], 'render takes the workload: --file FILE, or --file - for stdin'],
    ['no sidecars', ['-f', 'w'], 'render takes the templates of the sidecars: --sidecars FILE'],
    ['stdin twice', ['-f', '-', '--sidecars', '-'], '--file and --sidecars can not both be stdin'],
    [
      'a position',
      ['-f', 'w', '--sidecars', 's', '--position', 'middle'],
      '--position takes first, last, before:NAME or after:NAME'
    ],
    ['a name alone', ['-f', 'w', '--sidecars', 's', '--only', 'web'], '--only takes KIND/NAME, such as deployment/web'],
    ['flags at odds', ['-f', 'w', '--sidecars', 's', '--no-script', '--args', 'a'], '--no-script runs no script']
  ]
  it.each(cases)('%s', async (_, flags, message) => {
    const { code, stdout, stderr } = await runCli(['render', ...flags])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain('hermes-modules help render says more')
  })
})

const two = `${pod.replace('kind: Pod', 'kind: Pod # one')}---\n${pod.replace('name: web', 'name: db')}`

describe('which workloads', () => {
  it('are chosen by --only, whatever the case of the kind', async () => {
    const { code, stdout } = await render({ workload: two }, '--only', 'pod/db')
    expect(code).toBe(0)
    expect(stdout.startsWith(two.slice(0, two.indexOf('---')))).toBe(true)
    expect(stdout.slice(stdout.indexOf('---'))).toContain('hermes-mem-logger')
  })

  it('must be there', async () => {
    const { code, stdout, stderr } = await render({ workload: two }, '--only', 'pod/web', '--only', 'job/web')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe('web.yaml: error: there is no workload "job/web" [invalid-workload]\n  hint: there is Pod/web, Pod/db\n')
  })

  it('are none in a file that holds no Pod', async () => {
    const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`
    const { code, stdout, stderr } = await render({ workload: [1, 2, 3, 4, 5, 6].map((n) => service(`s${n}`)).join('---\n') })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(
      'web.yaml: error: nothing here can hold a Pod: there is Service/s1, Service/s2, Service/s3, Service/s4, Service/s5 and 1 more [invalid-workload]'
    )
    const { stderr: hinted } = await render({ workload: '' })
    expect(hinted).toContain('nothing here can hold a Pod: there is nothing')
    for (const kind of kinds) expect(hinted).toMatch(new RegExp(`\\b${kind}\\b`))
  })
})

describe('a List of one kind, whose items name none, as the API server gives it', () => {
  const items = (text: string) => text.trimEnd().split('\n').join('\n  ')
  const bare = pod.replace('apiVersion: v1\nkind: Pod\n', '')
  const template = `metadata: { name: web }\nspec:\n  template:\n    ${bare.trimEnd().split('\n').join('\n    ')}\n`

  it.each([
    ['PodList', bare, (item: Manifest) => item],
    ['DeploymentList', template, (item: Manifest) => item.spec.template]
  ])('%s', async (kind, item, podOf) => {
    const workload = `kind: ${kind}\nitems:\n- ${items(item)}\n- ${items(item.replace('web', 'db'))}\n`
    const { code, stdout, stderr } = await render({ workload })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found: Manifest[] = parse(stdout).items
    expect(found.map((one) => podOf(one).spec.initContainers[0].name)).toEqual(['hermes-mem-logger', 'hermes-mem-logger'])
    expect(found.map((one) => Object.hasOwn(one, 'kind'))).toEqual([false, false])
    expect((await render({ workload: stdout, modules: 'modules: []\n' })).stdout).toBe(workload)
    const only = await render({ workload }, '--only', `${kind.slice(0, -4)}/db`)
    expect(parse(only.stdout).items.map((one: Manifest) => podOf(one).spec.initContainers?.length)).toEqual([undefined, 1])
  })

  it('but not of another kind', async () => {
    expect((await render({ workload: `kind: ServiceList\nitems:\n- ${items(bare)}\n` })).stderr).toContain(
      'nothing here can hold a Pod: there is Service/web'
    )
    expect((await render({ workload: `kind: List\nitems:\n- ${items(bare)}\n` })).stderr).toContain('there is without a kind/web')
  })

  it('of Pods: their pull secrets are those that the server put in', async () => {
    const withSecret = `${sidecars}  imagePullSecrets: [{ name: ours }]\n`
    expect((await render({ workload: `kind: PodList\nitems:\n- ${items(bare)}\n`, sidecars: withSecret })).stderr).toBe('')
  })
})

describe('where in the Pod', () => {
  const workload = `${pod}  initContainers:\n    - name: wait\n      image: busybox\n`
  it.each([
    ['first', ['hermes-mem-logger', 'wait']],
    ['last', ['wait', 'hermes-mem-logger']],
    ['before:wait', ['hermes-mem-logger', 'wait']],
    ['after:wait', ['wait', 'hermes-mem-logger']]
  ])('--position %s', async (position, names) => {
    expect(initNames((await render({ workload }, '--position', position)).stdout)).toEqual(names)
  })

  it('--target names the container that is watched', async () => {
    const workload = `${pod}    - name: proxy\n      image: envoy\n`
    const withTarget = `${sidecars}  target: { env: [{ name: A, value: "1" }] }\n`
    const { stdout } = await render({ workload, sidecars: withTarget }, '--target', 'proxy')
    expect(parse(stdout).spec.containers[1].env).toEqual([{ name: 'A', value: '1' }])
    const wrong = await render({ workload }, '--target', 'proxi')
    expect(wrong).toMatchObject({ code: 1, stdout: '' })
    expect(wrong.stderr).toMatch(
      /^web\.yaml:6:3: error: the Pod has no app container "proxi".*\n {2}hint: did you mean "proxy"\?\n$/
    )
  })
})

describe('what can not be injected', () => {
  it('is told at its place, once for each, with nothing on stdout', async () => {
    const taken = `${pod}  initContainers:\n    - name: hermes-mem-logger\n      image: other\n`
    const { code, stdout, stderr } = await render({ workload: `${pod}---\n${taken}` })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^web\.yaml:19:7: error: .*hermes-mem-logger.* \[injection-conflict\]\n/)
  })

  it('shows no line of a manifest, which may have a secret in it', async () => {
    const workload = `${pod}      env: [{ name: TOKEN, value: hunter2 }]\n`
    const clash = `${sidecars}  target: { env: [{ name: TOKEN, value: other }] }\n`
    const { code, stderr } = await render({ workload, sidecars: clash })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^web\.yaml:9:\d+: error: /)
    expect(stderr).not.toContain('hunter2')
  })

  it('is told of an item of a List', async () => {
    const item = pod.trimEnd().split('\n').join('\n  ')
    const workload = `kind: List\nitems:\n- ${item.replace('- name: app', '- named: app')}\n`
    const { code, stderr } = await render({ workload })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^web\.yaml:9:\d+: error: .*\[invalid-workload\]/)
  })

  it('is a module without a template', async () => {
    const { code, stdout, stderr } = await render({ workload: two, modules: 'modules:\n  - module: mem-loger\n' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      'sidecars.yaml: error: no template for module "mem-loger" [missing-template]\n  hint: did you mean "mem-logger"?\n'
    )
  })
})

describe('a workload that can not be read', () => {
  const cases: [string, string | Uint8Array, string][] = [
    ['no YAML', 'kind: Pod\nspec: {\n', 'web.yaml:3:1: error: not valid YAML: '],
    ['a template', 'kind: Pod\nspec: {{ .Values.spec }}\n  a: 1\n', 'hint: a template has to be rendered first'],
    ['a key twice', `${pod}spec: {}\n`, 'web.yaml:9:1: error: not valid YAML: Map keys must be unique'],
    ['no anchor', `${pod}  volumes: *nowhere\n`, 'web.yaml:1:1: error: not valid YAML: Unresolved alias'],
    ['too deep', `a: ${'['.repeat(200)}`, 'nested more than 100 levels deep'],
    ['no UTF-8', Uint8Array.of(0x6b, 0xff), 'web.yaml: error: this is not valid UTF-8 [invalid-encoding]']
  ]
  it.each(cases)('%s', async (_, workload, message) => {
    const cwd = tempFolder()
    writeFileSync(path.join(cwd, 'web.yaml'), workload)
    writeFileSync(path.join(cwd, 'sidecars.yaml'), sidecars)
    const { code, stdout, stderr } = await runCli(['render', '-f', 'web.yaml', '--sidecars', 'sidecars.yaml', '--no-script'], {
      cwd
    })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('is told beside what is wrong with the sidecars, before a script runs', async () => {
    const cwd = tempFolder()
    mkdirSync(path.join(cwd, 'sidecars.yaml'))
    const script = tempFile('load.sh', `touch ${cwd}/ran\n`)
    const { code, stderr } = await runCli(['render', '-f', 'web.yaml', '--sidecars', 'sidecars.yaml', script], { cwd })
    expect(code).toBe(1)
    expect(stderr).toContain("web.yaml: error: this can't be read: there is no such file [unreadable-file]")
    expect(stderr).toContain("sidecars.yaml: error: this can't be read: it is a folder [unreadable-file]")
    expect(spawnSync('ls', [cwd], { encoding: 'utf8' }).stdout).toBe('sidecars.yaml\n')
  })

  it('may have 4 MiB', async () => {
    const { stderr } = await render({ workload: `# ${'x'.repeat(4 * 1024 * 1024)}\n` })
    expect(stderr).toContain("this can't be read: it has more than 4 MiB [unreadable-file]\n  hint: render its parts one by one")
  })

  it('may have a key twice where it is left alone', async () => {
    const other = 'kind: ConfigMap\ndata: { a: 1, a: 2 }\n'
    const { code, stdout } = await render({ workload: `${other}---\n${pod}` })
    expect(code).toBe(0)
    expect(stdout.startsWith(`${other}---\n`)).toBe(true)
  })
})

describe('a sidecars file of a wrong shape', () => {
  const cases: [string, string, string][] = [
    ['no YAML', 'a: b: c\n', 'sidecars.yaml:1:'],
    [
      'a list',
      '- mem-logger\n',
      'sidecars.yaml:1:1: error: the sidecars are a mapping from modules to their templates [invalid-template]'
    ],
    ['nothing', '', 'the sidecars are a mapping from modules to their templates'],
    ['two documents', `${sidecars}---\n${sidecars}`, 'sidecars.yaml:3:1: error: the sidecars stand in one document'],
    ['a module twice', `${sidecars}${sidecars}`, 'sidecars.yaml:3:1: error: not valid YAML: Map keys must be unique'],
    ['no anchor', 'a: *b\n', 'sidecars.yaml:1:1: error: not valid YAML: Unresolved alias'],
    ['a text', 'mem-logger: image\n', 'sidecars.yaml:1:13: error: the template of module "mem-logger" is no mapping'],
    ['no module name', '" ": { container: { image: a } }\n', 'sidecars.yaml:1:1: error: " " is no module name'],
    ['an unknown member', 'a: { container: { image: b }, volume: [] }\n', 'sidecars.yaml:1:1: error: '],
    [
      'no container',
      `${sidecars}a: { volumes: [] }\n`,
      'sidecars.yaml:3:1: error: the template of module "a" gives no container'
    ],
    ['no image', 'a: { container: {} }\n', 'the template of module "a" gives a container without an image'],
    ['a name', 'a: { container: { image: b, name: c } }\n', 'sets name of the container, which is ours to set']
  ]
  it.each(cases)('%s', async (_, text, message) => {
    const { code, stdout, stderr } = await render({ sidecars: text })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(message)
  })

  it('is told of modules too that are not chosen, all in one pass', async () => {
    const { stderr } = await render({ sidecars: `${sidecars}a: {}\nb: {}\n` })
    expect(stderr.match(/gives no container/g)).toHaveLength(2)
  })
})

it('reads YAML as kubectl does: 1.1, with anchors and merge keys in the sidecars too', async () => {
  const shared = `mem-logger:\n  container:\n    <<: &common { image: "logger:1", ${resources} }\n    stdin: yes\n  volumes: [{ name: v, configMap: { name: c, defaultMode: 0644 } }]\n`
  const { code, stdout } = await render({ sidecars: shared })
  expect(code).toBe(0)
  const { spec } = parse(stdout)
  expect(spec.initContainers[0]).toMatchObject({ image: 'logger:1', stdin: true })
  expect(spec.volumes[0].configMap.defaultMode).toBe(0o644)
})

it('replaces and removes what another resolution no longer has', async () => {
  const both = `${sidecars}mem-profiler:\n  container: { image: "profiler:2", ${resources} }\n`
  const first = await render({ sidecars: both })
  const second = await render({ sidecars: both, workload: first.stdout, modules: 'modules:\n  - module: mem-profiler\n' })
  expect(initNames(second.stdout)).toEqual(['hermes-mem-profiler'])
  const none = await render({ sidecars: both, workload: second.stdout, modules: 'modules: []\n' })
  expect(none.stdout).toBe(pod)
})
