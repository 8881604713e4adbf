import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Standing } from '../views.ts'

const standingWords: Record<Standing, string> = {
  accredited: 'Accredited',
  suspended: 'Suspended',
  'outside-validity': 'Expired',
}

export const StandingTag = ({ standing }: { standing: Standing }) => (
  <strong class={`tag ${standing}`}>{standingWords[standing]}</strong>
)

/** Names and values, one a row. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** A table that scrolls by itself where the window is narrow. */
export function Table(props: {
  caption: string
  isCaptionHidden?: boolean
  heads: readonly string[]
  children: ComponentChildren
}) {
  return (
    <section class="scroll" tabIndex={0} aria-label={props.caption}>
      <table>
        <caption class={props.isCaptionHidden ? 'unseen' : undefined}>{props.caption}</caption>
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col">
                {head || <span class="unseen">Action</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  )
}

/** A plot that is a table: each row a name, a bar, and the number that the bar stands for. */
export function Bars(props: {
  caption: string
  what: string
  unit: string
  rows: readonly { name: ComponentChildren; key: string; value: number; said?: string }[]
}) {
  const most = Math.max(1, ...props.rows.map(({ value }) => value))
  return (
    <table class="bars">
      <caption>{props.caption}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">{props.what}</th>
          <th scope="col">{props.unit}</th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map(({ name, key, value, said }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="whole" width="100" height="10" />
                <rect class="part" width={(100 * value) / most} height="10" />
              </svg>
              <span>{said ?? value.toLocaleString('en')}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What was wrong with a form, a sentence a line; takes the focus, so that it is read. */
export function Faults({ message }: { message: string | null }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [message])
  if (message === null) return null
  return (
    <div class="faults" role="alert" tabIndex={-1} ref={box}>
      <h2>There is a problem</h2>
      <ul>
        {message.split('\n').map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  )
}

/** What has just been done. */
export function Done({ children }: { children: ComponentChildren }) {
  return (
    <div class="done" role="status">
      <h2>Done</h2>
      <p>{children}</p>
    </div>
  )
}

/** One labelled field of a form. */
export function Field(props: { label: string; hint?: string; name: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      {props.hint && (
        <p class="hint" id={`${props.name}-hint`}>
          {props.hint}
        </p>
      )}
      {props.children}
    </div>
  )
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
/** A ledger's second as a day, in UTC: an accreditation ends at the same day for everybody. */
export const dayOf = (seconds: number) => dayFormat.format(new Date(seconds * 1_000))

const timeFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
export const timeOf = (seconds: number) => timeFormat.format(new Date(seconds * 1_000))
