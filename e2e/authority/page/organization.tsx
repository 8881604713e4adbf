import type { OrganizationDetails } from '../views.ts'
import { dayOf, Facts, StandingTag, Table, timeOf } from './parts.tsx'

const changeWords = {
  registered: 'Registered',
  updated: 'Details or key changed',
  suspended: 'Suspended',
  reinstated: 'Reinstated',
} as const

/** All that the register says of one organization. */
export function OrganizationPage({ details }: { details: OrganizationDetails }) {
  return (
    <>
      <h1>{details.name}</h1>
      <Facts
        facts={[
          ['Standing', <StandingTag key="standing" standing={details.standing} />],
          ['Accredited', `${dayOf(details.validFrom)} to ${dayOf(details.validUntil)}`],
          ['Portals', details.origins.join(', ')],
          ['Signs with', <code key="signer">{details.signer}</code>],
          ['Register number', <code key="id">{details.id}</code>],
        ]}
      />
      <h2>History</h2>
      <p>
        Each change has its block. A record counts as written by an accredited hospital only if the hospital
        was accredited at the block in which the record was anchored, so that nothing can be backdated.
      </p>
      <Table
        caption={`Changes to ${details.name}`}
        isCaptionHidden
        heads={['Block', 'When', 'What', 'Signing address']}
      >
        {details.history.toReversed().map((change) => (
          <tr key={`${change.transactionHash}-${change.logIndex}`}>
            <th scope="row">{change.blockNumber}</th>
            <td>{timeOf(change.timestamp)}</td>
            <td>{changeWords[change.kind]}</td>
            <td>{change.signer ? <code>{change.signer}</code> : '–'}</td>
          </tr>
        ))}
      </Table>
    </>
  )
}
