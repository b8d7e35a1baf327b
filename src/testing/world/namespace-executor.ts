import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findInterpreter } from '../../executor/find-program.ts'
import type { ScriptExecutor, ScriptRequest } from '../../index.ts'
import { namespaceRefused, platformUnsupportedBy } from '../../kit-errors.ts'
import { enterScript, entrancePath } from './enter-script.ts'
import { makeTree, type NamespaceTree } from './namespace-tree.ts'
import { findSystemTool, ownPath, searchFolders } from './tools.ts'
import type { World, WorldPlan } from './world.ts'

/** A way into a world that namespaces close. */
export interface NamespaceWorld {
  /** Where a program of this machine is for the script, also where a stub has its place. */
  programAt(file: string): string
  /** Makes an executor on this machine one whose scripts run in the world. */
  enter(inner: ScriptExecutor): ScriptExecutor
}

/**
 * Writes what `world` has beside its own folders, for one run of a request.
 *
 * @throws HermesError PLATFORM_UNSUPPORTED, and the errors of a missing interpreter
 */
export function openNamespace(plan: WorldPlan & { trace: boolean }, world: World, request: ScriptRequest): NamespaceWorld {
  const unshare = programOrThrow('unshare')
  for (const name of ['mount', 'pivot_root', 'mknod']) programOrThrow(name)
  const words = findInterpreter(request.interpreter, {
    env: { PATH: [...searchFolders, ...ownPath()].join(':') },
    cwd: world.work
  })
  const tree = makeTree(plan, world, request, words)
  // Whatever copies it takes have to be made before the tree is.
  const before = [...asUser(tree.programAt(unshare)), ...(plan.trace ? forked(tree) : []), tree.programAt(programOrThrow('env'))]
  const interpreter = words.map((word) => (path.isAbsolute(word) ? tree.programAt(word) : word))
  return {
    programAt: tree.programAt,
    enter: (inner) => ({
      async execute(given) {
        const { env } = given
        const entry = entryOf(world, tree, [...before, '-i', '--', ...assignments(env), ...interpreter])
        const result = await inner.execute({
          ...given,
          interpreter: [unshare, '-rmn', '/bin/sh', entry.script],
          // By it what the script starts is found when it is to be ended.
          env: { PATH: entrancePath, HERMES_RUN_ID: env['HERMES_RUN_ID'] ?? '' }
        })
        if (result.ended === undefined && !existsSync(entry.entered))
          throw namespaceRefused((existsSync(entry.log) && readFileSync(entry.log, 'utf8')) || result.stderr)
        return result
      }
    })
  }
}

function entryOf(world: World, tree: NamespaceTree, command: readonly string[]) {
  const [root = '', script = '', log = '', entered = ''] = ['root', 'enter', 'enter.log', 'entered'].map((name) =>
    path.join(world.root, name)
  )
  mkdirSync(root)
  const same = ['/dev', '/proc', '/sys']
  const umount = tree.programAt(programOrThrow('umount'))
  writeFileSync(script, enterScript({ ...tree, root, same, run: world.root, umount, log, entered, cwd: world.work, command }), {
    mode: 0o600
  })
  return { script, log, entered }
}

/** Root of the namespace is who mounts; the script is who the test is. */
function asUser(unshare: string): string[] {
  const [user, group] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0]
  return user === 0 ? [] : [unshare, `--map-user=${user}`, `--map-group=${group}`]
}

/**
 * The trace looks for the answer's pipes in the parent of bash, and from a user namespace it can't look into a process outside.
 * GNU's `timeout` ends as its child did, by signals too; others don't, and with them there is no trace.
 */
function forked({ programAt }: NamespaceTree): string[] {
  const timeout = findSystemTool('timeout')
  if (timeout === undefined || path.basename(realpathSync(timeout)) !== 'timeout') return []
  return [programAt(timeout), '--foreground', '0']
}

function assignments(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`)
}

function programOrThrow(name: string): string {
  const file = process.platform === 'linux' ? findSystemTool(name) : undefined
  if (file !== undefined) return file
  const why = process.platform === 'linux' ? `needs ${name} (of util-linux, coreutils or busybox)` : 'is there on Linux only'
  throw platformUnsupportedBy(`world: "namespace" ${why}`)
}
