// Every command but `resolve`, which alone is in the way of a container's start: built as a file of its own, so that a start
// does not read it (docs/decisions.md).
import type { CheckOptions } from './check/check-options.ts'
import { checkFiles } from './check.ts'
import { explain } from './explain.ts'
import { help } from './help.ts'
import { commandHelp, programHelp } from './help-text.ts'
import type { CommandIo } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { render } from './render.ts'
import { many, one } from './resolve-options.ts'
import { type TestOptions, testScripts } from './test.ts'
import { version } from './version.ts'

/** Runs a command. @throws HermesError; UsageError */
export async function runCommand(invocation: Invocation, io: CommandIo): Promise<number> {
  switch (invocation.command.name) {
    case 'check':
      return checkFiles(checkOptions(invocation), io)
    case 'explain':
      return explain(invocation, io)
    case 'render':
      return render(invocation, io)
    case 'test':
      return testScripts(testOptions(invocation), io)
    default:
      return help(invocation, io)
  }
}

function checkOptions({ values, operands }: Invocation): CheckOptions {
  return {
    files: operands,
    // The table holds what each takes.
    as: one(values, 'as') as CheckOptions['as'],
    format: (one(values, 'format') ?? 'text') as CheckOptions['format'],
    trust: (one(values, 'trust') ?? 'file') as CheckOptions['trust'],
    keys: many(values, 'keys') ?? [],
    interpreter: one(values, 'interpreter'),
    shellcheck: !values.has('no-shellcheck')
  }
}

function testOptions({ values, operands }: Invocation): TestOptions {
  const min = one(values, 'min')
  return {
    files: operands,
    format: (one(values, 'format') ?? 'pretty') as TestOptions['format'],
    watch: values.has('watch'),
    update: values.has('update'),
    coverage: one(values, 'coverage'),
    min: min === undefined ? undefined : Number(min),
    init: one(values, 'init')
  }
}

/** Help of a command, or of the program; or its version. */
export function printAbout(about: { help: string | undefined } | 'version', io: CommandIo): number {
  const text = about === 'version' ? `${version}\n` : about.help === undefined ? programHelp() : commandHelp(about.help)
  io.stdout.write(text)
  return 0
}
