/** What shells say of a command that is not there: bash; dash, busybox and ksh; zsh; mksh; yash. */
const patterns: readonly RegExp[] = [
  /^.+?: (?:line )?\d+: (.+): (?:command )?not found$/,
  /^(?:bash|sh|dash|ksh|ash|busybox): (?:\d+: )?(.+): (?:command )?not found$/,
  /^.+:\d+: command not found: (.+)$/,
  /^(?:zsh|sh): command not found: (.+)$/,
  /^(?:E: )?.+?(?:\[\d+\])?: (.+): inaccessible or not found$/,
  /^.+?\[\d+\]: (.+): not found$/,
  // `type` of dash and busybox, which goes on stderr where the script sends it there.
  /^([\w.+-]+): not found$/,
  /^.+: no such command [`'](.+)'$/
]

/** The command that a line of stderr reports missing. */
export function commandNotFound(line: string): string | undefined {
  for (const pattern of patterns) {
    const name = pattern.exec(line)?.[1]
    // A builtin that looked for the command stands before it: `hash: jq: not found`.
    if (name !== undefined) return name.replace(/^(?:command|exec|hash|type): /, '')
  }
  return undefined
}
