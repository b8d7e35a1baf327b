import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const entrySchema = z.strictObject({
  package: z.string().regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, 'takes the name of a package'),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, 'takes one version such as 1.0.0: a range would not pin'),
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'takes sha512- and a digest in Base64, as npm prints it')
})
const fileSchema = z.record(z.string(), entrySchema)

/** A module's package, to the byte. @typedef {z.infer<typeof entrySchema>} PinnedPackage */

/**
 * Which package a module is. Whatever is not in it is never fetched, whoever asks for it.
 * @param {string} file
 */
export async function readAllowList(file) {
  const entries = fileSchema.safeParse(await readJson(file))
  if (!entries.success) throw new Error(`the allow-list ${file} is wrong:\n${z.prettifyError(entries.error)}`)
  return {
    /** @param {string} name @returns {PinnedPackage} */
    packageOf(name) {
      if (Object.hasOwn(entries.data, name)) return entries.data[name]
      throw new Error(`the allow-list ${file} has no entry for it: add its package, version and integrity, or do not ask for it`)
    }
  }
}

async function readJson(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`the allow-list ${file} can't be read (${error.message}): --lock takes a file as README.md shows it`)
  }
}
