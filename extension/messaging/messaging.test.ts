import { beforeEach, describe, expect, it } from 'vitest'
import { fakeBrowser } from 'wxt/testing/fake-browser'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Sender } from '../browser.ts'
import { handlersHere } from './here.ts'
import { callNode, sendNodeEvent } from './send.ts'
import { allowedOrigin, isBackground, isNode, isOwnScreen, pageOf } from './sender.ts'
import { type NodeEventHandlers, type NodeHandlers, serveNode, serveNodeEvents } from './serve.ts'

const id = fakeBrowser.runtime.id
const own = fakeBrowser.runtime.getURL('').replace(/\/$/, '')
const origin = 'https://stbrigid.example'

beforeEach(() => {
  fakeBrowser.reset()
  handlersHere.clear()
})

const page = (change: Partial<Sender> = {}): Sender =>
  ({
    id,
    origin,
    url: `${origin}/portal`,
    frameId: 0,
    documentId: 'd1',
    documentLifecycle: 'active',
    tab: { id: 7, index: 0, highlighted: false, active: true, pinned: false, incognito: false },
    ...change,
  }) as Sender

// Threats, T2: every frame and lifecycle but one is refused, and the origin is the browser's word alone.
describe('a page’s port', () => {
  it('is heard from the top frame of an active https document', () => {
    expect(pageOf(page(), { loopback: false })).toEqual({ origin, tabId: 7, documentId: 'd1' })
  })

  const frame: [string, Partial<Sender>][] = [
    ['a sub-frame', { frameId: 3 }],
    ['no frame', { frameId: undefined } as never],
    ['a worker, without a tab', { tab: undefined } as never],
    ['a prerendered document', { documentLifecycle: 'prerender' }],
    ['a document in the back-forward cache', { documentLifecycle: 'cached' }],
    ['a document that is being deleted', { documentLifecycle: 'pending_deletion' }],
    ['a lifecycle that nobody knows yet', { documentLifecycle: 'other' }],
  ]
  const origins: [string, Partial<Sender>][] = [
    ['a sandboxed frame or page, whose origin is opaque', { origin: 'null' }],
    ['an opaque origin under a hospital’s URL', { origin: 'null', url: `${origin}/` }],
    ['no origin at all, though the URL names one', { origin: undefined, url: `${origin}/` } as never],
    ['plain http', { origin: 'http://stbrigid.example' }],
    ['plain http on loopback, in a build for patients', { origin: 'http://localhost:8801' }],
    ['a file', { origin: 'file://' }],
    ['a data URL', { origin: 'data:' }],
    ['a blob', { origin: `blob:${origin}` }],
    ['an extension', { origin: own }],
    ['a path in the origin', { origin: `${origin}/` }],
    ['a user in the origin', { origin: 'https://stbrigid.example@evil.example' }],
    ['upper case, as no browser writes it', { origin: 'https://StBrigid.example' }],
    ['the default port, as no browser writes it', { origin: 'https://stbrigid.example:443' }],
    ['about:blank', { origin: 'about:blank' }],
    ['an empty origin', { origin: '' }],
    ['another extension', { id: 'somebody-else' }],
    ['nobody', { id: undefined } as never],
  ]
  for (const [what, change] of frame) {
    it(`is refused from ${what}`, () => {
      expect(pageOf(page(change), { loopback: false })).toBe('frame-refused')
    })
  }
  for (const [what, change] of origins) {
    it(`is refused from ${what} (origin)`, () => {
      expect(pageOf(page(change), { loopback: false })).toBe('origin-refused')
    })
  }

  it('is refused when the browser says nothing of the sender', () => {
    expect(pageOf(undefined, { loopback: true })).toBe('origin-refused')
  })

  it('is heard over http on loopback in a development build, and nowhere else', () => {
    for (const host of ['localhost:8801', '127.0.0.1:8801', '[::1]:8801']) {
      expect(allowedOrigin(`http://${host}`, true)).toBe(true)
    }
    for (const host of ['localhost.evil.example', '127.0.0.2', '10.0.0.1', '127.0.0.1.evil.example']) {
      expect(allowedOrigin(`http://${host}`, true)).toBe(false)
    }
  })
})

