import { type Diagnostic, formatDiagnostics } from '../index.ts'
import type { InjectSidecarsOptions, SidecarPosition } from '../kubernetes/index.ts'
import { readInputs } from './check/read-input.ts'
import { type CommandIo, wantsColor } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { injectFile, readWorkloads } from './render/inject-file.ts'
import { readSidecars } from './render/read-sidecars.ts'
import { type TextFile, textFile } from './render/text-file.ts'
import { resolveWithProgress, tellMore } from './resolve.ts'
import { many, one, resolveOptions } from './resolve-options.ts'
import { UsageError } from './usage-error.ts'

/**
 * `hermes-modules render`. Prints the whole result or nothing: what it prints goes into a cluster.
 *
 * @throws HermesError as `resolveModules()`; UsageError
 */
export async function render(invocation: Invocation, io: CommandIo): Promise<number> {
  const { values } = invocation
  const files = namedFiles(values)
  const options = resolveOptions(invocation, io)
  const [workload, templates] = await readFiles(files, io)
  const read = 'text' in workload ? readWorkloads(workload, many(values, 'only') ?? []) : workload
  const made = 'text' in templates ? readSidecars(templates) : templates
  // Whatever is wrong with the files is told before a script runs.
  if ('diagnostics' in read || 'diagnostics' in made) {
    const problems = [read, made].flatMap((one) => ('diagnostics' in one ? one.diagnostics : []))
    return tell(problems, io)
  }
  const resolution = await resolveWithProgress(invocation, options, io)
  tellMore(resolution, io)
  const injected = injectFile(workload as TextFile, read, resolution, { sidecars: made.sidecars, ...injectOptions(values) })
  tell(named(injected.diagnostics, templates as TextFile), io)
  if (injected.text === undefined) return 1
  io.stdout.write(injected.text)
  return 0
}

/** Prints diagnostics. @returns the exit code that they ask for */
function tell(diagnostics: readonly Diagnostic[], { stderr, env }: CommandIo): number {
  if (diagnostics.length > 0) stderr.write(`${formatDiagnostics(diagnostics, { color: wantsColor(stderr, env) })}\n`)
  return diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** Of what has no place in the workload, a template is at fault. */
function named(diagnostics: readonly Diagnostic[], { name }: TextFile): Diagnostic[] {
  return diagnostics.map((one) => (/-template$/.test(one.code) && one.source === undefined ? { ...one, source: name } : one))
}

function namedFiles(values: Invocation['values']): [string, string] {
  const problems: string[] = []
  const [file, sidecars] = [one(values, 'file'), one(values, 'sidecars')]
  if (file === undefined) problems.push('render takes the workload: --file FILE, or --file - for stdin')
  if (sidecars === undefined) problems.push('render takes the templates of the sidecars: --sidecars FILE')
  if (file === '-' && sidecars === '-') problems.push('--file and --sidecars can not both be stdin')
  if (file === undefined || sidecars === undefined || problems.length > 0) throw new UsageError(problems, 'render')
  return [file, sidecars]
}

function injectOptions(values: Invocation['values']): Pick<InjectSidecarsOptions, 'target' | 'position'> {
  return { target: one(values, 'target'), position: positionOf(one(values, 'position')) }
}

function positionOf(given: string | undefined): SidecarPosition | undefined {
  // The table holds what it takes.
  if (given === undefined || given === 'first' || given === 'last') return given
  const name = given.slice(given.indexOf(':') + 1)
  return given.startsWith('before') ? { before: name } : { after: name }
}

type Read = TextFile | { diagnostics: Diagnostic[] }

async function readFiles(files: readonly [string, string], io: CommandIo): Promise<[Read, Read]> {
  const read: Read[] = []
  for await (const input of readInputs(files, io)) {
    if ('why' in input) {
      const hint = /MiB$/.test(input.why) ? 'render its parts one by one' : input.hint
      read.push(unreadable(input.source, `this can't be read: ${input.why}`, 'unreadable-file', hint))
    } else read.push(decoded(input.source, input.bytes))
  }
  return read as [Read, Read]
}

function decoded(source: string, bytes: Uint8Array): Read {
  try {
    return textFile(source, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return unreadable(source, 'this is not valid UTF-8', 'invalid-encoding', 'save the file as UTF-8')
  }
}

function unreadable(source: string, message: string, code: string, hint: string): Read {
  return { diagnostics: [{ code, severity: 'error', message, hint, source }] }
}
