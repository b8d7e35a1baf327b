import { debuglog } from 'node:util'

/** What happens while modules are resolved. Closed: a new type is a new major version. */
export type ResolveEvent =
  /** A script is there. */
  | { type: 'script-found'; path: string }
  /** `filtered`: names of variables that the script does not get. */
  | { type: 'script-started'; pid: number; interpreter: readonly string[]; filtered: readonly string[] }
  /** One line of the script's stderr, without its end. */
  | { type: 'script-stderr'; line: string }
  /** The script and what it started were ended by us. */
  | { type: 'script-killed'; why: 'timeout' | 'output-limit' | 'aborted' | 'failed'; pids: readonly number[] }
  | { type: 'script-ended'; exitCode?: number; signalCode?: string; durationMs: number }
  | { type: 'record-read' | 'record-written'; location: string }
  | { type: 'module-loaded' | 'module-stopped'; name: string }

// For operators, who can't add a listener to somebody else's installer: NODE_DEBUG=hermes.
const log = debuglog('hermes')

/** Tells one step of the story, without the value of any environment variable. */
export function tellStory(sentence: string, ...details: readonly unknown[]): void {
  log(sentence, ...details)
}

/** Tells an event: to a listener, and to the story. */
export type Tell = (event: ResolveEvent) => void

/** A listener that may throw, or reject, without changing anything; and the story of each event. */
export function eventTeller(listener: ((event: ResolveEvent) => unknown) | undefined): Tell {
  return (event) => {
    const { type, ...details } = event
    log('%s %j', type, details)
    try {
      const told = listener?.(event)
      if (told instanceof Promise) told.catch(() => {})
    } catch {
      // Not ours to judge: an event is news, not a question.
    }
  }
}
