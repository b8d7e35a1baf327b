import { digestOf } from './digest.ts'

/** What every container name of ours begins with, and none of others is taken for ours without. */
export const namePrefix = 'hermes-'

// RFC 1123.
const longest = 63

/**
 * The container of a module: the name as a DNS label. One that is changed for that or too long gets a digest; one that looks
 * as if it had a digest gets one too, so that no two modules share a container.
 */
export function containerName(module: string): string {
  const label = module.toLowerCase().replace(/[._]/g, '-')
  const plain = namePrefix + label
  if (label === module && plain.length <= longest && !/-[0-9a-f]{14}$/.test(plain)) return plain
  const suffix = `-${digestOf(module)}`
  return plain.slice(0, longest - suffix.length).replace(/-+$/, '') + suffix
}
