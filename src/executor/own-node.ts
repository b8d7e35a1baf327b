/** What of `process` tells which program this is. */
export interface Runtime {
  execPath: string
  versions: Readonly<Record<string, string | undefined>>
  /** Set by `pkg`, which packs an application into a copy of Node. */
  pkg?: unknown
  getBuiltinModule?(id: string): unknown
}

/**
 * This process's own executable, where it is a plain Node that runs a script given as argument.
 *
 * In a single-executable application, in Electron and in what `bun build --compile` or `pkg` make, the executable is the
 * *application*: started with a script as argument it would start the installer again, which would start it again. Deno's
 * rejects a bare script path.
 */
export function ownNode(runtime: Runtime = process): string | undefined {
  const { bun, deno, electron } = runtime.versions
  if (bun ?? deno ?? electron ?? runtime.pkg) return undefined
  const sea = runtime.getBuiltinModule?.('node:sea') as { isSea(): boolean } | undefined
  return sea?.isSea() === false ? runtime.execPath : undefined
}
