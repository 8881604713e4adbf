import { MemoryBlockstore } from 'blockstore-core/memory'
import { headerLength } from '../../../shared/crypto/header.ts'
import type { CidText } from '../../../shared/protocol/ids.ts'
import { nodeLimits } from '../limits.ts'
import { damaged, parseCid, readCar } from '../store/car.ts'
import { readFile } from '../store/dag.ts'

export interface StagedFiles {
  /** Takes a CAR in memory; answers with the file's age header. Throws CarekeyError `record-damaged`, `record-too-large`. */
  keep(
    cid: CidText,
    source: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ ticket: string; header: Uint8Array }>
  /** The file, which is then no longer kept here. */
  take(ticket: string): Uint8Array<ArrayBuffer> | undefined
  clear(): void
}

/** Sealed deposits between download and opening: in memory, few, and not for long. Declined ones leave no trace. */
export function createStagedFiles(): StagedFiles {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; timer: ReturnType<typeof setTimeout> }>()

  function take(ticket: string): Uint8Array<ArrayBuffer> | undefined {
    const file = files.get(ticket)
    if (!file) return undefined
    clearTimeout(file.timer)
    files.delete(ticket)
    return file.bytes
  }

  return {
    async keep(cid, source, maxBytes) {
      const bytes = await assemble(cid, source, maxBytes)
      const header = headerOf(bytes)
      const ticket = crypto.randomUUID()
      files.set(ticket, { bytes, timer: setTimeout(() => take(ticket), nodeLimits.stagedTtlMs) })
      for (const oldest of files.keys()) {
        if (files.size <= nodeLimits.stagedMax) break
        take(oldest)
      }
      return { ticket, header }
    },
    take,
    clear() {
      for (const ticket of [...files.keys()]) take(ticket)
    },
  }
}

/** The file behind a CID from a CAR whose sender need not be trusted. */
export async function assemble(
  cid: CidText,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const blocks = new MemoryBlockstore()
  for await (const block of readCar(source, maxBytes)) await blocks.put(block.cid, block.bytes)
  return readFile(blocks, parseCid(cid), maxBytes)
}

function headerOf(bytes: Uint8Array): Uint8Array {
  let length: number | undefined
  try {
    length = headerLength(bytes)
  } catch (cause) {
    throw damaged(cause)
  }
  if (length === undefined) throw damaged(undefined)
  return bytes.slice(0, length)
}
