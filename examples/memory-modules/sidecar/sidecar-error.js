/** Something that the user of a module can put right: it is printed without a stack, and ends the process. */
export class SidecarError extends Error {
  /** @param {string} message @param {number} exitCode */
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** @param {string} message */
export const settingsError = (message) => new SidecarError(message, 2)

/** @param {string} message */
export const targetError = (message) => new SidecarError(message, 3)

/** @param {string} message */
export const outputError = (message) => new SidecarError(message, 4)

/** An error's code where it has one: system errors do. @param {unknown} error @returns {string} */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
