/**
 * Where records are kept: a port, for those who have something better than a folder that all steps share.
 *
 * The one hard promise is that of several first writers exactly one wins. Keys are at most 60 characters of `a-z`, `0-9` and
 * `-`, and bytes at most 4 MiB. Whatever a member throws is told as `ERR_HERMES_RECORD_UNUSABLE`, with it as `cause`.
 */
export interface RecordStore {
  /** For messages. */
  readonly location: string
  /** The bytes at a key; nothing where there are none; zero bytes where something is there that can't be a record. */
  read(key: string): Promise<Uint8Array | undefined>
  /** Writes where nothing is there. First writer wins; gives back the bytes that won, as `read` would. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<Uint8Array>
  /** Writes whatever is there: at every instant a reader gets the bytes of before or these. */
  replace(key: string, bytes: Uint8Array): Promise<void>
}

/** A larger record is never written, and never read. */
export const maxRecordBytes = 4 * 1024 * 1024
