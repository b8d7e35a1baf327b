// Controls, and what reorders or hides text in a terminal.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text from outside, fit for one line of a log. @param {string} text @param {number} [limit] in characters */
export function clean(text, limit = 80) {
  const printable = text.replace(unprintable, ' ').trim()
  return printable.length > limit ? `${printable.slice(0, limit)}…` : printable
}
