import { expect, type Page } from '@playwright/test'

export interface NewOrganization {
  name: string
  identifier: string
  origin: string
  signer: string
  recipient: string
}

/** What an officer does at the authority's desk. */
export function atOffice(page: Page) {
  const goesTo = async (place: string, heading: string) => {
    await page.goto(new URL(`/office#/${place}`, page.url()).href)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
  }
  return {
    goesTo,
    signsIn: async (who: string) => {
      await page.getByRole('button', { name: `Sign in as ${who}` }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Officers’ desk' })).toBeVisible()
    },
    fillsIn: async (organization: NewOrganization) => {
      await goesTo('register', 'Register an organization')
      await page.getByLabel('Name').fill(organization.name)
      await page.getByLabel('Identifier').fill(organization.identifier)
      await page.getByLabel('Portal addresses').fill(organization.origin)
      await page.getByLabel('Signing address').fill(organization.signer)
      await page.getByLabel('Sealing recipient').fill(organization.recipient)
      await page.getByRole('button', { name: 'Continue' }).click()
      await expect(page.getByRole('heading', { level: 1, name: /^Check the answers/ })).toBeVisible()
    },
    confirms: () => page.getByRole('button', { name: 'Register this organization' }).click(),
    opens: (name: string) => page.getByRole('link', { name }).click(),
    suspends: async () => {
      await page.getByRole('button', { name: 'Suspend' }).click()
      await page.getByRole('button', { name: 'Yes, suspend it' }).click()
    },
    reinstates: () => page.getByRole('button', { name: 'Reinstate' }).click(),
    /** The block of what was just done. */
    isTold: async (said: string): Promise<number> => {
      const told = page.getByRole('status')
      await expect(told).toContainText(said)
      return Number(/in block (\d+)/.exec((await told.textContent()) ?? '')?.[1])
    },
    seesFault: (fault: string) => expect(page.getByRole('alert')).toContainText(fault),
  }
}

/** What anybody reads in the public register. */
export function atRegister(page: Page) {
  return {
    sees: async (name: string, standing: string) => {
      await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText(standing)
    },
    opens: async (name: string) => {
      await page.getByRole('link', { name }).click()
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    },
    seesChange: async (block: number, what: string) => {
      await expect(page.getByRole('row', { name: new RegExp(`^${block} `) })).toContainText(what)
    },
  }
}
