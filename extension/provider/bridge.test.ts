import { describe, expect, it } from 'vitest'
import { arrived, page, providerOf } from './testing/page.ts'

describe('the bridge', () => {
  it('sends unanswered calls again, under their ids, when the background died', async () => {
    const { found, background, later } = page()
    const call = providerOf(found).request({ method: 'care_deposit', params: { a: 1 } })
    await arrived(background, 1)
    const [first] = background.calls
    background.last?.drop()
    later.shift()?.()
    expect(background.ports).toHaveLength(2)
    expect(background.last?.sent).toEqual([first])
    background.last?.reply({ id: first?.id, result: 'saved' })
    expect(await call).toBe('saved')
  })

  it('lets the background sleep when nothing is unanswered', async () => {
    const { found, background, later } = page()
    const call = providerOf(found).request({ method: 'care_grants' })
    await arrived(background, 1)
    background.last?.reply({ id: background.calls[0]?.id, result: 1 })
    await call
    background.last?.drop()
    expect(later).toEqual([])
  })

  it('says so when the extension was updated under the page', async () => {
    const { found, background } = page()
    background.broken = true
    await expect(providerOf(found).request({ method: 'care_grants' })).rejects.toMatchObject({
      code: 4900,
      data: { reason: 'wallet-missing' },
    })
  })

  it('shows what waits, and asks for no more than our own window', async () => {
    const { found, background, shown, open } = page()
    void providerOf(found).request({ method: 'care_deposit', params: {} })
    await arrived(background, 1)
    background.last?.reply({ notice: { id: '0x1', organization: 'St. Brigid Hospital' } })
    expect(shown).toEqual([{ id: '0x1', organization: 'St. Brigid Hospital' }])
    open()
    expect(background.last?.sent.at(-1)).toEqual({ open: true })
  })

  it('passes on plain JSON alone, whatever the page made of its objects', async () => {
    const { found, background } = page()
    const params = JSON.parse('{"a": {"b": [1, "two", null]}, "__proto__": {"admin": true}}')
    void providerOf(found).request({ method: 'care_grants', params })
    await arrived(background, 1)
    expect(Object.getPrototypeOf(background.calls[0]?.params)).toBe(Object.prototype)
    expect(JSON.stringify(background.calls[0]?.params)).toBe(JSON.stringify(params))
  })
})
