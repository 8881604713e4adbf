import type { Log, LogLine, Table } from '../ports.ts'

/** A table that lasts as long as the test, and forgets no more than a disk would. */
export function memoryTable<T>(): Table<T> {
  const rows = new Map<string, string>()
  const read = (text: string): T => JSON.parse(text) as T
  return {
    async get(id) {
      const text = rows.get(id)
      return text === undefined ? undefined : read(text)
    },
    async put(id, value) {
      rows.set(id, JSON.stringify(value))
    },
    async delete(id) {
      rows.delete(id)
    },
    all: async () => [...rows.values()].map(read),
  }
}

export function memoryLog(now: () => number): Log {
  const lines: (LogLine & { sequence: number; at: number })[] = []
  return {
    async append(line) {
      lines.push({ ...line, at: now(), sequence: lines.length + 1 })
    },
    all: async () => [...lines],
  }
}

export function memoryItem<T>(empty: T): { read(): Promise<T>; write(value: T): Promise<void> } {
  let text = JSON.stringify(empty)
  return {
    read: async () => JSON.parse(text) as T,
    async write(value) {
      text = JSON.stringify(value)
    },
  }
}
