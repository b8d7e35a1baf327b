// U+0000–001F and U+007F–009F are controls; the others reorder or hide text in a terminal ("Trojan Source", CVE-2021-42574);
// half a surrogate pair is no character at all.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu

// Colours, cursor movements (CSI) and titles, links (OSC): ECMA-48, §5.4 and §8.3.89.
const escapeSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g

/** Replaces every unprintable character by one printable one: columns stay true. */
export function cleanInPlace(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === '\t') return ' '
    if (character < ' ') return String.fromCharCode(0x2400 + character.charCodeAt(0)) // the block Control Pictures
    return character === '\u007f' ? '\u2421' : '\ufffd'
  })
}

/** Takes terminal sequences and control characters away, for text that is shown as a message. */
export function cleanMessage(text: string): string {
  return text
    .replace(escapeSequence, '')
    .replace(/[\t\n\r\u2028\u2029]/g, ' ')
    .replace(unprintable, '')
    .trim()
}

const quoteLimit = 80

/** Quotes a piece of input for a message: cleaned, and cut where it is long. */
export function quote(text: string): string {
  const cut = /[\ud800-\udbff]/.test(text[quoteLimit - 1] ?? '') ? quoteLimit - 1 : quoteLimit // no half of a character
  const shown = text.length > quoteLimit ? `${text.slice(0, cut)}…` : text
  return `"${cleanInPlace(shown)}"`
}
