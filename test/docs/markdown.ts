/** A fenced block of a document. */
export interface Block {
  /** The words after the fence: the language, then what the sample is. */
  tags: readonly string[]
  /** Options of the sample: the JSON object at the end of the info string. */
  options: Readonly<Record<string, unknown>>
  text: string
  /** Of the opening fence, from 1. */
  line: number
  /** Offsets of `text` in the document. */
  from: number
  to: number
}

/** The fenced blocks of a Markdown text. */
export function blocksOf(markdown: string): Block[] {
  return Array.from(markdown.matchAll(/^```([^\n`]*)\n([\s\S]*?)^```$/gm), ({ index, 1: info = '', 2: text = '' }) => {
    const [words = '', json] = info.split(/ (?=\{)/)
    const from = index + 3 + info.length + 1
    return {
      tags: words.split(' ').filter((word) => word !== ''),
      options: json === undefined ? {} : (JSON.parse(json) as Record<string, unknown>),
      text,
      line: markdown.slice(0, index).split('\n').length,
      from,
      to: from + text.length
    }
  })
}

/** A text without its fenced blocks, which hold no headings and no links. */
function proseOf(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '')
}

/** The headings of one level, without the marks. */
export function headingsOf(markdown: string, level: number): string[] {
  const pattern = new RegExp(`^#{${level}} (.+)$`, 'gm')
  return Array.from(proseOf(markdown).matchAll(pattern), ({ 1: heading = '' }) => heading.replaceAll('`', ''))
}

/** What a link can point to in a document, as GitHub makes it of headings. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>()
  for (const { 1: heading = '' } of proseOf(markdown).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = plain.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

/** Targets of links and images. */
export function linksOf(markdown: string): string[] {
  const prose = proseOf(markdown).replace(/`[^`\n]*`/g, '')
  return Array.from(prose.matchAll(/\]\(([^)\s]+)\)/g), ({ 1: target = '' }) => target)
}
