import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** The authority's own look around every page. */
export function Frame(props: {
  section: 'register' | 'office'
  who?: string | undefined
  onLeave?: () => void
  /** The way back to the page above. */
  back?: { href: string; text: string } | undefined
  children: ComponentChildren
}) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to main content
      </a>
      <header>
        <div class="width">
          <a class="authority" href="/">
            <svg viewBox="0 0 40 40" aria-hidden="true">
              <path d="M20 2 35 8v12c0 9-6 15-15 18C11 35 5 29 5 20V8z" />
              <path class="mark" d="M17 11h6v6h6v6h-6v6h-6v-6h-6v-6h6z" />
            </svg>
            Health Records Authority
          </a>
          <nav aria-label="Services">
            <a href="/" aria-current={props.section === 'register' ? 'page' : undefined}>
              Public register
            </a>
            <a href="/office" aria-current={props.section === 'office' ? 'page' : undefined}>
              Officers’ desk
            </a>
          </nav>
        </div>
      </header>
      <div class="width">
        <aside class="phase" aria-label="About this service">
          <strong class="tag">Demonstration</strong>
          <span>An invented authority for invented hospitals.</span>
          {props.who && (
            <span class="who">
              {props.who}
              <button type="button" class="link" onClick={props.onLeave}>
                Sign out
              </button>
            </span>
          )}
        </aside>
        {props.back && (
          <nav aria-label="Back">
            <a class="back" href={props.back.href}>
              {props.back.text}
            </a>
          </nav>
        )}
        <main id="main" tabIndex={-1}>
          {props.children}
        </main>
      </div>
      <footer>
        <div class="width">
          <p>
            Everything on the public register is read from the ledger, where anybody can check it. Nothing on
            it is about a person.
          </p>
        </div>
      </footer>
    </>
  )
}

/** What stands behind `#` in the address: which page of this document is shown. */
export function useHash(): string {
  const read = () => (location.hash === '#main' ? '' : location.hash.slice(1))
  const [hash, setHash] = useState(read())
  useEffect(() => {
    const change = () => {
      // The link that skips to the content is no page.
      if (location.hash === '#main') return
      setHash(read())
      window.scrollTo(0, 0)
    }
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  return hash
}
