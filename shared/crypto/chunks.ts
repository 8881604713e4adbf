/** A piece of exactly the asked length, but for the last. */
export interface Chunk {
  index: number
  bytes: Uint8Array
  last: boolean
}

/**
 * Cuts bytes into chunks of one length. The last may be shorter; it is empty only when there are no bytes at all.
 * Whole chunks within a piece are views of it; only those across pieces are copied.
 */
export async function* chunksOf(
  source: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Chunk, void, undefined> {
  let index = 0
  // A full chunk waits here until it is known whether anything follows.
  let held: Uint8Array | undefined
  let partial: Uint8Array | undefined
  let used = 0
  for await (const piece of source instanceof Uint8Array ? [source] : source) {
    let offset = 0
    while (offset < piece.length) {
      if (held !== undefined) {
        yield { index, bytes: held, last: false }
        index += 1
        held = undefined
      }
      if (used === 0 && piece.length - offset >= chunkBytes) {
        held = piece.subarray(offset, offset + chunkBytes)
        offset += chunkBytes
        continue
      }
      partial ??= new Uint8Array(chunkBytes)
      const part = piece.subarray(offset, offset + chunkBytes - used)
      partial.set(part, used)
      used += part.length
      offset += part.length
      if (used === chunkBytes) {
        held = partial
        partial = undefined
        used = 0
      }
    }
  }
  yield { index, bytes: held ?? partial?.subarray(0, used) ?? new Uint8Array(0), last: true }
}
