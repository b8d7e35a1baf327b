const groups = new Set<number>()

/**
 * Kills the process group if this process ends while it runs: a detached script would live on under PID 1. One listener
 * serves all runs, since more than ten would be a warning. Gives what takes the group off again.
 */
export function killAtExit(pid: number): () => void {
  if (groups.size === 0) process.on('exit', killAll)
  groups.add(pid)
  return () => {
    if (groups.delete(pid) && groups.size === 0) process.off('exit', killAll)
  }
}

function killAll(): void {
  for (const pid of groups) signalGroup(pid, 'SIGKILL')
}

/** Signals a process group; `false` where nobody is in it, or nobody that we may signal. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}
