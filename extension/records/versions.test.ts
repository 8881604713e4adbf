import { describe, expect, test } from 'vitest'
import { otherOrganization, recordOf } from './test-index.ts'
import { glucose, lipids, onDay, saved } from './test-records.ts'
import { latestVersions, versionsOf } from './versions.ts'

describe('versions', () => {
  const second = recordOf(
    { title: 'Lipid panel', previous: lipids.commitment, ...onDay('2026-10-04') },
    saved,
  )
  const third = recordOf({ title: 'Lipid panel', previous: second.commitment, ...onDay('2026-10-05') }, saved)
  const intruder = recordOf(
    { title: 'Not theirs', previous: lipids.commitment, author: otherOrganization, ...onDay('2026-10-06') },
    saved,
  )

  test('are found from any of them, newest first', () => {
    for (const from of [lipids, second, third])
      expect(versionsOf([third, lipids, glucose, second], from.commitment)).toEqual([third, second, lipids])
    expect(versionsOf([third], third.commitment)).toEqual([third])
    expect(versionsOf([], third.commitment)).toEqual([])
  })

  test('of another organization displace nothing', () => {
    expect(latestVersions([lipids, second, intruder])).toEqual([second, intruder])
    expect(versionsOf([lipids, intruder], lipids.commitment)).toEqual([lipids])
  })
})
