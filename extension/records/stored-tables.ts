/** What is kept of one kind of item, for how long, and whether a log may hold it. */
export interface StoredItem {
  kept: 'persisted' | 'session' | 'memory'
  loggable: boolean
  holds: string
}

/**
 * Every table of the IndexedDB database `carekey-index`. Values are sealed by the vault's data key and their keys are
 * keyed hashes, so that who copies the disk learns neither what is stored nor from which hospital.
 */
export const storedTables = {
  requests: { kept: 'persisted', loggable: false, holds: 'what organizations asked, and how far it got' },
  records: {
    kept: 'persisted',
    loggable: false,
    holds: 'statements, anchors, places and file keys of records',
  },
  grants: { kept: 'persisted', loggable: false, holds: 'signed grants with their scopes' },
  connections: { kept: 'persisted', loggable: false, holds: 'organizations and the pseudonyms they know' },
  emergencies: {
    kept: 'persisted',
    loggable: false,
    holds: 'the emergency summary, who may open it, shares on their way to their holders',
  },
  'emergency-vetoes': { kept: 'persisted', loggable: false, holds: 'signed vetoes of emergency cases' },
  guardianships: { kept: 'persisted', loggable: false, holds: 'whose emergencies this person may veto' },
  carers: { kept: 'persisted', loggable: false, holds: 'who may act for this patient, and until when' },
  'cared-for': {
    kept: 'persisted',
    loggable: false,
    holds: 'for whom this person may act, and what they ended there',
  },
  log: { kept: 'persisted', loggable: false, holds: 'what happened, one line an event, hash-chained' },
  'log-heads': { kept: 'persisted', loggable: false, holds: 'length and last hash of each chain of the log' },
} as const satisfies Record<string, StoredItem>

export type TableName = keyof typeof storedTables
