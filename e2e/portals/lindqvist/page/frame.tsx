import type { ComponentChildren } from 'preact'

/** The clinic's own look around every page. */
export function Frame(props: {
  place: string
  who?: string | undefined
  wide?: boolean
  children: ComponentChildren
}) {
  return (
    <div class={props.wide ? 'clinic wide' : 'clinic'}>
      <header>
        <span class="logo" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
        <span class="brand">lindqvist clinic</span>
        <span class="place">{props.place}</span>
        {props.who && <span class="who">{props.who}</span>}
      </header>
      <main>{props.children}</main>
      <footer>Lindqvist Clinic, Harbour Street 8. A demonstration with invented patients.</footer>
    </div>
  )
}
