import { describe, expect, it } from 'vitest'
import { type Arming, type ArmingEvent, acceptsClick, isArmed, nextArming } from './arming.ts'

const away: Arming = { attentiveSince: null, press: 'none' }
const attention: ArmingEvent = { type: 'attention', attentive: true }
const loss: ArmingEvent = { type: 'attention', attentive: false }
const press: ArmingEvent = { type: 'down', repeat: false }
const repeat: ArmingEvent = { type: 'down', repeat: true }

const lived = (...events: [at: number, event: ArmingEvent][]) =>
  events.reduce((state, [at, event]) => nextArming(state, event, at), away)

describe('arming of Approve', () => {
  it('takes no click of the first 499 ms of attention', () => {
    for (let at = 1000; at < 1500; at += 1) {
      expect(acceptsClick(lived([1000, attention], [at, press]), at, true)).toBe(false)
    }
    expect(acceptsClick(lived([1000, attention], [1500, press]), 1500, true)).toBe(true)
  })

  it('starts again when the window loses and regains the attention', () => {
    const state = lived([0, attention], [900, loss], [1000, attention])
    expect(isArmed(state, 1499)).toBe(false)
    expect(isArmed(state, 1500)).toBe(true)
  })

  it('does not start again by a second sign of the same attention', () => {
    expect(isArmed(lived([0, attention], [499, attention]), 500)).toBe(true)
  })

  it('is inert without attention, however long', () => {
    expect(isArmed(lived([0, attention], [10, loss]), 60_000)).toBe(false)
  })

  it('starts again when another request is shown', () => {
    const state = lived([0, attention], [1000, { type: 'subject' }])
    expect(isArmed(state, 1499)).toBe(false)
    expect(isArmed(state, 1500)).toBe(true)
  })

  it('refuses a press that began before it was armed and ends after', () => {
    expect(acceptsClick(lived([0, attention], [100, press]), 600, true)).toBe(false)
  })

  it('refuses a press that began on the request before', () => {
    const state = lived([0, attention], [600, press], [700, { type: 'subject' }])
    expect(acceptsClick(state, 1300, true)).toBe(false)
  })

  it('refuses a key that is held since another window', () => {
    expect(acceptsClick(lived([0, attention], [600, repeat]), 700, true)).toBe(false)
  })

  it('takes a fresh press after an early one ended', () => {
    const state = lived([0, attention], [100, press], [200, { type: 'up' }], [600, press])
    expect(acceptsClick(state, 650, true)).toBe(true)
  })

  it('takes a click without a press, as assistive technology makes it', () => {
    expect(acceptsClick(lived([0, attention]), 600, true)).toBe(true)
  })

  it('refuses a synthetic click', () => {
    expect(acceptsClick(lived([0, attention], [600, press]), 650, false)).toBe(false)
  })
})
