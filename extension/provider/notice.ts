/** What waits, as the background says. */
export interface Waiting {
  id: string
  organization: string
}

/** The bar in the page. It holds nothing secret and no consent: it can only ask that our own window be opened. */
export interface Notice {
  show(waiting: Waiting | null): void
  onOpen(listener: () => void): void
}

const nameShownCharacters = 60

const css = `
  :host { all: initial; }
  .bar {
    position: fixed; inset: auto 16px 16px auto; z-index: 2147483647; box-sizing: border-box;
    max-width: min(440px, calc(100vw - 32px)); display: flex; gap: 12px; align-items: center;
    padding: 12px 12px 12px 16px; border-radius: 12px; border: 1px solid #c9d3d8;
    background: #ffffff; color: #12262f; font: 15px/1.4 system-ui, sans-serif;
    box-shadow: 0 4px 16px rgb(18 38 47 / 18%);
  }
  button {
    flex: none; min-height: 40px; padding: 8px 16px; border: 0; border-radius: 8px; cursor: pointer;
    background: #0b5d6b; color: #ffffff; font: 600 15px/1.4 system-ui, sans-serif;
  }
  button:hover { background: #084953; }
  button:focus-visible { outline: 3px solid #f2b705; outline-offset: 2px; }
  @media (prefers-color-scheme: dark) {
    .bar { background: #16242b; color: #eef4f6; border-color: #3a4d56; }
    button { background: #7fd0dd; color: #06262c; }
    button:hover { background: #a5e0ea; }
  }
`

export function pageNotice(document: Document): Notice {
  let listener: () => void = () => {}
  let host: HTMLElement | undefined
  const remove = () => {
    host?.remove()
    host = undefined
  }
  const build = (waiting: Waiting): HTMLElement => {
    const element = document.createElement('div')
    const root = element.attachShadow({ mode: 'closed' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    const bar = document.createElement('div')
    bar.className = 'bar'
    bar.setAttribute('role', 'status')
    const text = document.createElement('span')
    text.textContent = `Carekey: ${waiting.organization.slice(0, nameShownCharacters)} is waiting for your answer`
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'Open Carekey'
    button.addEventListener('click', (event) => {
      // A page can click as well; all it gains is that our own window comes to the front.
      if (event.isTrusted) listener()
    })
    bar.append(text, button)
    root.append(bar)
    return element
  }
  return {
    show(waiting) {
      remove()
      if (!waiting) return
      host = build(waiting)
      document.documentElement.append(host)
    },
    onOpen(heard) {
      listener = heard
    },
  }
}
