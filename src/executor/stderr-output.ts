import { StringDecoder } from 'node:string_decoder'
import type { Sink } from './channel.ts'
import { growingBytes } from './growing-bytes.ts'

/** How much of stderr is kept, and the longest line that is told whole. */
const stderrTail = 64 * 1024

/** How many lines are told: millions of them (`yes >&2`) would leave the event loop no turn for a timer. */
const mostLines = 10_000

export interface StderrOutput extends Sink {
  /** The last of it, decoded once and whole. */
  text(): string
  /** Tells the last line, where nothing ended it. */
  end(): void
}

/** stderr has no cap: its end is kept, and each line told as it comes, up to {@link mostLines}. */
export function stderrOutput(onLine: (line: string) => void): StderrOutput {
  const tail = growingBytes()
  const decoder = new StringDecoder('utf8')
  let cut = false
  let partial = ''
  let told = 0
  const tell = (line: string) => {
    if (told++ < mostLines) onLine(line)
    else if (told === mostLines + 1) onLine(`(${mostLines} lines were told; there are more, and only the last of them are kept)`)
  }
  const isSilent = () => told > mostLines
  return {
    full: false,
    write(chunk) {
      tail.append(chunk)
      if (tail.length > 2 * stderrTail) {
        tail.keepLast(stderrTail)
        cut = true
      }
      if (isSilent()) return
      const lines = (partial + decoder.write(chunk as Buffer)).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) {
        tell(line.replace(/\r$/, ''))
        if (isSilent()) break
      }
      // Something that never ends its line must not fill the memory.
      if (partial.length > stderrTail) {
        tell(partial)
        partial = ''
      }
    },
    end() {
      partial += decoder.end()
      if (partial !== '' && !isSilent()) tell(partial)
      partial = ''
    },
    text() {
      if (tail.length > stderrTail) {
        tail.keepLast(stderrTail)
        cut = true
      }
      const kept = tail.take()
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut ? kept.subarray(firstCharacter(kept)) : kept)
    }
  }
}

/** Where the first whole character begins in bytes that may have been cut in the middle of one. */
function firstCharacter(kept: Uint8Array): number {
  let start = 0
  while (start < 3 && ((kept[start] ?? 0) & 0xc0) === 0x80) start++
  return start
}
