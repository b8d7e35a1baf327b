import { type Diagnostic, explainResolution } from '../../index.ts'
import type { CommandIo } from '../io.ts'
import type { CheckOptions } from './check-options.ts'
import { checkOptions, unfold } from './interpreter-options.ts'
import { hashBangLine } from './kind.ts'
import type { Passage } from './passage.ts'
import { type ScratchFolder, scratchFile } from './scratch-file.ts'
import { runShellCheck } from './shellcheck.ts'
import type { Spot } from './source.ts'
import { checkSyntax, shellOf } from './syntax.ts'

/** Checks a loader script without running it: its interpreter, who can write it, its syntax. */
export async function checkScript(
  passage: Passage,
  options: CheckOptions,
  scratch: ScratchFolder,
  io: CommandIo
): Promise<Diagnostic[]> {
  if (passage.text.trim() === '') {
    const message = 'the script is empty: a full disk or an empty template leaves that'
    const hint = 'to have no module, link it to /dev/null or print none'
    return [passage.diagnose({ code: 'empty-script', severity: 'warning', message, hint })]
  }
  try {
    return await checkText(passage, options, scratch, io)
  } catch (error) {
    // A temporary folder that is full, read-only or not there.
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === undefined || syscall === undefined) throw error
    const message = `the script was not checked: no temporary file can be written (${code})`
    const hint = 'name a folder that can be written in TMPDIR'
    return [passage.diagnose({ code: 'syntax-unchecked', severity: 'warning', message, hint })]
  }
}

async function checkText(passage: Passage, options: CheckOptions, scratch: ScratchFolder, io: CommandIo): Promise<Diagnostic[]> {
  const { argv, diagnostics } = await explainScript(passage, options, scratch, io)
  const misplaced = misplacedInterpreterLine(passage, diagnostics)
  const found = [...diagnostics, ...misplaced]
  if (argv === undefined) return found
  const shell = shellOf(argv)
  if (shell === undefined) {
    const message = `the syntax is not checked: ${argv.join(' ')} is no shell that is known here`
    return [...found, passage.diagnose({ code: 'syntax-unchecked', severity: 'note', message }, spotOfHashBang(passage))]
  }
  const spot = options.interpreter === undefined ? spotOfHashBang(passage) : undefined
  const ofOptions = await checkOptions(passage, shell, spot, io)
  found.push(...ofOptions)
  if (ofOptions.some(({ severity }) => severity === 'error')) return found
  found.push(...(await checkSyntax(passage, shell, scratch, io)))
  if (options.shellcheck) found.push(...(await runShellCheck(passage, shell, io)))
  return found
}

/** What resolving would choose to run it, and whom it would refuse. */
async function explainScript(
  passage: Passage,
  { interpreter, trust }: CheckOptions,
  scratch: ScratchFolder,
  { env, cwd }: CommandIo
): Promise<{ argv: readonly string[] | undefined; diagnostics: Diagnostic[] }> {
  const path = passage.file ?? (await scratchFile(scratch, passage.bytes))
  const { script, diagnostics } = await explainResolution({
    // A value of a ConfigMap is written by the kubelet: there is no file yet whose rights could be judged.
    script: { path, interpreter, trust: passage.file === undefined ? 'off' : trust },
    staticConfig: false,
    record: false,
    env,
    cwd
  })
  const found = diagnostics.map(({ code, severity, message, hint }) => {
    const said = message.replaceAll(path, passage.name).replace(/\bscript\.(interpreter|trust)\b/g, '--$1')
    const isFolded = passage.isFolded && code === 'ERR_HERMES_INTERPRETER_NOT_FOUND'
    const told = { code, severity, message: said, hint: isFolded ? unfold : hint }
    const isUntrusted = code === 'ERR_HERMES_SCRIPT_UNTRUSTED'
    return passage.diagnose(told, isUntrusted ? undefined : spotOfHashBang(passage))
  })
  return { argv: script.interpreter?.found ? script.interpreter.argv : undefined, diagnostics: found }
}

function spotOfHashBang({ text }: Passage): Spot | undefined {
  const line = hashBangLine(text)
  return line === undefined ? undefined : { line }
}

/** A `#!` that no system looks at: the script is run by another shell than it was written for, without a word. */
function misplacedInterpreterLine(passage: Passage, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const line = hashBangLine(passage.text)
  const isPlaced = line === undefined || (line === 1 && passage.text.startsWith('#!'))
  if (isPlaced || diagnostics.some(({ code }) => code === 'ERR_HERMES_INTERPRETER_NOT_FOUND')) return []
  const message = 'this #! does not count: it stands behind the start of the script, which another shell may then run'
  const hint = 'move it to the very start, before any comment'
  return [passage.diagnose({ code: 'misplaced-interpreter-line', severity: 'warning', message, hint }, { line })]
}
