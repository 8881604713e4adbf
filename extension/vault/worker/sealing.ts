import { CryptoError } from '../../../shared/crypto/crypto-error.ts'
import { decodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { checkHeader } from '../../../shared/crypto/header.ts'
import { openWithFileKey, sealWithFileKey } from '../../../shared/crypto/seal.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { decodeStatement } from '../../../shared/protocol/statement.ts'
import { contentsOf } from './contents.ts'
import { workerLimits } from './limits.ts'
import type { Opened, Read, WorkerRequest } from './messages.ts'

interface Ticket {
  envelope: Uint8Array<ArrayBuffer>
  opened: Opened
  timer: ReturnType<typeof setTimeout>
}

type Sealed = { sealed: ArrayBuffer }

/**
 * Opens and seals records, one at a time, each by one file key that it is handed. An opened deposit stays in memory
 * under its ticket until it is sealed anew, given up, or too old. Errors are CarekeyErrors.
 */
export function createSealing() {
  const tickets = new Map<string, Ticket>()
  let last: Promise<unknown> = Promise.resolve()

  async function open(request: Extract<WorkerRequest, { type: 'open' }>): Promise<Opened> {
    const held = tickets.get(request.ticket)
    if (held) return held.opened
    if (!request.sealed) throw gone()
    const envelope = await openWithFileKey(request.fileKey, new Uint8Array(request.sealed))
    try {
      const opened = await contentsOf(envelope)
      const timer = setTimeout(() => discard(request.ticket), workerLimits.ticketTtlMs)
      tickets.set(request.ticket, { envelope, opened, timer })
    } catch (error) {
      envelope.fill(0)
      throw error
    }
    for (const oldest of tickets.keys()) {
      if (tickets.size <= workerLimits.ticketsMax) break
      discard(oldest)
    }
    return openedOf(request.ticket).opened
  }

  async function reseal(request: Extract<WorkerRequest, { type: 'reseal' }>): Promise<Sealed> {
    const { envelope } = openedOf(request.ticket)
    await checkHeader(request.header, request.fileKey)
    const sealed = await sealWithFileKey(keyed(request.header, request.fileKey), envelope)
    discard(request.ticket)
    return { sealed: sealed.buffer }
  }

  async function read(request: Extract<WorkerRequest, { type: 'read' }>): Promise<Read> {
    const envelope = await openWithFileKey(request.fileKey, new Uint8Array(request.sealed))
    try {
      const { statement, contentHash, contentBytes, summary, issues } = await contentsOf(envelope)
      const claimed = decodeStatement(statement)
      if (claimed.contentHash !== contentHash || claimed.contentBytes !== contentBytes) {
        throw new CarekeyError('record-hash-wrong', 'This record is not the one that its author wrote.')
      }
      return { statement, summary, issues }
    } finally {
      envelope.fill(0)
    }
  }

  /** Without the envelope, so that `age -d` gives the document itself (protocol, section 3.3). */
  async function exportContent(request: Extract<WorkerRequest, { type: 'export' }>): Promise<Sealed> {
    const envelope = await openWithFileKey(request.fileKey, new Uint8Array(request.sealed))
    try {
      await checkHeader(request.header, request.exportKey)
      const { content } = decodeEnvelope(envelope)
      return { sealed: (await sealWithFileKey(keyed(request.header, request.exportKey), content)).buffer }
    } finally {
      envelope.fill(0)
    }
  }

  function discard(ticket: string): void {
    const held = tickets.get(ticket)
    if (!held) return
    clearTimeout(held.timer)
    held.envelope.fill(0)
    tickets.delete(ticket)
  }

  function openedOf(ticket: string): Ticket {
    const held = tickets.get(ticket)
    if (!held) throw gone()
    return held
  }

  async function perform(request: WorkerRequest): Promise<Opened | Read | Sealed | Record<string, never>> {
    switch (request.type) {
      case 'open':
        return open(request)
      case 'reseal':
        return reseal(request)
      case 'read':
        return read(request)
      case 'export':
        return exportContent(request)
      case 'discard':
        discard(request.ticket)
        return {}
    }
  }

  async function run(request: WorkerRequest): ReturnType<typeof perform> {
    try {
      return await perform(request)
    } catch (error) {
      throw declared(error)
    } finally {
      if ('fileKey' in request) request.fileKey.fill(0)
      if ('exportKey' in request) request.exportKey.fill(0)
    }
  }

  return {
    /** Waits for its turn: no two file keys are in use at once. */
    handle(request: WorkerRequest): ReturnType<typeof run> {
      const next = last.then(() => run(request))
      last = next.catch(() => {})
      return next
    },
  }
}

const keyed = (header: Uint8Array, fileKey: Uint8Array) => ({
  header: new Uint8Array(header),
  fileKey: new Uint8Array(fileKey),
})

const gone = () =>
  new CarekeyError('record-missing', 'This document is no longer held in memory. It has to be fetched again.')

function declared(error: unknown): unknown {
  if (!(error instanceof CryptoError)) return error
  if (error.reason === 'argument-invalid') return error
  return new CarekeyError('record-damaged', error.message, { cause: error })
}
