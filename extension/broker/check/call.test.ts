import { describe, expect, it } from 'vitest'
import { NO_HASH } from '../../../shared/protocol/ids.ts'
import { readCall, readEnvelope } from './call.ts'

const refused = (reason: string) => expect.objectContaining({ reason })

describe('a page’s call', () => {
  it('is refused as unknown when its method is not one of ours, whatever every object has', () => {
    for (const method of [
      'care_nothing',
      'constructor',
      '__proto__',
      'toString',
      '',
      null,
      7,
      {},
      ['care_grants'],
    ]) {
      expect(() => readCall(method, {})).toThrow(refused('method-unknown'))
    }
  })

  it('is refused when it has more than 64 KiB, counted as UTF-8', () => {
    expect(() => readCall('care_grants', { text: 'ü'.repeat(33 * 1024) })).toThrow(
      refused('message-too-large'),
    )
    expect(() => readCall('care_grants', { text: 'u'.repeat(33 * 1024) })).toThrow(refused('params-invalid'))
  })

  it('is refused when it has a field that nobody declared, or names a prototype', () => {
    const poisoned = JSON.parse('{"__proto__": {"admin": true}}')
    for (const params of [{ more: 1 }, poisoned, { constructor: 1 }, { a: { prototype: 1 } }]) {
      expect(() => readCall('care_grants', params)).toThrow(refused('params-invalid'))
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('is refused when it is nested deeper than anything of ours, or has a cycle', () => {
    let deep: unknown = 1
    for (let level = 0; level < 5_000; level++) deep = [deep]
    expect(() => readCall('care_grants', { deep })).toThrow(refused('params-invalid'))
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(() => readCall('care_grants', cycle)).toThrow(refused('params-invalid'))
  })

  it('passes with exactly what was declared, and without parameters where none are needed', () => {
    expect(readCall('care_grants', undefined)).toMatchObject({ method: 'care_grants' })
    expect(readCall('care_pending', { cancel: NO_HASH })).toMatchObject({ params: { cancel: NO_HASH } })
  })

  it('cannot be answered without an id of a sensible length', () => {
    for (const raw of [null, 1, 'x', {}, { id: 1 }, { id: 'short' }, { id: 'x'.repeat(65) }]) {
      expect(readEnvelope(raw)).toBeUndefined()
    }
    expect(readEnvelope({ id: 'long enough', method: 'm', params: 1 })).toEqual({
      id: 'long enough',
      method: 'm',
      params: 1,
    })
  })
})
