import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { quote } from '../../core/clean-text.ts'
import { type Diagnostic, diagnosticOf, type Problem } from '../../core/diagnostic.ts'
import { type LocatedDocument, type Path, valueAt } from '../../core/located-document.ts'
import { isObject } from '../../core/option-rules.ts'
import { didYouMean, suggest } from '../../core/suggest.ts'
import { parseConfigMap } from '../../index.ts'
import { fileProblem } from '../run-options.ts'
import { shellBuiltins } from '../world/tools.ts'

/** What in a file of tests can't be meant, whatever else is wrong with it: all that no schema sees. */
export async function meaningProblems(document: LocatedDocument, folder: string): Promise<Diagnostic[]> {
  const found = new Findings(document)
  await found.script(folder)
  found.surroundings([])
  found.absent()
  const cases = found.at(['cases'])
  for (const index of Array.isArray(cases) ? cases.keys() : []) {
    found.surroundings(['cases', index])
    found.expectation(['cases', index, 'expect'])
  }
  return found.diagnostics
}

class Findings {
  readonly diagnostics: Diagnostic[] = []
  readonly #document: LocatedDocument

  constructor(document: LocatedDocument) {
    this.#document = document
  }

  at(where: Path): unknown {
    return valueAt(this.#document.value, where)
  }

  #tell(problem: Problem, where: Path, part?: 'key' | 'value'): void {
    this.diagnostics.push(diagnosticOf(problem, this.#document.placeOf(where, part)))
  }

  async script(folder: string): Promise<void> {
    const script = this.at(['script'])
    if (typeof script === 'string' && script !== '') return this.#file(script, folder, ['script'])
    const where = ['script', 'configMap']
    const configMap = this.at(where)
    if (typeof configMap !== 'string' || configMap === '') return
    const before = this.diagnostics.length
    this.#file(configMap, folder, where)
    const key = this.at(['script', 'key'])
    if (this.diagnostics.length > before || typeof key !== 'string') return
    const { entries } = await parseConfigMap(readFileSync(path.resolve(folder, configMap)))
    const keys = entries.map((entry) => entry.key)
    if (keys.includes(key)) return
    const message = `no ConfigMap in ${configMap} has the key ${quote(key)}`
    this.#tell({ code: 'invalid-config', message, hint: didYouMean(key, keys) ?? 'none has any key' }, ['script', 'key'])
  }

  #file(named: string, folder: string, where: Path): void {
    const file = path.resolve(folder, named)
    const why = whyNoFile(file)
    if (why === undefined) return
    const meant = why === isFolder ? undefined : suggest(path.basename(file), namesIn(path.dirname(file)))
    const hint =
      meant === undefined
        ? 'a path starts from the folder of this file'
        : `did you mean "${path.join(path.dirname(named), meant)}"?`
    this.#tell({ code: 'invalid-config', message: `${quote(named)}: ${why}`, hint }, where)
  }

  /** Of the file or of one case: what stubs, files and variables have no effect. */
  surroundings(where: Path): void {
    const absent = this.at(['absent'])
    for (const name of namesAt(this.at([...where, 'commands']))) {
      const inner = [...where, 'commands', name]
      if (shellBuiltins.has(name)) {
        const message = `a stub of ${quote(name)} has no effect: a shell answers it itself, and never looks for it on PATH`
        this.#tell({ code: 'invalid-config', message, hint: 'take it out' }, inner, 'key')
      } else if (where.length === 0 && Array.isArray(absent) && absent.includes(name)) {
        const message = `${quote(name)} stands in commands and in absent`
        this.#tell({ code: 'invalid-config', message, hint: 'keep one' }, inner, 'key')
      }
    }
    for (const name of namesAt(this.at([...where, 'files']))) {
      const [problem] = name === '' ? [] : fileProblem(name, this.at(['world']) === 'namespace')
      if (problem === undefined) continue
      this.#tell(
        { code: 'invalid-config', message: problem.replace(`files.${name}`, quote(name)) },
        [...where, 'files', name],
        'key'
      )
    }
    if (namesAt(this.at([...where, 'env'])).includes('PATH') && this.at(['world']) !== 'open') {
      const hint = 'name what is to be on it in commands and tools, or say world: open'
      this.#tell({ code: 'invalid-config', message: 'PATH is made by the kit', hint }, [...where, 'env', 'PATH'], 'key')
    }
  }

  absent(): void {
    const [absent, tools] = [this.at(['absent']), this.at(['tools'])]
    for (const [index, name] of Array.isArray(absent) ? absent.entries() : []) {
      if (shellBuiltins.has(name)) {
        const message = `${quote(name)} is never missing: a shell answers it itself`
        this.#tell({ code: 'invalid-config', message, hint: 'take it out' }, ['absent', index])
      } else if (Array.isArray(tools) && tools.includes(name)) {
        const message = `${quote(name)} stands in tools and in absent`
        this.#tell({ code: 'invalid-config', message, hint: 'keep one' }, ['absent', index])
      }
    }
  }

  expectation(where: Path): void {
    const expected = this.at(where)
    const seen = new Set<string>()
    for (const [index, entry] of Array.isArray(expected) ? expected.entries() : []) {
      const inner = [...where, index]
      const isShort = typeof entry === 'string'
      const module = isShort ? entry : isObject(entry) ? entry['module'] : undefined
      if (typeof module === 'string') {
        const place = isShort ? inner : [...inner, 'module']
        if (seen.has(module))
          this.#tell({ code: 'conflicting-directive', message: `${quote(module)} stands twice`, hint: 'keep one' }, place)
        seen.add(module)
        this.#module(module, isShort ? undefined : (entry as Record<string, unknown>)['config'], place, [...inner, 'config'])
      }
      if (isObject(entry)) this.#declared(entry, inner)
    }
  }

  #module(module: string, config: unknown, where: Path, configAt: Path): void {
    const catalog = this.at(['catalog'])
    if (!isObject(catalog)) return
    if (!Object.hasOwn(catalog, module)) {
      const problem = { message: `the catalog has no module ${quote(module)}`, hint: didYouMean(module, Object.keys(catalog)) }
      this.#tell({ code: 'unknown-module', ...problem }, where)
      return
    }
    const configs = (Array.isArray(catalog[module]) ? catalog[module] : []).filter((name) => typeof name === 'string')
    if (typeof config !== 'string' || configs.includes(config)) return
    const message = `the catalog has no config ${quote(config)} of ${quote(module)}`
    const hint = didYouMean(config, configs) ?? 'the catalog names none of that module'
    this.#tell({ code: 'undefined-config', message, hint }, configAt)
  }

  #declared(entry: Readonly<Record<string, unknown>>, where: Path): void {
    const keys = this.at(['keys'])
    const declared = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []
    const known = [...new Set(['module', 'config', ...declared])]
    for (const key of Object.keys(entry)) {
      if (known.includes(key)) continue
      this.#tell(
        { code: 'unknown-key', message: `unknown key ${quote(key)}`, hint: didYouMean(key, known) },
        [...where, key],
        'key'
      )
    }
  }
}

function namesAt(value: unknown): string[] {
  return isObject(value) ? Object.keys(value) : []
}

const isFolder = 'it is a folder'

function whyNoFile(file: string): string | undefined {
  try {
    return statSync(file).isDirectory() ? isFolder : undefined
  } catch {
    return 'there is no such file'
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
