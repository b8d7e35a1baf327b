const most = 256 // characters: the API server cuts longer ones
const mostInAll = 4096 // and leaves out those beyond

/** Warnings as the API takes them: one line each, cut with a mark, and never more than it passes on. */
export function warningsOf(messages) {
  const warnings = []
  let length = 0
  for (const message of new Set(messages)) {
    const text = shorten(`hermes: ${message}`)
    length += text.length
    if (length > mostInAll) break
    warnings.push(text)
  }
  return warnings
}

function shorten(message) {
  const line = message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  const characters = Array.from(line)
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line
}
