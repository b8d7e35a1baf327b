/**
 * How much slower `ours` is than `peer`: the median of the ratios of rounds in which both ran, one after the other and in turns
 * the other way round, so that both see the same machine.
 */
export async function ratioOf(ours, peer, rounds) {
  await ours()
  await peer()
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const swapped = round % 2 === 1
    const first = await timed(swapped ? peer : ours)
    const second = await timed(swapped ? ours : peer)
    ratios.push(swapped ? second / first : first / second)
  }
  return ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]
}

async function timed(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}
