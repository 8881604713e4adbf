import type { Patient } from './patient.ts'

/** What stands on the patient's page of requests, as they would read it. */
export async function requestsOf(patient: Patient): Promise<{ waiting: string[]; past: string[] }> {
  const { app } = patient
  await patient.goesTo('/requests')
  await app.reload()
  await app.getByRole('heading', { level: 1, name: 'Requests' }).waitFor()
  // Either there are none, or the first of both lists is titled.
  await app
    .getByText(/^(No requests|Waiting)$/)
    .first()
    .waitFor()
  const rows = async (name: string) =>
    (await app.getByRole('list', { name, exact: true }).getByRole('listitem').allInnerTexts()).map((text) =>
      text.replaceAll('\n', ' · '),
    )
  return { waiting: await rows('Waiting'), past: await rows('Past') }
}
