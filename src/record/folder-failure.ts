import { existsSync } from 'node:fs'
import path from 'node:path'
import { cleanInPlace } from '../core/clean-text.ts'
import { errorCodeOf, HermesError, recordUnusable } from '../errors.ts'

/** What a failure in a record folder means to an operator. */
export function folderFailure(folder: string, error: unknown): HermesError {
  if (error instanceof HermesError) return error
  const code = errorCodeOf(error)
  const [why, remedy] = code === 'ENOENT' ? missing(folder) : (known[code ?? ''] ?? [wordsOf(error), lookThere])
  return recordUnusable(folder, why, remedy, error)
}

function missing(folder: string): readonly [string, string] {
  const parent = path.dirname(folder)
  return existsSync(parent)
    ? ['the folder is not there and can not be made, or it went away meanwhile', 'Mount a volume that all steps share']
    : [`neither it nor its parent ${cleanInPlace(parent)} is there`, 'Mount a volume there: only the folder itself is made']
}

const wordsOf = (error: unknown): string => cleanInPlace(error instanceof Error ? error.message : String(error))

const lookThere = 'Look at the folder and its file system'

const noHardLinks = [
  'the system refuses it: another user owns what is there, or the file system has no hard links',
  'Use an emptyDir or a local disk, let one user write the folder, or hand in a store of your own'
] as const

const full = ['there is no space left', 'Make room, or raise the sizeLimit of the volume'] as const

// Each can come from any call of writing, linking and renaming, so what it says holds for all of them.
const known: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EACCES: [
    'permission is denied',
    'Let this user write the folder and read what is in it (fsGroup, chmod), and search the folders above it'
  ],
  EROFS: ['it is on a read-only file system', 'Mount it writable in every step that may decide'],
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: ['it, or something above it, is no folder', 'Look at each part of the path'],
  ELOOP: ['its links go round in a circle', 'Mend the links'],
  ENAMETOOLONG: ['its name is too long', 'Shorten the path'],
  EMFILE: ['this process has too many open files', 'Raise the limit (ulimit -n)'],
  EISDIR: ["a folder is at a record's name", 'Remove that folder'],
  EEXIST: ['a record came and went while it was written', 'Let nobody remove records while steps run'],
  EPERM: noHardLinks,
  ENOSYS: noHardLinks,
  ENOTSUP: noHardLinks,
  EOPNOTSUPP: noHardLinks,
  EMLINK: noHardLinks
}
