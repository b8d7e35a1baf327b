import { createHash } from 'node:crypto'

/** What an answer depends on, as digests in hex: values are never kept. */
export interface RecordInputs {
  /** Of the script's bytes, or a word for what is there instead, such as `absent`. */
  script: string
  interpreter: string
  /** Of the file's bytes, or of an inline object's JSON, and of HERMES_MODULES. */
  static: string
  keys: string
  /** By name; `absent` for one that is not set. They have no prototype. */
  variables: Readonly<Record<string, string>>
}

/** The inputs themselves. */
export interface GivenInputs {
  /** Its bytes; else a word for what is there, `absent` where nothing is said. */
  script: Uint8Array | string | undefined
  /** As the option names it; `undefined` where none does. */
  interpreter: readonly string[] | undefined
  staticBytes: Uint8Array | undefined
  staticInline: unknown
  modulesVariable: string | undefined
  /** Declared keys: a set. */
  keys: readonly string[]
  /** The variables that the answer depends on. */
  variables: Readonly<Record<string, string | undefined>>
}

/**
 * Digests of inputs. They differ exactly where an input does: the order and repetition of keys, and the order of an inline
 * object's members, are no difference; a variable that is empty is not one that is absent.
 *
 * Never throws: an inline object that JSON can't say is an input like any other, found wrong where it is used.
 * A digest hides a value only as far as it can't be guessed, so a variable that holds a short secret should be no input.
 */
export function digestInputs(of: GivenInputs): RecordInputs {
  const { script = absent, interpreter = null, staticBytes, staticInline, modulesVariable = null, keys } = of
  const variables: Record<string, string> = Object.create(null)
  // With its name, so that equal values of two variables don't show.
  for (const [name, value] of Object.entries(of.variables))
    variables[name] = value === undefined ? absent : digestJson([name, value])
  return {
    script: typeof script === 'string' ? script : digest(script),
    interpreter: digestJson(interpreter),
    static: digestJson([staticBytes ? digest(staticBytes) : null, inlineText(staticInline), modulesVariable]),
    keys: digestJson([...new Set(keys)].sort()),
    variables
  }
}

/**
 * What differs: `script`, `interpreter`, `static`, `keys`, then names of variables. Of these only those that `now` names are
 * compared; one that the recorded answer did not name counts as changed, since nothing shows that it is as it was.
 */
export function changedInputs(recorded: RecordInputs, now: RecordInputs): string[] {
  const changed: string[] = (['script', 'interpreter', 'static', 'keys'] as const).filter((name) => recorded[name] !== now[name])
  for (const [name, value] of Object.entries(now.variables)) {
    const before = Object.hasOwn(recorded.variables, name) ? recorded.variables[name] : undefined
    if (before !== value) changed.push(name)
  }
  return changed
}

const absent = 'absent'

function digest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

const digestJson = (value: unknown): string => digest(JSON.stringify(value))

function inlineText(inline: unknown): string | null {
  try {
    return JSON.stringify(inline, (_, value: unknown) => inOrder(value)) ?? null
  } catch {
    // A cycle, or a bigint.
    return 'no JSON'
  }
}

/** An object with its members in the order of their names. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.assign(Object.create(null), Object.fromEntries(members))
}
