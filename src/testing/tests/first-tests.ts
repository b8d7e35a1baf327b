import path from 'node:path'
import type { HermesError } from '../../index.ts'
import { isCommandName, type Stub } from '../commands/stub.ts'
import { inParallel } from '../in-parallel.ts'
import type { LoaderRun } from '../loader-run.ts'
import type { LoaderScript } from '../loader-script.ts'
import { readText } from '../read-text.ts'
import { invocationsOf, nameOf } from '../shell/shell-invocations.ts'
import { parseShell } from '../shell/shell-syntax.ts'
import { sourcedLibraries } from '../world/sourced-libraries.ts'
import { defaultTools, networkTools, shellBuiltins } from '../world/tools.ts'
import { actualOf } from './case-verdict.ts'
import { comparedValues } from './compared-values.ts'
import type { Expectation } from './test-file.ts'

/** A case that was tried. */
interface TriedCase {
  env: Readonly<Record<string, string>>
  run: LoaderRun
}

/** Where a script lies. */
interface ScriptPlace {
  /** Absolute. */
  folder: string
  name: string
}

/** More would be read by nobody. */
const mostCases = 50
/** A stub lets a script go on to its next command. */
const mostRounds = 10

/**
 * The first tests of a script, as the text of a `*.loader.yaml`: an empty environment, and each value that the script compares
 * a variable with, with what the script does there.
 *
 * @throws HermesError what it fails with in every case
 */
export async function firstTests(script: LoaderScript, text: string, { folder, name }: ScriptPlace): Promise<string> {
  const values = comparedValues(text).slice(0, mostCases - 1)
  const envs = [{}, ...values.map(({ variable, value }) => ({ [variable]: value }))]
  const stubs = new Set([text, ...libraryTexts(text, folder)].flatMap(networkCommands))
  for (let round = 0; ; round++) {
    const commands = Object.fromEntries(Array.from(stubs, (name): [string, Stub] => [name, {}]))
    const cases = await inParallel(envs, async (env) => ({ env, run: await script.run({ env, commands, reject: false }) }))
    const before = stubs.size
    for (const { run } of cases) for (const name of missingCommands(run)) stubs.add(name)
    if (stubs.size > before && round < mostRounds) continue
    const expected = cases.map(({ run }) => actualOf({ run }))
    const failed = cases.find((_, index) => expected[index] === undefined)
    if (failed) throw failed.run.error as HermesError
    return textOf(name, stubs, cases, expected as Expectation[])
  }
}

/** The libraries that a script sources literally from its own folder, and those of these, each once. */
function libraryTexts(script: string, folder: string): string[] {
  const texts = new Map<string, string>()
  const queue = [script]
  for (const text of queue) {
    for (const { file, from } of sourcedLibraries(text)) {
      const at = path.resolve(folder, file)
      const found = from === 'script' && !texts.has(at) ? readText(at) : undefined
      if (found === undefined) continue
      texts.set(at, found)
      queue.push(found)
    }
  }
  return [...texts.values()]
}

/** Network tools that a text's words call. */
function networkCommands(text: string): string[] {
  const { commands } = parseShell(text)
  const called = commands.flatMap((command) => invocationsOf(command).map(({ program }) => program.value ?? ''))
  return called.map((name) => nameOf({ text: name, value: name, line: 1, quoted: false })).filter(isNetworkTool)
}

function isNetworkTool(name: string): boolean {
  return networkTools.includes(name)
}

/** What a run asked for and had not. */
function missingCommands({ refused, notFound }: LoaderRun): string[] {
  return [...refused.map(({ command }) => command), ...notFound].filter(
    (name) => isCommandName(name) && !shellBuiltins.has(name) && !defaultTools.includes(name)
  )
}

async function textOf(
  script: string,
  stubs: ReadonlySet<string>,
  cases: readonly TriedCase[],
  expected: readonly Expectation[]
): Promise<string> {
  const { Document, isMap, isScalar } = await import('yaml')
  const catalog = catalogOf(cases)
  const document = new Document({
    script,
    ...(Object.keys(catalog).length > 0 && { catalog }),
    ...(stubs.size > 0 && { commands: Object.fromEntries(Array.from(stubs, (name) => [name, { stdout: '' }])) }),
    cases: cases.map(({ env }, index) => ({
      ...(Object.keys(env).length > 0 ? { env } : { name: 'an empty environment' }),
      expect: writtenExpectation(expected[index] ?? [])
    }))
  })
  const comments: Readonly<Record<string, string>> = {
    catalog: ' The modules that a case gives, with the names of their configs: add those that no case gives yet.',
    commands: ' Called by the script, and not there in a test: what they print is not known, so write it in.',
    cases: ' What the script did when this file was written; look whether it is what it should do.'
  }
  document.commentBefore = ' Tests of a loader script: hermes-modules test'
  if (isMap(document.contents)) {
    for (const { key, value } of document.contents.items) {
      const comment = isScalar(key) ? comments[String(key.value)] : undefined
      if (comment !== undefined && isScalar(key)) {
        key.commentBefore = comment
        key.spaceBefore = true
      }
      if (isMap(value)) for (const { value: inner } of value.items) Object.assign(inner as object, { flow: true })
    }
  }
  for (const [index] of cases.entries()) {
    for (const name of ['env', 'expect']) {
      const node = document.getIn(['cases', index, name], true)
      if (typeof node === 'object' && node !== null && !isScalar(node)) Object.assign(node, { flow: true })
    }
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function writtenExpectation(expected: Expectation): Expectation | 'none' {
  return Array.isArray(expected) && expected.length === 0 ? 'none' : expected
}

/** The modules of all cases, with their configs. */
function catalogOf(cases: readonly TriedCase[]): Record<string, string[]> {
  const catalog: Record<string, string[]> = Object.create(null)
  for (const { name, config } of cases.flatMap(({ run }) => run.modules)) {
    catalog[name] ??= []
    if (config !== undefined && !catalog[name].includes(config)) catalog[name].push(config)
  }
  return catalog
}
