import type { z } from 'zod'
import { fromBase64, toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { CidText } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import type { nodeMessages } from '../messages.ts'
import { nodeLimits } from './limits.ts'
import type { Node } from './node.ts'
import type { Store } from './store/store.ts'
import { fetchCar } from './transfer/fetch-car.ts'
import { pin } from './transfer/pin.ts'
import { assemble, createStagedFiles } from './transfer/staged.ts'

type Messages = typeof nodeMessages
type Answer<K extends keyof Messages> = z.input<Messages[K]['response']>
export type Handlers = {
  [K in keyof Messages]: (request: z.output<Messages[K]['request']>) => Promise<Answer<K>>
}

type Contents = { statement: Uint8Array; summary: Answer<'node.read'>['summary']; issues: string[] }

/** The sealing worker, as the node uses it: bytes and one file key in, words or sealed bytes out. */
export interface Sealer {
  open(
    ticket: string,
    sealed: Uint8Array<ArrayBuffer> | undefined,
    fileKey: Uint8Array,
  ): Promise<Contents & { contentHash: string; contentBytes: number; mediaType: string | null }>
  reseal(ticket: string, header: Uint8Array, fileKey: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  discard(ticket: string): Promise<void>
  read(sealed: Uint8Array<ArrayBuffer>, fileKey: Uint8Array): Promise<Contents>
  export(
    sealed: Uint8Array<ArrayBuffer>,
    fileKey: Uint8Array,
    header: Uint8Array,
    exportKey: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>>
  stop(): void
}

interface AtRelay {
  cid: CidText
  relay: string
  token: string
}

/** Everything that the background may ask of the node. */
export function createHandlers({
  node,
  store,
  sealer,
}: {
  node: Node
  store: Store
  sealer: Sealer
}): Handlers {
  const staged = createStagedFiles()

  /** A record of the patient's own, from here or from the relay, which then is here again. */
  async function sealedRecord({ cid, relay, token }: AtRelay): Promise<Uint8Array<ArrayBuffer>> {
    if (!(await store.has(cid))) {
      await fetchCar({ origin: relay }, `/ipfs/${cid}?format=car`, token, (source) =>
        store.addCar(cid, source, limits.sealedRecordMaxBytes),
      )
    }
    return store.read(cid, limits.sealedRecordMaxBytes)
  }

  return {
    'node.start': ({ relay }) => node.start(relay),
    async 'node.stop'() {
      // With the vault locked nothing that was opened stays in memory.
      sealer.stop()
      staged.clear()
      await node.stop()
      return {}
    },
    'node.state': async () => ({ ...node.state(), blocks: await store.blockCount() }),

    async 'node.fetchStaged'({ url, token, cid, maxBytes }) {
      const { origin, pathname, search } = new URL(url)
      const { ticket, header } = await fetchCar({ origin }, `${pathname}${search}`, token, (source) =>
        staged.keep(cid, source, Math.min(maxBytes, limits.sealedRecordMaxBytes)),
      )
      return { ticket, header: toBase64(header) }
    },
    async 'node.openStaged'({ ticket, fileKey }) {
      const opened = await sealer.open(ticket, staged.take(ticket), keyOf(fileKey))
      return { ...opened, statement: toBase64(opened.statement) }
    },
    async 'node.reseal'({ ticket, header, fileKey }) {
      const sealed = await sealer.reseal(ticket, fromBase64(header), keyOf(fileKey))
      return { cid: await store.add(sealed), sealedBytes: sealed.length }
    },
    async 'node.discard'({ ticket }) {
      staged.take(ticket)
      await sealer.discard(ticket)
      return {}
    },

    'node.put': async ({ bytes }) => ({ cid: await store.add(fromBase64(bytes)) }),
    async 'node.get'({ cid, maxBytes, relay, token }) {
      const bytes = (await store.has(cid))
        ? await store.read(cid, maxBytes)
        : await fetchCar({ origin: relay }, `/ipfs/${cid}?format=car`, token, (source) =>
            assemble(cid, source, maxBytes),
          )
      return { bytes: toBase64(bytes) }
    },
    async 'node.pin'({ cid, name, relay, token }) {
      if (!(await store.has(cid))) {
        throw new CarekeyError(
          'record-missing',
          'This file is not in this browser, so it cannot be saved elsewhere.',
        )
      }
      return pin({ origin: relay }, token, { cid, name, car: () => carBlob(store, cid) })
    },
    async 'node.drop'({ cid }) {
      await store.drop(cid)
      return {}
    },

    async 'node.read'({ fileKey, ...file }) {
      const { statement, summary, issues } = await sealer.read(await sealedRecord(file), keyOf(fileKey))
      return { statement: toBase64(statement), summary, issues }
    },
    async 'node.export'({ fileKey, header, exportKey, ...file }) {
      const sealed = await sealedRecord(file)
      const exported = await sealer.export(sealed, keyOf(fileKey), fromBase64(header), keyOf(exportKey))
      const url = URL.createObjectURL(new Blob([exported], { type: 'application/octet-stream' }))
      setTimeout(() => URL.revokeObjectURL(url), nodeLimits.exportUrlTtlMs)
      return { url }
    },
  }
}

function keyOf(text: string): Uint8Array<ArrayBuffer> {
  const key = fromBase64(text)
  if (key.length !== 16) throw new CarekeyError('params-invalid', 'This is not a file key.')
  return key
}

async function carBlob(store: Store, cid: CidText): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  for await (const piece of store.car(cid)) pieces.push(new Uint8Array(piece))
  return new Blob(pieces, { type: 'application/vnd.ipld.car' })
}
