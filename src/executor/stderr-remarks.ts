import type { ScriptResult } from './script-executor.ts'

/** Why a script may have gone wrong that is no fault of its own: what its stderr says of the place where it ran. */
export function remarksOn({ stderr, plainPipes }: Pick<ScriptResult, 'stderr' | 'plainPipes'>): string[] {
  const remarks: string[] = []
  // strerror(ENXIO): opening /dev/stderr and the like is opening a socket, where the pipes are Node's own.
  if (plainPipes !== undefined && /No such device or address/.test(stderr)) {
    remarks.push(
      `/dev/stdout, /dev/stderr and /dev/fd/3 can't be opened here, because ${plainPipes}; write >&2 instead of >/dev/stderr, or mend that`
    )
  }
  if (/(?:can(?:no|')t|unable to) (?:create|make|open) temp(?:orary)? file/i.test(stderr)) {
    remarks.push(
      'the shell could not write a here-document: mount a writable folder (an emptyDir) at /tmp, or name one in TMPDIR of `env`; printf needs none'
    )
  }
  return remarks
}
