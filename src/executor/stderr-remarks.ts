import type { ScriptResult } from './script-executor.ts'

/**
 * bash and zsh name the here-document; ksh and mksh say `can't create temporary file`, and what follows tells them from
 * `sort`. `mktemp` is `unable to`, and its fault is no shell's.
 */
const hereDocumentFailed =
  /(?:can(?:no|')t|unable to) (?:create|make|open) temp(?:orary)? file[^\n]*\bhere\b|can(?:no|')t create temporary file(?! in )/i

/** Why a script may have gone wrong that is no fault of its own: what its stderr says of the place where it ran. */
export function remarksOn({ stderr, plainPipes }: Pick<ScriptResult, 'stderr' | 'plainPipes'>): string[] {
  const remarks: string[] = []
  // strerror(ENXIO): opening /dev/stderr and the like is opening a socket, where the pipes are Node's own.
  if (plainPipes !== undefined && /no such device or address|\bENXIO\b/i.test(stderr)) {
    remarks.push(
      `/dev/stdout, /dev/stderr and /dev/fd/3 can't be opened here, because ${plainPipes}; write >&2 instead of >/dev/stderr, or mend that`
    )
  }
  if (hereDocumentFailed.test(stderr)) {
    remarks.push(
      'the shell could not write a here-document: mount a writable folder (an emptyDir) at /tmp, or name one in TMPDIR of `env`; printf needs none'
    )
  }
  return remarks
}
