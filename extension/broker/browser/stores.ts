import { z } from 'zod'
import { browser } from '../../browser.ts'

/** What the broker keeps outside the sealed index, and how long. None of it is secret, none of it is health data. */
export const openItems = {
  registry: { area: 'local', key: 'carekey-registry', loggable: true },
  sites: { area: 'local', key: 'carekey-sites', loggable: true },
  backup: { area: 'local', key: 'carekey-backup', loggable: true },
  /** Rejections by origin, so that a block outlives the background. */
  blocks: { area: 'session', key: 'carekey-blocks', loggable: true },
  /** Which emergency pseudonyms are watched, also while the vault is locked, and what was told of them. */
  emergency: { area: 'local', key: 'carekey-emergency', loggable: false },
  window: { area: 'session', key: 'carekey-window', loggable: true },
} as const

export interface ItemStore {
  read(): Promise<unknown>
  write(value: unknown): Promise<void>
}

export function itemStore(name: keyof typeof openItems): ItemStore {
  const { area, key } = openItems[name]
  return {
    read: async () => (await browser.storage[area].get(key))[key],
    write: (value) => browser.storage[area].set({ [key]: value }),
  }
}

const blocksSchema = z.record(z.string(), z.array(z.int()))

export function blockStore(): { read(): Promise<Record<string, number[]>>; write: ItemStore['write'] } {
  const store = itemStore('blocks')
  return {
    async read() {
      const parsed = blocksSchema.safeParse(await store.read())
      return parsed.success ? parsed.data : {}
    },
    write: store.write,
  }
}
