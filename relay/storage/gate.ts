type Kind = 'shared' | 'exclusive'

/** Many may hold it shared, or one exclusively; first come, first served. Writers of blocks share it, the collector has it alone. */
export class Gate {
  #shared = 0
  #exclusive = false
  readonly #waiting: { kind: Kind; enter: () => void }[] = []

  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#hold('shared', work)
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#hold('exclusive', work)
  }

  async #hold<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(kind)) {
      await new Promise<void>((enter) => this.#waiting.push({ kind, enter }))
    } else this.#count(kind)
    try {
      return await work()
    } finally {
      if (kind === 'shared') this.#shared -= 1
      else this.#exclusive = false
      this.#admit()
    }
  }

  #fits(kind: Kind): boolean {
    return !this.#exclusive && (kind === 'shared' || this.#shared === 0)
  }

  #count(kind: Kind): void {
    if (kind === 'shared') this.#shared += 1
    else this.#exclusive = true
  }

  /** Counted here and not by the one admitted, who runs only later. */
  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.kind); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#count(next.kind)
      next.enter()
    }
  }
}
