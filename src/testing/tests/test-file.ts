import type { Place } from '../../core/diagnostic.ts'
import { type Diagnostic, diagnosticOf, inOrder } from '../../core/diagnostic.ts'
import { parseYaml } from '../../core/yaml-text.ts'
import { valuesOf } from '../../core/yaml-values.ts'
import { defineCatalog, type Settings } from '../../index.ts'
import { any, type CommandStub, type Stub } from '../commands/stub.ts'
import type { LoaderRunOptions } from '../run-options.ts'
import { shapeProblems } from './shape.ts'
import { meaningProblems } from './test-file-problems.ts'
import { testFileShape } from './test-file-shape.ts'

/** A module as a case expects it. */
export type ExpectedModule = string | Readonly<Record<string, string> & { module: string }>

/** What a case expects. */
export type Expectation = readonly ExpectedModule[] | { readonly error: string }

/** A case as it is written. */
interface WrittenCase {
  name?: string
  env?: Readonly<Record<string, string>> | null
  commands?: Readonly<Record<string, WrittenStub>> | null
  files?: Readonly<Record<string, string>> | null
  args?: readonly string[] | null
  expect: 'none' | Expectation
}

type WrittenStub = CommandStub | readonly (CommandStub & { args: readonly (string | { any: true })[] })[]

/** A file of tests as it is written: its shape holds. */
export interface WrittenTests extends Omit<WrittenCase, 'name' | 'expect'> {
  script: string | { configMap: string; key: string }
  catalog?: Readonly<Record<string, readonly string[] | null>> | null
  absent?: readonly string[] | null
  tools?: readonly string[] | null
  interpreter?: string | readonly string[]
  keys?: readonly string[] | null
  limits?: LoaderRunOptions['limits'] | null
  world?: 'path' | 'namespace' | 'open'
  cases: readonly WrittenCase[]
}

/** A file of tests, to be run. */
export interface TestFile {
  /** As it is written: a path, or a ConfigMap with a key. */
  script: WrittenTests['script']
  /** Of every run. */
  options: LoaderRunOptions
  cases: readonly TestCase[]
}

export interface TestCase {
  name: string
  /** Of the case in the file, from 1. */
  line: number
  options: LoaderRunOptions
  expected: Expectation
}

/** Reads a file of tests: itself, or all that is wrong with it. `folder`: where its paths start. */
export async function readTestFile(
  bytes: Uint8Array,
  { source, folder }: { source: string; folder: string }
): Promise<{ tests: TestFile; diagnostics: [] } | { tests?: undefined; diagnostics: Diagnostic[] }> {
  const yaml = await parseYaml(bytes, source)
  const [document, second] = yaml.documents.filter(({ contents }, index) => index === 0 || contents !== null)
  if (second) {
    const [from] = second.range
    const problem = { code: 'invalid-config', message: 'a second document: a file of tests is one', hint: 'keep one' } as const
    return { diagnostics: inOrder([...yaml.diagnostics, diagnosticOf(problem, yaml.placeAt(from, from + 1))]) }
  }
  if (document === undefined || document.errors.length > 0) return { diagnostics: yaml.diagnostics }
  const values = await valuesOf(document, yaml)
  const told = [...yaml.diagnostics, ...values.diagnostics]
  const found = shapeProblems(values, testFileShape).filter((problem) => !told.some((other) => isAtSamePlace(other, problem)))
  const meant = await meaningProblems(values, folder)
  const diagnostics = inOrder([...told, ...found, ...meant])
  return diagnostics.length > 0
    ? { diagnostics }
    : { tests: testsOf(values.value as WrittenTests, values.placeOf), diagnostics: [] }
}

/** What is no value is read as null, of which nobody needs to be told twice. */
function isAtSamePlace(a: Diagnostic, b: Diagnostic): boolean {
  return a.line === b.line && a.column === b.column
}

function testsOf(written: WrittenTests, placeOf: (path: (string | number)[]) => Place): TestFile {
  const { script, catalog, env, commands, files, absent, tools, args, interpreter, keys, limits, world } = written
  return {
    script,
    options: {
      ...(catalog && { catalog: catalogOf(catalog) }),
      env: env ?? {},
      commands: stubsOf(commands),
      files: files ?? {},
      absent: absent ?? [],
      tools: tools ?? [],
      args: args ?? [],
      interpreter,
      keys: keys ?? [],
      limits: limits ?? {},
      world
    },
    cases: written.cases.map((one, index) => ({
      name: one.name ?? nameOf(one, index),
      line: placeOf(['cases', index]).line ?? 1,
      options: {
        env: one.env ?? {},
        commands: stubsOf(one.commands),
        files: one.files ?? {},
        ...(one.args && { args: one.args })
      },
      expected: one.expect === 'none' ? [] : one.expect
    }))
  }
}

/** Configs that are named are defined, and have no settings. */
function catalogOf(written: NonNullable<WrittenTests['catalog']>) {
  const entries: Record<string, { configs: Record<string, Settings> }> = Object.create(null)
  for (const [module, names] of Object.entries(written)) {
    const configs: Record<string, Settings> = Object.create(null)
    for (const name of names ?? []) configs[name] = {}
    entries[module] = { configs }
  }
  return defineCatalog(entries)
}

function stubsOf(written: WrittenCase['commands']): Record<string, Stub> {
  const stubs: Record<string, Stub> = Object.create(null)
  for (const [name, stub] of Object.entries(written ?? {})) stubs[name] = stubOf(stub)
  return stubs
}

function stubOf(written: WrittenStub): Stub {
  if (!Array.isArray(written)) return written as CommandStub
  return (written as Extract<WrittenStub, readonly unknown[]>).map(({ args, ...reply }) => ({
    ...reply,
    args: args.map((word) => (typeof word === 'string' ? word : any))
  }))
}

/** A case without a name is called by its variables. */
function nameOf({ env }: WrittenCase, index: number): string {
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`)
  return variables.length === 0 ? `case ${index + 1}` : variables.join(' ')
}
