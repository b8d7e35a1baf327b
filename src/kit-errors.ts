// Failures of a test of a loader script: one function a code.
import { cleanInPlace } from './core/clean-text.ts'
import type { Diagnostic } from './core/diagnostic.ts'
import { create, type ErrorInit, type HermesError, shortened, shown, withDiagnostics } from './errors.ts'

/** Something that the test kit needs and this system lacks. */
export function platformUnsupportedBy(why: string): HermesError {
  return create({ code: 'ERR_HERMES_PLATFORM_UNSUPPORTED', message: `the script can't be tested on this system: ${why}` })
}

/** The kernel, or a program of the system, refused what `world: 'namespace'` is made of; `printed` is what was said of it. */
export function namespaceRefused(printed: string): HermesError {
  const said = shortened(cleanInPlace(printed.trim().split('\n').join('; '))) || 'nothing was said of it'
  return platformUnsupportedBy(
    `world: "namespace" takes user, mount and network namespaces and an overlay mounted in them, which was refused: ${said}. ` +
      'Containers are often run without them, and a kernel can forbid them (sysctl user.max_user_namespaces, ' +
      'kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns); world: "path" takes none'
  )
}

/** What a script under test called and was not to call, or did not call and was to. */
export interface RefusedCalls {
  /** Each in one line or more. */
  problems: readonly string[]
  /** What a stub threw, else how the script itself failed. */
  cause?: unknown
  failure?: HermesError | undefined
  diagnostics: readonly Diagnostic[]
}

export function commandRefused(path: string, { problems, cause, failure, diagnostics }: RefusedCalls): HermesError {
  const list = problems.map((problem) => `\n  ${problem}`).join('')
  const failed = failure ? `\nand the run failed: ${failure.message}` : ''
  return create({
    code: 'ERR_HERMES_COMMAND_REFUSED',
    message: `the loader script ${shown(path)} did not call commands as its test allows:${list}${failed}`,
    cause: cause ?? failure,
    diagnostics,
    ...outcomeOf(failure)
  })
}

/** A failure of a script under test, with the calls that were refused before it. */
export function withRefusedCalls(
  failure: HermesError,
  refused: readonly string[],
  diagnostics: readonly Diagnostic[]
): HermesError {
  const message = `${failure.message}\nrefused calls:${refused.map((call) => `\n  ${call}`).join('')}`
  return create({ code: failure.code, message, cause: failure.cause, diagnostics, ...outcomeOf(failure) })
}

function outcomeOf(failure: HermesError | undefined): Pick<ErrorInit, 'exitCode' | 'signalCode' | 'stderr'> {
  return { exitCode: failure?.exitCode, signalCode: failure?.signalCode, stderr: failure?.stderr }
}

/** A place in a script under test from which the real system can be reached. */
export interface OpenPlace {
  /** The script, or a library that it sources. */
  source: string
  line: number
  /** Said so that it can follow the place: "sets PATH". */
  what: string
  /** A sentence without its full stop. */
  remedy: string
}

export function worldOpen(path: string, places: readonly OpenPlace[]): HermesError {
  const lines = places.map(({ source, line, what, remedy }) => {
    return `  ${shown(source)}:${line}: ${cleanInPlace(what)}. ${cleanInPlace(remedy)}`
  })
  const first = `the loader script ${shown(path)} was not run: it could reach the real system:`
  const last = 'Else world: "namespace" closes these ways too, and world: "open" accepts them'
  return create({ code: 'ERR_HERMES_WORLD_OPEN', message: `${first}\n${shortened(lines.join('\n'))}\n${last}` })
}

export function testsUnreadable(path: string, why: string, cause?: unknown): HermesError {
  const message = `the tests in ${shown(path)} can't be read: ${why}`
  return create({ code: 'ERR_HERMES_CONFIG_UNREADABLE', message, cause })
}

export function testsInvalid(path: string, diagnostics: readonly Diagnostic[]): HermesError {
  return create({
    code: 'ERR_HERMES_CONFIG_INVALID',
    message: withDiagnostics(`the tests in ${shown(path)} are wrong`, diagnostics),
    diagnostics
  })
}

/** Expectations that can't be rewritten where they stand. */
export function testsNotUpdated(path: string): HermesError {
  const why = 'its cases share parts by anchors and aliases: write the expectations out'
  return create({ code: 'ERR_HERMES_CONFIG_INVALID', message: `the tests in ${shown(path)} were not updated: ${why}` })
}
