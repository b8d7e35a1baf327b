import { describe } from '@hermes-modules/sidecar/processes'
import { reportPage } from '@hermes-modules/sidecar/report-page'

const kinds = { leaking: 'bad', healthy: 'good', undecided: 'open' }
const words = { leaking: 'Leaking', healthy: 'Healthy', undecided: 'Undecided' }

/**
 * The last window, with the line that was found in it.
 * @param {object} found
 * @param {import('./judge-growth.js').Judgement} found.judgement
 * @param {[number, number][]} found.samples
 * @param {import('@hermes-modules/sidecar/processes').Process} found.target
 * @param {string | undefined} found.config
 * @param {{ windowMs: number, minGrowthKiBPerSec: number }} found.settings
 * @returns {string}
 */
export function leakPage({ judgement, samples, target, config, settings }) {
  const { verdict, reason, slopeKiBPerSec, laterSlopeKiBPerSec } = judgement
  const perSecond = (value) => (value === undefined ? 'too few samples' : `${value} KiB/s`)
  return reportPage({
    title: `Anonymous memory of ${describe(target)}`,
    verdict: { text: `${words[verdict]}: ${reason}.`, kind: kinds[verdict] },
    facts: [
      ['Growth', perSecond(slopeKiBPerSec)],
      ['Growth in the second half', perSecond(laterSlopeKiBPerSec)],
      ['Counts as a leak from', perSecond(settings.minGrowthKiBPerSec)],
      ['Window', `${settings.windowMs / 1000} s, ${samples.length} samples`],
      ...(config ? [['Configuration', config]] : [])
    ],
    series: [{ name: 'Anonymous memory', points: samples }, ...fitOf(judgement, samples)]
  })
}

function fitOf({ slopeKiBPerSec, interceptBytes }, samples) {
  if (slopeKiBPerSec === undefined || interceptBytes === undefined) return []
  const [from] = samples[0]
  const [to] = samples[samples.length - 1]
  const end = interceptBytes + (slopeKiBPerSec * 1024 * (to - from)) / 1000
  return [
    {
      name: `Growth by Theil–Sen: ${slopeKiBPerSec} KiB/s`,
      points: [
        [from, interceptBytes],
        [to, end]
      ],
      isDerived: true
    }
  ]
}
