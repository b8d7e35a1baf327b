/** Variables that change what a shell or loader does before the script's first line runs, or that print into its output (CDPATH). */
const changesShells = /^(?:BASH_ENV|ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|CDPATH|LD_PRELOAD|LD_AUDIT)$/s

/** An environment without what changes a shell from outside, and the names of what was left out. */
export function filterEnvironment(inherited: Readonly<Record<string, string | undefined>>): {
  env: Record<string, string>
  filtered: string[]
} {
  const env: Record<string, string> = Object.create(null)
  const filtered: string[] = []
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined) continue
    if (changesShells.test(name)) filtered.push(name)
    else env[name] = value
  }
  return { env, filtered: filtered.sort() }
}

/** What the script gets: the environment as it was given, and three variables about this run. */
export function scriptEnvironment(
  env: Readonly<Record<string, string>>,
  run: { id: string; step: string | undefined; protocol: string }
): Record<string, string> {
  const outer = env['HERMES_RUN_ID']
  return {
    ...env,
    HERMES_PROTOCOL: run.protocol,
    HERMES_RUN_ID: outer ? `${outer}/${run.id}` : run.id,
    ...(run.step !== undefined && { HERMES_STEP: run.step })
  }
}
