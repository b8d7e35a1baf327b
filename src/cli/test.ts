import path from 'node:path'
import { HermesError } from '../index.ts'
import { runLoaderTests } from '../testing/index.ts'
import { type CommandIo, wantsColor } from './io.ts'
import { writeCoverage } from './test/coverage.ts'
import { foundFiles } from './test/found-files.ts'
import { githubReporter } from './test/github.ts'
import { junitReporter } from './test/junit.ts'
import { prettyReporter } from './test/pretty.ts'
import { tapReporter } from './test/tap.ts'
import { countsOf, type Reporter, summaryOf, type TestedFile } from './test/tested-file.ts'
import { runAndWatch } from './test/watched-runs.ts'
import { writeFirstTests } from './test/write-first-tests.ts'
import { UsageError } from './usage-error.ts'

/** Options of `hermes-modules test`. */
export interface TestOptions {
  /** Files of tests and folders; without any, those below the working folder. */
  files: readonly string[]
  format: 'pretty' | 'tap' | 'junit' | 'github'
  watch: boolean
  update: boolean
  /** The folder that coverage is written to. */
  coverage: string | undefined
  /** Percent of the lines that are to be reached. */
  min: number | undefined
  /** The script that first tests are written for. */
  init: string | undefined
}

/**
 * Runs tests of loader scripts.
 *
 * @returns the exit code: 0 where all passed, else 1
 * @throws the signal's reason where it is aborted; HermesError for a script that --init can't run; UsageError
 */
export async function testScripts(options: TestOptions, io: CommandIo): Promise<number> {
  const problems = exclusions(options)
  if (problems.length > 0) throw new UsageError(problems, 'test')
  if (options.init !== undefined) return writeFirstTests(options.init, io)
  if (!options.watch) return (await runOnce(options, io)).code
  return runAndWatch(async () => {
    const { files } = await runOnce(options, io)
    io.stderr.write('waiting for a change; Ctrl+C ends\n')
    return files
  }, io.signal)
}

function exclusions({ init, files, watch, update, coverage, min, format }: TestOptions): string[] {
  const others = [
    ...files.map((file) => `the argument "${file}"`),
    ...(watch ? ['--watch'] : []),
    ...(update ? ['--update'] : []),
    ...(coverage === undefined ? [] : ['--coverage']),
    ...(min === undefined ? [] : ['--min']),
    ...(format === 'pretty' ? [] : ['--format'])
  ]
  if (init !== undefined && others.length > 0) return [`--init runs no tests, so it takes nothing of them: ${others.join(', ')}`]
  return min !== undefined && coverage === undefined ? ['--min is of the coverage: --coverage takes its folder'] : []
}

interface DoneRun {
  code: number
  /** What it depended on. */
  files: readonly string[]
}

async function runOnce(options: TestOptions, io: CommandIo): Promise<DoneRun> {
  const files = foundFiles(options.files, io.cwd)
  if (files.length === 0) {
    io.stderr.write('there are no tests here: no *.loader.yaml; hermes-modules test --init SCRIPT writes a first one\n')
    return { code: 1, files: [path.join(io.cwd, 'any.loader.yaml')] }
  }
  const reporter = reporterOf(options, io)
  const tested: TestedFile[] = []
  io.stdout.write(reporter.begin?.() ?? '')
  for (const file of files) {
    const done = await testFile(file, options, io)
    tested.push(done)
    io.stdout.write(reporter.file(done))
  }
  io.stdout.write(reporter.end?.() ?? '')
  const counts = countsOf(tested)
  io.stderr.write(`${summaryOf(counts)}\n`)
  const covered = writeCoverage(tested, options, io)
  return {
    code: counts.failed + counts.badFiles > 0 || !covered ? 1 : 0,
    files: tested.flatMap((one) => ('result' in one ? one.result.files : [path.resolve(io.cwd, one.file)]))
  }
}

async function testFile(file: string, { update, coverage }: TestOptions, { cwd, signal }: CommandIo): Promise<TestedFile> {
  signal.throwIfAborted()
  try {
    const trace = coverage !== undefined
    return { file, result: await runLoaderTests(path.resolve(cwd, file), { source: file, update, trace, signal }) }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof HermesError) return { file, error }
    throw error
  }
}

function reporterOf({ format }: TestOptions, io: CommandIo): Reporter {
  switch (format) {
    case 'tap':
      return tapReporter()
    case 'junit':
      return junitReporter()
    case 'github':
      return githubReporter()
    case 'pretty':
      return prettyReporter(wantsColor(io.stdout, io.env))
  }
}
