/** What a command reads and writes, so that it can be run without a process of its own. */
export interface CommandIo {
  /** Bytes of `-`. */
  stdin: AsyncIterable<Uint8Array>
  /** Results. */
  stdout: Output
  /** All else. */
  stderr: Output
  env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  cwd: string
  /** Aborted by SIGINT, SIGTERM and by a reader of stdout that went away. */
  signal: AbortSignal
}

/** The part of a stream that a command needs. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Of a terminal. */
  readonly columns?: number | undefined
}

/** Colour only on a terminal, and not where NO_COLOR says so (https://no-color.org). */
export function wantsColor(output: Output, env: CommandIo['env']): boolean {
  return output.isTTY === true && !env['NO_COLOR']
}
