const form = /^\+?(\d{0,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E)|(Ki|Mi|Gi|Ti|Pi|Ei))?$/

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/**
 * A quantity of Kubernetes (`0.05`, `50m`, `1Ki`, `1e3`, or a number) in thousandths, rounded up to a whole one as the server
 * rounds it; `undefined` for what is none.
 */
export function thousandths(quantity: unknown): bigint | undefined {
  if (typeof quantity !== 'string' && typeof quantity !== 'number') return undefined
  const [, whole = '', fraction = '', exponent, si, iec] = form.exec(String(quantity)) ?? []
  if (whole + fraction === '') return undefined
  const power = 3 - fraction.length + Number(exponent ?? 0) + (si === undefined ? 0 : (decimal[si] ?? 0))
  const digits = BigInt(whole + fraction) * (iec === undefined ? 1n : 1024n ** BigInt(binary.indexOf(iec) + 1))
  if (power >= 0) return digits * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (digits + divisor - 1n) / divisor
}

/** A quantity for a message. */
export function formatQuantity(amount: bigint, resource: string): string {
  if (amount % 1000n !== 0n) return `${amount}m`
  const units = amount / 1000n
  if (resource === 'cpu' || units === 0n) return String(units)
  const exponent = binary.filter((_, index) => units % 1024n ** BigInt(index + 1) === 0n).length
  return exponent === 0 ? String(units) : `${units / 1024n ** BigInt(exponent)}${binary[exponent - 1]}`
}
