import type { Status } from '../../snapshots.ts'

/** The relay's state as a person reads it. */
export function relayInWords({ relay }: Pick<Status, 'relay'>): {
  title: string
  note: string
  good: boolean
} {
  switch (relay.state) {
    case 'unknown':
      return {
        title: 'Looking for your relay…',
        note: 'Your records are kept in this browser meanwhile.',
        good: true,
      }
    case 'unreachable':
      return {
        title: 'Your relay cannot be reached',
        note: 'Your records are safe here. New ones are sent as soon as it answers.',
        good: false,
      }
    case 'reachable':
      return {
        title: 'Connected to your relay',
        note:
          relay.node === 'reachable'
            ? 'Hospitals you allow can fetch from this browser.'
            : 'Hospitals you allow can fetch from the relay.',
        good: true,
      }
  }
}

export function backupInWords(
  { backup }: Pick<Status, 'backup'>,
  moment: (seconds: number) => string,
): string {
  const at = backup.at === null ? '' : `, ${moment(backup.at)}`
  switch (backup.state) {
    case 'none':
      return 'Not saved yet'
    case 'saving':
      return 'Being saved…'
    case 'saved':
      return `Saved${at}`
    case 'failed':
      return `Could not be saved${at}. Carekey tries again by itself.`
  }
}
