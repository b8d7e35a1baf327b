import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { ScriptRequest } from '../../index.ts'

/** Variables that change how bash starts, or where it writes its own trace. */
const inTheWay = ['BASH_ENV', 'BASH_XTRACEFD', 'POSIXLY_CORRECT', 'SHELLOPTS', 'BASHOPTS']

/** Why no trace of a run can be had, or nothing where it can. */
export function whyUntraceable({ interpreter, env, pinned }: ScriptRequest): string | undefined {
  if (!existsSync('/proc/self/fdinfo')) return 'this system has no /proc, in which the answer is found'
  const [program = '', ...options] = behindEnv(interpreter)
  const name = path.basename(program)
  if (name !== 'bash') {
    const isBash = name === 'sh' && realNameOf(program) === 'bash'
    return isBash
      ? `${program} is bash in POSIX mode, which reads no BASH_ENV`
      : `${name} runs the script, and only bash can be traced`
  }
  if (pinned) return 'a script that is pinned by its sha256 is given to bash as text, without lines of a file'
  const option = options.find(
    (word) => !/^(?:-[abefhkmuBCEHPx]+|-o|pipefail|errexit|nounset|errtrace|noglob|xtrace|--|--norc|--noprofile)$/.test(word)
  )
  if (option !== undefined) return `bash is started with ${option}`
  const variable = inTheWay.find((each) => Object.hasOwn(env, each))
  return variable && `${variable} is set in the environment`
}

/** The words of an interpreter behind `/usr/bin/env` and its options. */
function behindEnv(interpreter: readonly string[]): readonly string[] {
  if (path.basename(interpreter[0] ?? '') !== 'env') return interpreter
  const rest = interpreter
    .slice(1)
    .flatMap((word) =>
      /^(?:-\w*S|--split-string=)/.test(word) ? word.replace(/^(?:-\w*S|--split-string=)/, '').split(/\s+/) : [word]
    )
  const at = rest.findIndex((word) => word !== '' && !/^-|=/.test(word))
  return at < 0 ? [] : rest.slice(at)
}

function realNameOf(program: string): string {
  for (const folder of path.isAbsolute(program) ? [''] : ['/bin', '/usr/bin']) {
    const file = path.join(folder, program)
    if (existsSync(file)) return path.basename(realpathSync(file))
  }
  return ''
}
