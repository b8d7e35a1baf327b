import { quoted } from '../shell/quoted.ts'

/** What the way into a namespace is made of; every path is absolute. */
export interface Entrance {
  /** An empty folder, which becomes the root. */
  root: string
  /** What stands there before anything is mounted. */
  tree: string
  /** Folders of this machine that are shown, for reading, below what `tree` has of them. */
  shown: readonly string[]
  /** Files of those folders that are not to be there. */
  hidden: readonly string[]
  /** Those of the kernel, which are there as they are. */
  same: readonly string[]
  /** The folder of the run, where the script can write. */
  run: string
  /** The program, in the new root: what goes there may have a stub of that name. */
  umount: string
  /** Takes what the commands that do it print. */
  log: string
  /** Is made when all is done. */
  entered: string
  cwd: string
  /** What is started then, with the script's words behind. */
  command: readonly string[]
}

/** For the commands below alone: the script gets its own. */
export const entrancePath = '/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * A script for `sh`, as root of a user, a mount and a network namespace: it makes a root folder of its own, in memory, and goes
 * there for good. The folders of this machine are the lowest layer of overlays without a writable one, so nothing of them can
 * be changed, and files can be added where there is no place for a mount.
 *
 * Layers are named through links: a path may hold what an option of `mount` can't.
 */
export function enterScript({ root, tree, shown, hidden, same, run, umount, log, entered, cwd, command }: Entrance): string {
  const layers = shown.flatMap((folder, index) => [
    `ln -s ${quoted(`.${folder}`)} layer-${index}-a`,
    `ln -s ${quoted(folder)} layer-${index}-b`,
    `mount -t overlay -o lowerdir=layer-${index}-a:layer-${index}-b hermes ${quoted(`.${folder}`)}`
  ])
  return [
    'set -e',
    '{',
    'umask 022',
    `mount -t tmpfs -o mode=755 hermes ${quoted(root)}`,
    `cd ${quoted(root)}`,
    `cp -R ${quoted(`${tree}/.`)} .`,
    ...hidden.map((file) => `mknod ${quoted(`.${file}`)} c 0 0`),
    ...layers,
    ...(shown.length > 0 ? ['rm layer-*'] : []),
    ...same.map((folder) => `mount -o rbind ${quoted(folder)} ${quoted(`.${folder}`)}`),
    `mount -o bind ${quoted(run)} ${quoted(`.${run}`)}`,
    'pivot_root . .',
    `${quoted(umount)} -l .`,
    `cd ${quoted(cwd)}`,
    `: >${quoted(entered)}`,
    `} 2>${quoted(log)}`,
    `exec ${command.map(quoted).join(' ')} "$@"`,
    ''
  ].join('\n')
}
