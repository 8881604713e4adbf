import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { relayLimits } from '../limits.ts'

export interface Span {
  requests: number
  bytes: number
}

/** What went through over the last hours, in spans of a few minutes. In memory alone, and of nobody in particular. */
export class Traffic {
  readonly #clock: Clock
  readonly #spans = new Map<number, Span>()
  /** How much of a connection has been counted: one connection brings many requests. */
  readonly #counted = new WeakMap<Socket, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One request over this connection is over. */
  note(socket: Socket): void {
    const total = socket.bytesRead + socket.bytesWritten
    this.add(total - (this.#counted.get(socket) ?? 0))
    this.#counted.set(socket, total)
  }

  add(bytes: number): void {
    const now = this.#now()
    const span = this.#spans.get(now) ?? { requests: 0, bytes: 0 }
    this.#spans.set(now, { requests: span.requests + 1, bytes: span.bytes + bytes })
    for (const at of this.#spans.keys()) {
      if (at > now - relayLimits.trafficSpans) break
      this.#spans.delete(at)
    }
  }

  /** The oldest first, the one that is not over last; always as many. */
  read(): Span[] {
    const now = this.#now()
    return Array.from({ length: relayLimits.trafficSpans }, (_, index) => {
      const span = this.#spans.get(now - relayLimits.trafficSpans + 1 + index)
      return span ?? { requests: 0, bytes: 0 }
    })
  }

  #now(): number {
    return Math.floor(this.#clock() / relayLimits.trafficSpanMs)
  }
}
