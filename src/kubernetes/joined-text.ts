/** What was there before a text of ours was joined to it. */
export type Was = 'none' | 'absent' | 'null' | 'empty' | 'text'

/** A text of ours that stands in one of theirs. */
export interface JoinedText {
  sep: string
  text: string
  was: Was
}

/** A text that may not be there. `was` says how it is absent. */
export type Content = { was: 'text'; value: string } | { was: Exclude<Was, 'text'>; value?: undefined }

/** What a member holds; `undefined` for what is no text. */
export function contentOf(isThere: boolean, value: unknown): Content | undefined {
  if (!isThere) return { was: 'none' }
  if (value === undefined) return { was: 'absent' }
  if (value === null) return { was: 'null' }
  if (value === '') return { was: 'empty' }
  return typeof value === 'string' ? { was: 'text', value } : undefined
}

/** Joins a text: where nothing is there, it stands alone. */
export function join(content: Content, sep: string, text: string): { content: Content; joined: JoinedText } {
  const value = content.was === 'text' ? content.value + sep + text : text
  return { content: { was: 'text', value }, joined: { sep, text, was: content.was } }
}

/** Takes a text of ours out; `undefined` where it is not there. Theirs is never split, trimmed or rewritten. */
function cut(content: Content, { sep, text, was }: JoinedText): Content | undefined {
  if (content.was !== 'text') return undefined
  const { value } = content
  if (value === text) return was === 'text' ? { was: 'empty' } : { was }
  if (value.endsWith(sep + text)) return rest(value.slice(0, value.length - sep.length - text.length))
  const inside = value.lastIndexOf(sep + text + sep)
  if (inside >= 0) return rest(value.slice(0, inside) + value.slice(inside + sep.length + text.length))
  return value.startsWith(text + sep) ? rest(value.slice(text.length + sep.length)) : undefined
}

function rest(value: string): Content {
  return value === '' ? { was: 'empty' } : { was: 'text', value }
}

/** Takes several out, the last one first. Tells those that are not there, and of them those that others wrote into. */
export function cutAll<Text extends JoinedText>(
  content: Content,
  joined: readonly Text[]
): { content: Content; missing: Text[]; stuck: Text[] } {
  const missing: Text[] = []
  let now = content
  for (const one of [...joined].reverse()) {
    const left = cut(now, one)
    if (left === undefined) missing.unshift(one)
    else now = left
  }
  return { content: now, missing, stuck: missing.filter((one) => isStuck(now, one)) }
}

/** Whether a text of ours has but one of its ends left: `--x,o` after a `--x` that was joined. */
function isStuck({ value = '' }: Content, { sep, text }: JoinedText): boolean {
  return value.startsWith(text) || value.endsWith(text) || value.includes(sep + text) || value.includes(text + sep)
}

/** Whether two are one wish. */
export function isSameText(one: Pick<JoinedText, 'sep' | 'text'>, other: Pick<JoinedText, 'sep' | 'text'> | undefined): boolean {
  return one.sep === other?.sep && one.text === other.text
}

/** Whether all of them are there. */
export function holdsAll(content: Content, joined: readonly JoinedText[]): boolean {
  let now: Content | undefined = content
  for (const one of [...joined].reverse()) now = now && cut(now, one)
  return now !== undefined
}
