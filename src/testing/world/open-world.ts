import { innerText, invocationsOf, isShell, nameOf, shellInput } from '../shell/shell-invocations.ts'
import { parseShell } from '../shell/shell-syntax.ts'
import type { Command, Word } from '../shell/shell-types.ts'
import { commandOpenings, type Opening, type Surroundings } from './open-commands.ts'

export interface OpeningOptions {
  /** Names of commands that a test answers for. */
  stubs: readonly string[]
  /** Names of commands that reach the network. */
  network: readonly string[]
}

/** Text in text in text: nobody goes further. */
const mostNested = 8

/**
 * What in a script's text would leave a world that is closed by `PATH` alone, in the order of its lines. Judged as far as a
 * parser sees: text that a shell is given to run (`sh -c`, `eval`, `trap`, a here-document) is read too, text that is data is not,
 * and what a script builds while it runs is unknown.
 */
export function findOpenings(text: string, { stubs, network }: OpeningOptions): Opening[] {
  const openings = openingsIn(text, 1, { guarded: new Set([...stubs, ...network]), constants: new Map() }, 0)
  const seen = new Set<string>()
  return openings
    .sort((a, b) => a.line - b.line)
    .filter(({ line, what }) => !seen.has(`${line} ${what}`) && seen.add(`${line} ${what}`))
}

function openingsIn(text: string, firstLine: number, surroundings: Surroundings, depth: number): Opening[] {
  const { commands } = parseShell(text, firstLine)
  collectConstants(commands, surroundings.constants)
  const feeders = new Map<Command | undefined, Command>()
  return commands.flatMap((command) => {
    const feeder = command.pipe && command.pipe.stage > 0 ? feeders.get(command.inside) : undefined
    if (command.pipe) feeders.set(command.inside, command)
    const inner = depth < mostNested ? textsIn(command, feeder) : []
    return [
      ...commandOpenings(command, surroundings),
      ...inner.flatMap(({ text, line }) => openingsIn(text, line, surroundings, depth + 1))
    ]
  })
}

/** `KUBECTL=/usr/bin/kubectl`, as a later `$KUBECTL` may mean it. */
function collectConstants(commands: readonly Command[], constants: Map<string, Set<string>>): void {
  for (const { assignments, words } of commands) {
    const declared = /^(?:export|readonly|declare|typeset|local)$/.test(nameOf(words[0])) ? words.slice(1) : []
    for (const word of [...assignments, ...declared]) {
      const [, name, value] = /^([A-Za-z_]\w*)=(.+)$/s.exec(word.value ?? '') ?? []
      if (name === undefined || value === undefined) continue
      constants.set(name, (constants.get(name) ?? new Set()).add(value))
    }
  }
}

interface InnerText {
  text: string
  line: number
}

/** Texts in a command that a shell will run. */
function textsIn(command: Command, feeder: Command | undefined): InnerText[] {
  return invocationsOf(command).flatMap((invocation) => {
    const { program, args } = invocation
    switch (nameOf(program)) {
      case 'eval':
        return joined(args)
      case 'trap':
        return joined(args.slice(args[0]?.value === '--' ? 1 : 0).slice(0, 1))
      case 'alias':
        return args.flatMap(({ value, line }) =>
          value?.includes('=') ? [{ text: value.slice(value.indexOf('=') + 1), line }] : []
        )
      case 'su':
      case 'flock':
        return args.flatMap((word, index) => (args[index - 1]?.value === '-c' ? [inner(word)] : []))
    }
    if (!isShell(program)) return []
    const { text, stdin } = shellInput(invocation)
    if (text) return [inner(text)]
    return stdin ? [...documentsOf(command), ...(feeder ? [...documentsOf(feeder), ...printedBy(feeder)] : [])] : []
  })
}

function inner(word: Word): InnerText {
  return { text: innerText(word), line: word.line }
}

function joined(words: readonly Word[]): InnerText[] {
  const [first] = words
  return first ? [{ text: words.map(innerText).join(' '), line: first.line }] : []
}

function documentsOf({ redirections }: Command): InnerText[] {
  return redirections.flatMap(({ operator, target, body }) => {
    if (body) return [{ text: body.text, line: body.firstLine }]
    return operator === '<<<' ? [inner(target)] : []
  })
}

function printedBy({ words: [program, ...args] }: Command): InnerText[] {
  return /^(?:echo|printf)$/.test(nameOf(program)) ? joined(args.filter(({ value }) => !value?.startsWith('-'))) : []
}
