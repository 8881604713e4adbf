import { useDoing, valuesOf } from './form.ts'
import type { DeskProps } from './office.tsx'
import { Faults, Field, Table } from './parts.tsx'

/** Which organizations may vote on what another deposits; an author then names some of them itself. */
export function SupportPage({ office, act }: DeskProps) {
  const { isBusy, fault, doing } = useDoing()
  const nameOf = (id: string) => office.organizations.find((found) => found.id === id)?.name ?? 'Unknown'
  const submit = (event: Event) => {
    const { author = '', supporter = '' } = valuesOf(event)
    const said = `${nameOf(supporter)} may vote on what ${nameOf(author)} deposits.`
    return doing(() => act('approve-support', { author, supporter }, said))
  }
  const choices = office.organizations.map(({ id, name }) => (
    <option key={id} value={id}>
      {name}
    </option>
  ))
  return (
    <>
      <h1>Who votes on whose records</h1>
      <p>
        A record can be checked by organizations that support its author. You approve who may; the author
        chooses among them. Two organizations never vote on each other’s records.
      </p>
      {office.support.length === 0 && <p class="inset">Nobody is approved yet.</p>}
      {office.support.length > 0 && (
        <Table
          caption="Approved supporters"
          isCaptionHidden
          heads={['Supporter', 'Votes on the records of', '']}
        >
          {office.support.map((pair) => (
            <tr key={pair.author + pair.supporter}>
              <th scope="row">{nameOf(pair.supporter)}</th>
              <td>{nameOf(pair.author)}</td>
              <td>
                <button
                  type="button"
                  class="secondary small"
                  disabled={isBusy}
                  onClick={() => doing(() => act('withdraw-support', pair, 'The approval is withdrawn.'))}
                >
                  Withdraw
                  <span class="unseen">
                    {' '}
                    {nameOf(pair.supporter)} from {nameOf(pair.author)}
                  </span>
                </button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      <form noValidate onSubmit={submit}>
        <h2>Approve a supporter</h2>
        <Faults message={fault} />
        <Field name="supporter" label="Supporter" hint="Who may vote">
          <select id="supporter" name="supporter" aria-describedby="supporter-hint">
            {choices}
          </select>
        </Field>
        <Field name="author" label="Author" hint="Whose records it may vote on">
          <select id="author" name="author" aria-describedby="author-hint">
            {choices}
          </select>
        </Field>
        <button type="submit" disabled={isBusy}>
          Approve
        </button>
      </form>
    </>
  )
}
