import type { ComponentChildren } from 'preact'

/** The hospital's own look around every page. */
export function Frame(props: {
  section: string
  who?: string | undefined
  onLeave?: () => void
  children: ComponentChildren
}) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="crest">
        <svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
          <path d="M20 4h8v16h16v8H28v16h-8V28H4v-8h16z" />
        </svg>
        <div>
          <p class="name">St. Brigid Hospital</p>
          <p class="motto">Caring for the county since 1871</p>
        </div>
        {props.who && (
          <div class="who">
            <span>{props.who}</span>
            {props.onLeave && (
              <button type="button" class="link" onClick={props.onLeave}>
                Sign out
              </button>
            )}
          </div>
        )}
      </header>
      <div class="columns">
        <nav aria-label="Portal">
          <ul>
            <li>
              <a href="/" aria-current={props.section === 'records' ? 'page' : undefined}>
                My health records
              </a>
            </li>
            <li>
              <a href="/staff" aria-current={props.section === 'staff' ? 'page' : undefined}>
                For staff
              </a>
            </li>
          </ul>
          <p class="help">
            Questions? Call the records office, Monday to Friday, 9:00 to 16:00, at 555-0142.
          </p>
        </nav>
        <main id="main">{props.children}</main>
      </div>
      <footer>
        <p>St. Brigid Hospital · 1 Abbey Road · A demonstration with invented patients</p>
      </footer>
    </>
  )
}