describe('the privileged tables', () => {
  const screen = (path: string, change: Partial<Sender> = {}): Sender =>
    ({ id, origin: own, url: `${own}${path}`, ...change }) as Sender

  it('are open to our own screens by their paths', () => {
    for (const path of [
      '/popup.html',
      '/app.html#/records',
      '/approval.html?request=0x1',
      '/sidepanel.html',
    ]) {
      expect(isOwnScreen(screen(path))).toBe(true)
    }
  })

  it('are closed to content scripts, to the node’s document, to other pages of ours, and to other extensions', () => {
    const others = [
      page(),
      page({ url: `${own}/app.html` }),
      screen('/offscreen.html'),
      screen('/other.html'),
      screen('/app.html/../evil.html'),
      screen('/app.html', { id: 'somebody-else' }),
      screen('/app.html', { origin }),
      { id } as Sender,
    ]
    for (const sender of others) expect(isOwnScreen(sender)).toBe(false)
  })

  it('take events from the node’s document alone, and the node takes calls from the background alone', () => {
    expect(isNode(screen('/offscreen.html'))).toBe(true)
    expect(isNode(screen('/app.html'))).toBe(false)
    expect(isNode(page({ url: `${own}/offscreen.html` }))).toBe(false)
    expect(isBackground({ id, origin: own, url: `${own}/background.js` } as Sender)).toBe(true)
    expect(isBackground(screen('/popup.html'))).toBe(false)
    expect(isBackground(page())).toBe(false)
  })
})

describe('a message', () => {
  const events = {
    'event.registerPeer': async ({ peerId }) => ({ registered: peerId === 'known' }),
    'event.authorize': async () => {
      throw new CarekeyError('grant-unknown', 'There is no such grant.', { data: { grant: '0x1' } })
    },
    'event.served': async () => {
      throw new Error('a detail that nobody outside may read')
    },
  } as Partial<NodeEventHandlers> as NodeEventHandlers

  it('is answered within its own context, where the node and the background are one', async () => {
    serveNodeEvents(events)
    expect(await sendNodeEvent('event.registerPeer', { peerId: 'known' })).toEqual({ registered: true })
  })

  it('that is refused comes back with its reason and data', async () => {
    serveNodeEvents(events)
    const proof = {
      grant: `0x${'1'.repeat(64)}`,
      cid: 'bafkreidselvdrzo3kpmfbdlcyvml5ckc5ie3kptkwdesa7cabx6ggm362u',
      peer: '12D3KooWSomePeer',
      nonce: `0x${'2'.repeat(64)}`,
      deadline: 1,
      signature: `0x${'3'.repeat(130)}`,
    } as const
    await expect(sendNodeEvent('event.authorize', { proof })).rejects.toMatchObject({
      reason: 'grant-unknown',
      data: { grant: '0x1' },
    })
  })

  it('that fails by accident tells nothing of how', async () => {
    serveNodeEvents(events)
    const served = {
      grant: `0x${'1'.repeat(64)}`,
      cid: 'bafkreidselvdrzo3kpmfbdlcyvml5ckc5ie3kptkwdesa7cabx6ggm362u',
      bytes: 1,
    } as const
    await expect(sendNodeEvent('event.served', served)).rejects.toMatchObject({
      reason: 'internal',
      message: expect.not.stringContaining('detail'),
    })
  })

  it('of a wrong form is stopped before it is sent, and an answer of a wrong form before it is used', async () => {
    serveNode({ 'node.state': async () => ({ peerId: 7 }) } as unknown as NodeHandlers)
    await expect(callNode('node.put', { bytes: 'no base64!' })).rejects.toMatchObject({
      reason: 'params-invalid',
    })
    await expect(callNode('node.state', {})).rejects.toMatchObject({ reason: 'internal' })
  })

  it('to nobody says that Carekey was restarting', async () => {
    await expect(callNode('node.state', {})).rejects.toMatchObject({ reason: 'internal' })
  })
})
