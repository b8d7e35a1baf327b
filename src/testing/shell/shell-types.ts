/** A word of a command. */
export interface Word {
  /** As it is written, quotes and all, without joined lines. */
  text: string
  /** After quote removal; `undefined` where an expansion is in it. Patterns, braces and `~` are not expanded. */
  value: string | undefined
  line: number
  /** Something of it is in quotes. */
  quoted: boolean
}

/** `2>file`, `<<EOF`. */
export interface Redirection {
  /** `3` or `{name}`, where one is written. */
  descriptor: string | undefined
  operator: string
  target: Word
  /** Of `<<` and `<<-`. */
  body?: HereDocument
}

export interface HereDocument {
  text: string
  /** The delimiter is quoted: nothing in the text is expanded. */
  quoted: boolean
  firstLine: number
  lastLine: number
}

export type CommandKind =
  | 'simple'
  | 'for'
  | 'for(('
  | 'select'
  | 'case'
  | '(('
  | '[['
  | 'if'
  | 'while'
  | 'until'
  | '{'
  | '('
  | 'function'
  | 'coproc'

/** One command, simple or compound. */
export interface Command {
  kind: CommandKind
  firstLine: number
  /** Of a here-document's command: without the document. */
  lastLine: number
  assignments: Word[]
  /** Of a compound command: what its head says, such as the name and the list of a `for`. */
  words: Word[]
  /** Of a `case`: the patterns of its branches. */
  patterns?: Word[]
  redirections: Redirection[]
  /** In a pipeline of several: which one it is, from 0, and of how many. */
  pipe: { stage: number; of: number } | undefined
  /** Its list ends in `&`. */
  async: boolean
  /** It has a `>( )`. */
  feedsProcess: boolean
  /** The command whose text it is part of. */
  inside: Command | undefined
  /** How it is part of it. */
  via: 'list' | '$(' | '`' | '<(' | '>('
}

export interface ShellText {
  /** In the order in which they begin. */
  commands: Command[]
  /** Where it nests too deeply for the rest to be read. */
  gaveUp?: number
}
