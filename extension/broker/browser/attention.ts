import { browser } from '../../browser.ts'

const icon = '/icons/128.png'

/** How many requests wait, on the toolbar's icon. */
export async function showBadge(waiting: number): Promise<void> {
  await browser.action.setBadgeText({ text: waiting === 0 ? '' : String(waiting) })
}

/** A notification names who asks, never what for: others may see the screen. */
export async function notify(note: { id: string; title: string; message: string }): Promise<void> {
  const { id, title, message } = note
  await browser.notifications.create(id, {
    type: 'basic',
    iconUrl: browser.runtime.getURL(icon),
    title,
    message,
  })
}

export function onNotificationClick(open: (id: string) => void): void {
  browser.notifications.onClicked.addListener((id) => {
    void browser.notifications.clear(id)
    open(id)
  })
}

const tick = 'carekey-tick'
/** The shortest period that Chrome keeps. */
const tickMinutes = 0.5

/** Wakes the background from time to time, whether it slept or not. */
export function onTick(act: () => void): void {
  browser.alarms.onAlarm.addListener(({ name }) => {
    if (name === tick) act()
  })
  void browser.alarms.get(tick).then((known) => {
    if (!known) browser.alarms.create(tick, { periodInMinutes: tickMinutes })
  })
}

/** The full page at one of its places, in a tab of its own. */
export async function openPage(place: string): Promise<void> {
  await browser.tabs.create({ url: `${browser.runtime.getURL('/app.html')}#${place}` })
}
