import { Buffer } from 'node:buffer'
import { marks } from './trace-prelude.ts'

/**
 * What a record is: before a command whose stdout is the answer (direct), or who has the answer on another descriptor; one
 * of the file that has them all; or why there are none from here on.
 */
type RecordKind = 'direct' | 'indirect' | 'hit' | 'stopped' | 'too-long' | 'no-pipe'

/** What the DEBUG trap told before a command. */
export interface TraceRecord {
  kind: RecordKind
  pid: number
  /** How many subshells deep. */
  level: number
  /** `$!`. */
  job: string
  line: number
  /** How many functions and sourced files deep. */
  depth: number
  /** The file as bash names it. */
  source: string
  /** `BASH_COMMAND`, its first 300 characters. */
  command: string
}

/** A record in an answer. */
export interface PlacedRecord extends TraceRecord {
  /** Before which byte of the answer it stands. */
  at: number
}

const kinds: Readonly<Record<string, RecordKind>> = {
  d: 'direct',
  i: 'indirect',
  h: 'hit',
  s: 'stopped',
  x: 'too-long',
  n: 'no-pipe'
}

/** Takes the records out of what a script printed. */
export function stripRecords(bytes: Uint8Array, nonce: string): { bytes: Uint8Array; records: PlacedRecord[] } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = `${marks.start}${nonce};`
  const kept: Buffer[] = []
  const records: PlacedRecord[] = []
  let length = 0
  let from = 0
  for (let at = buffer.indexOf(start); at >= 0; at = buffer.indexOf(start, from)) {
    kept.push(buffer.subarray(from, at))
    length += at - from
    const end = buffer.indexOf(marks.end, at + start.length)
    const record = end < 0 ? undefined : readRecord(buffer.toString('utf8', at + start.length, end))
    if (record) records.push({ ...record, at: length })
    from = end < 0 ? buffer.length : end + 1
  }
  if (from === 0) return { bytes, records }
  kept.push(buffer.subarray(from))
  return { bytes: new Uint8Array(Buffer.concat(kept)), records }
}

function readRecord(text: string): TraceRecord | undefined {
  const separator = text.indexOf(marks.fields)
  const [kind = '', pid, level, job = '', line, depth, ...source] = text.slice(0, separator).split(';')
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (known === undefined || separator < 0) return undefined
  return {
    kind: known,
    pid: Number(pid),
    level: Number(level),
    job,
    line: Number(line),
    depth: Number(depth),
    source: source.join(';'),
    command: text.slice(separator + 1)
  }
}
