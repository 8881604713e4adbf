import { describe, expect, it } from 'vitest'
import { parseRoute, sectionOf } from './router.ts'

describe('places of the full page', () => {
  it.each([
    ['', { page: 'records', view: 'dates' }],
    ['#/records', { page: 'records', view: 'dates' }],
    ['#/records/categories', { page: 'records', view: 'categories' }],
    ['#/record/0xab', { page: 'record', id: '0xab' }],
    ['#/record', { page: 'records', view: 'dates' }],
    ['#/sharing', { page: 'sharing' }],
    ['#/sharing/0xcd', { page: 'grant', id: '0xcd' }],
    ['#/sharing/0xcd/codes', { page: 'codes', id: '0xcd' }],
    ['#/sharing/0xcd/change', { page: 'change', id: '0xcd' }],
    ['#/carers', { page: 'carers' }],
    ['#/caring', { page: 'caring' }],
    ['#/welcome', { page: 'welcome' }],
    ['#/nowhere', { page: 'records', view: 'dates' }],
  ])('reads %s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route)
  })

  it('keeps a page within its entry of the navigation', () => {
    expect(sectionOf(parseRoute('#/record/0xab'))).toBe('records')
    expect(sectionOf(parseRoute('#/sharing/0xcd'))).toBe('sharing')
    expect(sectionOf(parseRoute('#/settings'))).toBe('settings')
    expect(sectionOf(parseRoute('#/carers'))).toBe('settings')
    expect(sectionOf(parseRoute('#/caring'))).toBe('settings')
  })
})
