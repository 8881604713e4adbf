import type { ComponentChildren } from 'preact'

/** The insurer's own look around every page. */
export function Frame(props: { place: string; who?: string | undefined; children: ComponentChildren }) {
  return (
    <div class="sheet">
      <header>
        <p class="house">
          <span class="seal" aria-hidden="true">
            H
          </span>
          Harbour Mutual
        </p>
        <p class="place">{props.place}</p>
        {props.who && <p class="who">{props.who}</p>}
      </header>
      <main>{props.children}</main>
      <footer>
        <p>Harbour Mutual Insurance Society, Quay 12. A demonstration with invented members.</p>
        <p>
          <a href="/">For members</a> · <a href="/office">Billing office</a>
        </p>
      </footer>
    </div>
  )
}
