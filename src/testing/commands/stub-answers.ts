import { cleanInPlace } from '../../core/clean-text.ts'
import { optionProblems } from '../../core/option-rules.ts'
import { any, type CommandReply, type CommandStub, type CommandStubEntry, replyRules, type Stub, type StubCall } from './stub.ts'

/** What a call is answered, and why it is refused where it is. */
export interface StubAnswer {
  reply: CommandReply
  stdin?: boolean | undefined
  miss?: Miss
}

/** A call that the test did not mean, or one that it meant and that did not come. */
export interface Miss {
  /** For the message: what happened. */
  text: string
  /** What a function threw. */
  cause?: unknown
}

/** The answers of the stubs of one run: counts what was asked. */
export interface StubAnswers {
  fromList(index: number, args: readonly string[]): StubAnswer
  fromFunction(index: number, call: StubCall): Promise<StubAnswer>
  /** What `times` and `required` say at the end, of stubs whose calls were counted here or are `counted`. */
  atTheEnd(counted: (index: number) => number): Miss[]
}

export function stubAnswers(commands: readonly (readonly [name: string, stub: Stub])[]): StubAnswers {
  const counts = new Map<CommandStub, number>()
  return {
    fromList(index, args) {
      const [name = '', stub] = commands[index] ?? []
      const entries = stub as readonly CommandStubEntry[]
      const matching = entries.filter((entry) => matches(entry.args, args))
      // Of entries with the same arguments each has its turn, as often as it says.
      const entry = matching.find((one) => (counts.get(one) ?? 0) < (one.times ?? Number.POSITIVE_INFINITY)) ?? matching.at(-1)
      if (entry === undefined) return refused(noEntry(name, args, entries))
      counts.set(entry, (counts.get(entry) ?? 0) + 1)
      return { reply: entry, stdin: entry.stdin }
    },
    async fromFunction(index, call) {
      const [name = '', stub] = commands[index] ?? []
      try {
        const reply = (await (stub as (call: StubCall) => unknown)(call)) ?? {}
        const problems = optionProblems(reply, replyRules, `the answer of ${name}.`)
        return problems.length === 0 ? { reply } : refused({ text: `${commandLine(name, call.args)}: ${problems.join('; ')}` })
      } catch (cause) {
        const what = cause instanceof Error ? cleanInPlace(cause.message) : 'something that is no error'
        return refused({ text: `${commandLine(name, call.args)}: its function threw: ${what}`, cause })
      }
    },
    atTheEnd: (counted) =>
      commands.flatMap(([name, stub], index) => {
        if (typeof stub === 'function') return []
        if (!Array.isArray(stub)) return countMiss(name, stub as CommandStub, counted(index))
        return (stub as readonly CommandStubEntry[]).flatMap((entry) =>
          countMiss(patternLine(name, entry.args), entry, counts.get(entry) ?? 0)
        )
      })
  }
}

function refused(miss: Miss): StubAnswer {
  return { reply: { stderr: `hermes: the call was refused: ${miss.text.split('\n')[0]}\n`, exitCode: 125 }, miss }
}

function matches(pattern: CommandStubEntry['args'], args: readonly string[]): boolean {
  return pattern.length === args.length && pattern.every((word, index) => word === any || word === args[index])
}

function countMiss(what: string, { times, required = false }: CommandStub, count: number): Miss[] {
  const called = `was called ${count === 1 ? 'once' : count === 0 ? 'never' : `${count} times`}`
  if (times !== undefined && count !== times) return [{ text: `${what} ${called}, and is to be called ${times} times` }]
  return required && count === 0 ? [{ text: `${what} ${called}, and is required` }] : []
}

/** The nearest entry, argument by argument. */
function noEntry(name: string, args: readonly string[], entries: readonly CommandStubEntry[]): Miss {
  const likeness = ({ args: pattern }: CommandStubEntry) =>
    pattern.filter((word, index) => index < args.length && (word === any || word === args[index])).length -
    Math.abs(pattern.length - args.length) / 1000
  const [nearest] = [...entries].sort((a, b) => likeness(b) - likeness(a))
  const text = `${commandLine(name, args)}: no entry of its list has these arguments`
  if (nearest === undefined) return { text: `${text}, for it is empty` }
  const longest = Math.max(args.length, nearest.args.length)
  const lines = Array.from({ length: longest }, (_, index) => {
    const [wanted, given] = [nearest.args[index], args[index]]
    if (given !== undefined && (wanted === any || wanted === given)) return [`    ${word(given)}`]
    return [...(wanted === undefined ? [] : [`  - ${word(wanted)}`]), ...(given === undefined ? [] : [`  + ${word(given)}`])]
  })
  return { text: [`${text}. The nearest:`, ...lines.flat()].join('\n') }
}

/** A call as one could type it. */
export function commandLine(name: string, args: readonly string[]): string {
  return patternLine(name, args)
}

function patternLine(name: string, args: CommandStubEntry['args']): string {
  return [word(name), ...args.map((one) => word(one))].join(' ')
}

function word(text: string | symbol | undefined): string {
  if (typeof text !== 'string') return '(any)'
  return /^[\w@%+=:,./^-]+$/.test(text) ? text : `'${cleanInPlace(text.replaceAll("'", "'\\''"))}'`
}
