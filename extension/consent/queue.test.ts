import { describe, expect, it } from 'vitest'
import type { RequestView } from '../snapshots.ts'
import { firstRequest, nextRequest, waitingRequests } from './queue.ts'

const request = (id: string, state: RequestView['state'], receivedAt: number) => ({
  id: `0x${id}` as const,
  state,
  receivedAt,
})

describe('which request is shown', () => {
  const requests = [
    request('new', 'ready', 30),
    request('old', 'ready', 10),
    request('checked', 'checking', 1),
    request('running', 'working', 2),
    request('done', 'done', 0),
  ]

  it('takes the one that waits longest', () => {
    expect(firstRequest(requests)?.id).toBe('0xold')
  })

  it('goes on with the next, not with the one just answered', () => {
    expect(nextRequest(requests, '0xold')?.id).toBe('0xnew')
  })

  it('takes one that is still checked only when none is ready', () => {
    expect(nextRequest(requests.slice(2), null)?.id).toBe('0xchecked')
  })

  it('shows one that is carried out only when nothing waits', () => {
    expect(firstRequest(requests.slice(3))?.id).toBe('0xrunning')
    expect(firstRequest(requests.slice(4))).toBeUndefined()
  })

  it('counts the others that wait', () => {
    expect(waitingRequests(requests, '0xold')).toBe(2)
  })
})
