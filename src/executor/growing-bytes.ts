/** Bytes that grow as they come, so that a million writes of one byte don't become a million objects. */
export interface GrowingBytes {
  readonly length: number
  append(chunk: Uint8Array): void
  /** Forgets all but the last `count`. */
  keepLast(count: number): void
  take(): Uint8Array
}

export function growingBytes(): GrowingBytes {
  let store = new Uint8Array(512)
  let length = 0
  return {
    get length() {
      return length
    },
    append(chunk) {
      if (length + chunk.length > store.length) {
        const larger = new Uint8Array(Math.max(store.length * 2, length + chunk.length))
        larger.set(store.subarray(0, length))
        store = larger
      }
      store.set(chunk, length)
      length += chunk.length
    },
    keepLast(count) {
      store.copyWithin(0, length - count, length)
      length = count
    },
    take: () => store.slice(0, length)
  }
}
