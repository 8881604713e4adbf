import { z } from 'zod'
import { toErrorReply } from '../../../shared/protocol/errors.ts'
import { type WorkerAnswer, workerCallSchema } from './messages.ts'
import { createSealing } from './sealing.ts'

// The extension's pages allow no eval, and zod would try.
z.config({ jitless: true })

const sealing = createSealing()

/** The document library says Window here; a worker's postMessage takes what to transfer. */
const scope = self as unknown as {
  onmessage: ((event: MessageEvent<unknown>) => void) | null
  postMessage(answer: WorkerAnswer, transfer: ArrayBuffer[]): void
}

scope.onmessage = async ({ data }) => {
  const { id, request } = workerCallSchema.parse(data)
  try {
    const response = await sealing.handle(request)
    scope.postMessage({ id, ok: true, response }, 'sealed' in response ? [response.sealed] : [])
  } catch (error) {
    const { code, reason, message } = toErrorReply(error)
    scope.postMessage({ id, ok: false, error: { code, reason, message } }, [])
  }
}
