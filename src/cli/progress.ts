import type { ResolveEvent } from '../index.ts'
import type { Output } from './io.ts'
import { printable } from './printable.ts'

/** A quick script shows nothing. */
const quietMs = 1_000
const betweenMs = 200
const eraseLine = '\r\u001b[2K'

/** One line on a terminal while a script takes long: how long, how long it may take, and what it said last. */
export function showProgress(terminal: Output, timeoutMs: number) {
  let timer: NodeJS.Timeout | undefined
  let shown = false
  let started = 0
  let last = ''
  const draw = () => {
    const elapsed = performance.now() - started
    if (elapsed < quietMs) return
    shown = true
    const text = `the script runs: ${seconds(elapsed)} of ${seconds(timeoutMs)}${last === '' ? '' : `: ${last}`}`
    // A terminal that does not know its width says 0.
    terminal.write(`${eraseLine}${text.slice(0, (terminal.columns || 80) - 1)}`)
  }
  return {
    onEvent(event: ResolveEvent): void {
      if (event.type === 'script-started') {
        started = performance.now()
        timer = setInterval(draw, betweenMs)
      }
      if (event.type === 'script-stderr') last = printable(event.line).trim() || last
    },
    /** Takes the line away. */
    end(): void {
      clearInterval(timer)
      if (shown) terminal.write(eraseLine)
    }
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`
}
