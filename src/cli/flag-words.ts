const flags: Readonly<Record<string, string>> = {
  'script: false': '--no-script',
  'record.dir': '--record',
  'record.name': '--record-name',
  'record.mode': '--record-mode'
}

/** A message of the library with its options as the command's flags: `script.limits.timeoutMs` is `--timeout-ms`. */
export function inFlags(message: string): string {
  return message.replace(
    /\bscript: false\b|\bscript\.limits\.([a-zA-Z]+)|\b(?:script|record)\.([a-zA-Z0-9]+)\b(?!\.)/g,
    (option: string, limit?: string, member?: string) => {
      const name = limit ?? member
      if (flags[option] !== undefined) return flags[option]
      return name !== undefined && known.has(name)
        ? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
        : option
    }
  )
}

/** Members of the library's options; `script.sh` is a file. */
const known: ReadonlySet<string> = new Set([
  ...['timeoutMs', 'killGraceMs', 'settleMs', 'maxOutputBytes', 'maxDirectives'],
  ...['args', 'interpreter', 'sha256', 'trust', 'onFailure', 'onAbsent', 'onEmpty'],
  ...['inputs', 'onInputsChanged', 'onUnusable']
])
