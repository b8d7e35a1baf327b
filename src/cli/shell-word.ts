/** A text as one word of a POSIX shell, whatever it holds (POSIX.1-2017, XCU 2.2.2). */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
