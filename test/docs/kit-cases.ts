import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { assertResolves, loaderScript } from '../../src/testing/index.ts'
import { runCli } from '../cli/run-cli.ts'

const production = { env: { CLUSTER_ENV: 'production', NODE_NAME: 'node-1' }, commands: { kubectl: { stdout: 'large' } } }

/** What docs/testing.md shows of its own first script. */
export const kitCases: Readonly<Record<string, () => Promise<string>>> = {
  'kit-init': () =>
    inProject(async (cwd) => {
      await runCli(['test', '--init', script], { cwd })
      return readFile(path.join(cwd, tests), 'utf8')
    }),
  'kit-run': () =>
    inProject(async (cwd) => {
      await writeFile(path.join(cwd, tests), await sampleOf(/```yaml\n(script: [\s\S]*?)```/))
      const { stdout, stderr } = await runCli(['test'], { cwd })
      return `${stdout}${stderr}`
    }),
  'kit-assertion': () =>
    inProject(async (cwd) => {
      const run = await loaderScript(path.join(cwd, script)).run(production)
      return failure(() => assertResolves(run, [{ module: 'mem-profiler', config: 'small' }]), cwd)
    }),
  'kit-unstubbed': () =>
    inProject((cwd) => failure(() => loaderScript(path.join(cwd, script)).run({ env: production.env }), cwd)),
  'kit-decisions': () =>
    inProject(async (cwd) => {
      const { text } = await loaderScript(path.join(cwd, script)).decisionTable({
        CLUSTER_ENV: ['production', undefined],
        kubectl: { 'large pool': { stdout: 'large' }, 'API down': { exitCode: 1 } }
      })
      return text
    })
}

const script = 'deploy/load-sidecars.sh'
const tests = 'deploy/load-sidecars.loader.yaml'

/** Gives a project that has the first script of docs/testing.md. */
async function inProject<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hermes-docs-'))
  try {
    await mkdir(path.join(folder, 'deploy'))
    await writeFile(path.join(folder, script), await sampleOf(/```sh\n(#![\s\S]*?)```/))
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The first block of docs/testing.md that begins so. */
async function sampleOf(pattern: RegExp): Promise<string> {
  const found = pattern.exec(await readFile('docs/testing.md', 'utf8'))?.[1]
  if (found === undefined) throw new Error(`docs/testing.md has no ${pattern}`)
  return found
}

async function failure(run: () => Promise<unknown>, folder: string): Promise<string> {
  try {
    await run()
  } catch (error) {
    if (error instanceof Error) return error.message.replaceAll(folder, '/app')
    throw error
  }
  throw new Error('the sample was to fail')
}
