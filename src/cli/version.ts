import manifest from '../../package.json' with { type: 'json' }

/** Of the package; put in its place when it is built. */
export const version: string = manifest.version
