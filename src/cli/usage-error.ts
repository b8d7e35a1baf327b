/** Wrong usage: each problem names what was given, what it takes, and what was probably meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** The command whose help says more; none where no command was named. */
  readonly command: string | undefined

  constructor(problems: readonly string[], command?: string) {
    super(problems.join('\n'))
    this.command = command
  }
}

/** Whether it is wrong usage, whichever of the command's files it comes from: each has the class. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError'
}
