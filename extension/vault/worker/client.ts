import { CarekeyError, fromErrorReply } from '../../../shared/protocol/errors.ts'
import {
  type Opened,
  type Read,
  type WorkerRequest,
  type WorkerResponse,
  workerAnswerSchema,
  workerResponseSchemas,
} from './messages.ts'

/** The sealing worker as its document sees it. Every method throws CarekeyError. */
export interface Sealer {
  /** `sealed` is handed over and unusable afterwards; without it, what was opened before under this ticket. */
  open(ticket: string, sealed: Uint8Array<ArrayBuffer> | undefined, fileKey: Uint8Array): Promise<Opened>
  /** The ticket is used up. */
  reseal(ticket: string, header: Uint8Array, fileKey: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  discard(ticket: string): Promise<void>
  read(sealed: Uint8Array<ArrayBuffer>, fileKey: Uint8Array): Promise<Read>
  export(
    sealed: Uint8Array<ArrayBuffer>,
    fileKey: Uint8Array,
    header: Uint8Array,
    exportKey: Uint8Array,
  ): Promise<Uint8Array<ArrayBuffer>>
  /** Ends the worker, and all plaintext with it; the next call starts another. */
  stop(): void
}

interface Waiting {
  resolve(response: unknown): void
  reject(error: unknown): void
}

export function createSealer(spawn: () => Worker): Sealer {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0

  function running(): Worker {
    if (worker) return worker
    worker = spawn()
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      const answer = workerAnswerSchema.parse(data)
      const caller = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.ok) caller?.resolve(answer.response)
      else caller?.reject(fromErrorReply(answer.error))
    }
    worker.onerror = (event) => {
      event.preventDefault()
      stop()
    }
    return worker
  }

  function stop(): void {
    worker?.terminate()
    worker = undefined
    const ended = new CarekeyError(
      'internal',
      'The part of Carekey that opens records has stopped. Try again.',
    )
    for (const caller of waiting.values()) caller.reject(ended)
    waiting.clear()
  }

  async function call<K extends WorkerRequest['type']>(
    type: K,
    parts: Omit<Extract<WorkerRequest, { type: K }>, 'type'>,
    transfer: ArrayBuffer[] = [],
  ): Promise<WorkerResponse<K>> {
    const id = ++lastId
    const response = await new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      running().postMessage({ id, request: { type, ...parts } }, transfer)
    })
    return workerResponseSchemas[type].parse(response) as WorkerResponse<K>
  }

  return {
    async open(ticket, bytes, fileKey) {
      if (!bytes) return call('open', { ticket, fileKey })
      const sealed = whole(bytes)
      return call('open', { ticket, sealed, fileKey }, [sealed])
    },
    reseal: async (ticket, header, fileKey) =>
      new Uint8Array((await call('reseal', { ticket, header, fileKey })).sealed),
    async discard(ticket) {
      if (worker) await call('discard', { ticket })
    },
    async read(bytes, fileKey) {
      const sealed = whole(bytes)
      return call('read', { sealed, fileKey }, [sealed])
    },
    async export(bytes, fileKey, header, exportKey) {
      const sealed = whole(bytes)
      const reply = await call('export', { sealed, fileKey, header, exportKey }, [sealed])
      return new Uint8Array(reply.sealed)
    },
    stop,
  }
}

/** A buffer that holds these bytes and no more, to be transferred. */
function whole(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}
