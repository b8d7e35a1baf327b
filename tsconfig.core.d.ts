// What core/ and kubernetes/ take from every JavaScript platform, browsers included.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(input?: Uint8Array): string
}
interface AbortSignal {
  readonly aborted: boolean
}
