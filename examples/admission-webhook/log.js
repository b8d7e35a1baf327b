/** One line of JSON. Only what is handed in stands in it: never a Pod, its environment, or what a script printed. */
export function log(level, message, facts = {}) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...facts })}\n`)
}
