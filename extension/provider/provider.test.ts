import { describe, expect, it, vi } from 'vitest'
import { limits } from '../../shared/protocol/limits.ts'
import * as declared from '../../shared/protocol/provider.ts'
import { PROVIDER_PORT as declaredPort } from '../messages.ts'
import * as constants from './constants.ts'
import { startProvider } from './provider.ts'
import { arrived, page, providerOf } from './testing/page.ts'

describe('the provider', () => {
  for (const order of ['bridge first', 'provider first'] as const) {
    it(`announces itself once its bridge is there, ${order}, and again whenever it is asked`, () => {
      const { target, found } = page(order)
      expect(found).toHaveLength(1)
      target.dispatchEvent(new Event(declared.REQUEST_PROVIDER_EVENT))
      expect(found).toHaveLength(2)
      expect(found[1]?.provider).toBe(found[0]?.provider)
      expect(found[0]?.info).toEqual({ name: 'Carekey', version: '1' })
      expect(Object.isFrozen(found[0]) && Object.isFrozen(found[0]?.provider)).toBe(true)
    })
  }

  it('writes nothing into the page', () => {
    const before = Object.getOwnPropertyNames(globalThis)
    const { target } = page()
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before)
    expect(Object.keys(target)).toEqual([])
  })

  it('hands its channel over once', () => {
    const { target, found } = page()
    let offers = 0
    target.addEventListener('carekey:channel', () => {
      offers += 1
    })
    target.dispatchEvent(new Event('carekey:channelWanted'))
    startProvider(target, '1')
    expect(offers).toBe(0)
    expect(found).toHaveLength(1)
  })

  it('resolves with the result and rejects with code, message and reason', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const good = provider.request({ method: 'care_grants', params: {} })
    await arrived(background, 1)
    background.last?.reply({ id: background.calls[0]?.id, result: { grants: [] } })
    expect(await good).toEqual({ grants: [] })
    const bad = provider.request({ method: 'care_nothing' })
    await arrived(background, 2)
    background.last?.reply({
      id: background.calls[1]?.id,
      error: { code: 4200, message: 'No such method.', data: { reason: 'method-unknown' } },
    })
    await expect(bad).rejects.toMatchObject({
      code: 4200,
      message: 'No such method.',
      data: { reason: 'method-unknown' },
    })
  })

  it('matches replies to calls by ids that nobody can guess', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const calls = [1, 2, 3].map((n) => provider.request({ method: 'care_pending', params: { n } }))
    await arrived(background, 3)
    const ids = background.calls.map((call) => call.id)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
    background.last?.reply({ id: '0'.repeat(32), result: 'forged' })
    for (const [index, id] of [...ids.entries()].reverse()) background.last?.reply({ id, result: index })
    expect(await Promise.all(calls)).toEqual([0, 1, 2])
  })

  it('tells its listeners what happened until they stop listening', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const heard: string[] = []
    const listener = () => heard.push('granted')
    provider.on('grantsChanged', () => {
      throw new Error('A listener of the page fails.')
    })
    provider.on('grantsChanged', listener)
    void provider.request({ method: 'care_grants' })
    await arrived(background, 1)
    background.last?.reply({ event: 'grantsChanged' })
    await vi.waitFor(() => expect(heard).toEqual(['granted']))
    provider.removeListener('grantsChanged', listener)
    background.last?.reply({ event: 'grantsChanged' })
    background.last?.reply({ id: background.calls[0]?.id, result: 1 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard).toEqual(['granted'])
  })

  it('refuses what cannot be copied, what is too large, and more than a page needs at a time', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const reason = (code: string) => expect.objectContaining({ data: { reason: code } })
    await expect(provider.request({ method: 'care_grants', params: () => 1 })).rejects.toEqual(
      reason('params-invalid'),
    )
    const large = { text: 'u'.repeat(64 * 1024) }
    await expect(provider.request({ method: 'care_grants', params: large })).rejects.toEqual(
      reason('message-too-large'),
    )
    expect(background.calls).toEqual([])
    for (let call = 0; call < constants.pendingMax; call++) void provider.request({ method: 'care_grants' })
    await expect(provider.request({ method: 'care_grants' })).rejects.toEqual(reason('request-limit'))
  })
})

describe('the constants that are written twice', () => {
  it('are the same as those of the protocol and of the messages', () => {
    expect(constants.REQUEST_PROVIDER_EVENT).toBe(declared.REQUEST_PROVIDER_EVENT)
    expect(constants.ANNOUNCE_PROVIDER_EVENT).toBe(declared.ANNOUNCE_PROVIDER_EVENT)
    expect(constants.PROVIDER_VERSION).toBe(declared.PROVIDER_VERSION)
    expect(constants.PROVIDER_PORT).toBe(declaredPort)
    expect(constants.messageMaxBytes).toBe(limits.providerMessageMaxBytes)
  })
})
