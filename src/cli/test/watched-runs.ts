import { type FSWatcher, watch } from 'node:fs'
import path from 'node:path'
import { testEnding } from './found-files.ts'

/** An editor writes a file in several steps. */
const settleMs = 50

/**
 * Runs, and runs again when one of the files changes that the last run depended on, or a file of tests appears in one of their
 * folders. Folders are watched and not files: editors replace those.
 *
 * @param run gives the absolute paths of the files
 * @throws the signal's reason, when it aborts
 */
export async function runAndWatch(run: () => Promise<readonly string[]>, signal: AbortSignal): Promise<never> {
  let known: readonly string[] = []
  for (;;) {
    signal.throwIfAborted()
    // Watched before the run: what changes meanwhile is not missed.
    const change = watchedChange(signal)
    try {
      change.watch(known)
      known = await run()
      change.watch(known)
      await change.happened
    } finally {
      change.stop()
    }
  }
}

function watchedChange(signal: AbortSignal) {
  const watchers = new Map<string, FSWatcher>()
  const names = new Map<string, Set<string>>()
  let timer: NodeJS.Timeout | undefined
  let settle: () => void = () => {}
  const happened = new Promise<void>((resolve) => {
    settle = resolve
  })
  const onEvent = (folder: string, name: string | null) => {
    if (name !== null && !name.endsWith(testEnding) && !names.get(folder)?.has(name)) return
    clearTimeout(timer)
    timer = setTimeout(settle, settleMs)
  }
  signal.addEventListener('abort', settle)
  return {
    happened,
    watch(files: readonly string[]) {
      for (const file of files) {
        const folder = path.dirname(file)
        names.set(folder, (names.get(folder) ?? new Set()).add(path.basename(file)))
        if (watchers.has(folder)) continue
        try {
          const watcher = watch(folder, (_, name) => onEvent(folder, name))
          watcher.on('error', () => watcher.close())
          watchers.set(folder, watcher)
        } catch {
          // A folder that is gone: its files are missed by the run itself.
        }
      }
    },
    stop() {
      clearTimeout(timer)
      signal.removeEventListener('abort', settle)
      for (const watcher of watchers.values()) watcher.close()
    }
  }
}
