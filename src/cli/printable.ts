// Colours and cursor movements: ECMA-48, §5.4.
const controlSequence = /\u001b\[[0-?]*[ -/]*[@-~]/g

/** Text from outside for a terminal: lines stay lines, whatever else would move the cursor or colour is taken out. */
export function printable(text: string): string {
  return text
    .replace(controlSequence, '')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)\p{C}/gu, '')
}
