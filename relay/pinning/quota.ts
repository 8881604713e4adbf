import { createHmac } from 'node:crypto'
import { type Voucher, voucherTypedData } from '../../shared/protocol/connection.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import type { Clock } from '../clock.ts'
import { secondsOf } from '../clock.ts'
import { requireSigner } from '../identity/signature.ts'
import type { Account } from '../identity/tokens.ts'
import { type Ledger, requireAccredited, requireOrganization } from '../ledger/ledger.ts'
import { relayLimits } from '../limits.ts'
import type { Database } from '../storage/database.ts'

/** An organization's word for a pseudonym, checked as of now. @throws CarekeyError */
export async function requireVoucher(ledger: Ledger, voucher: Voucher): Promise<void> {
  const accredited = requireAccredited(ledger, voucher.organization)
  accredited.catch(() => undefined)
  const now = await ledger.now()
  if (voucher.deadline < now)
    throw new CarekeyError('deadline-passed', 'The voucher has run out. Ask for a new one.')
  if (voucher.deadline > now + limits.voucherMaxSeconds + limits.clockSkewSeconds) {
    throw new CarekeyError('deadline-too-far', 'The deadline of the voucher is too far ahead.')
  }
  const organization = await accredited
  await requireSigner(voucherTypedData(ledger.deployment, voucher), voucher.signature, organization.signer)
}

/** How many bytes an account may keep here, and the vouchers that raise it. */
export class Quota {
  readonly #db: Database
  readonly #clock: Clock
  readonly #ledger: Ledger
  readonly #secret: Uint8Array

  /** `secret` blinds the pseudonyms in vouchers: the relay need not know which accounts belong to one patient. */
  constructor(db: Database, clock: Clock, ledger: Ledger, secret: Uint8Array) {
    this.#db = db
    this.#clock = clock
    this.#ledger = ledger
    this.#secret = secret
  }

  async bytesOf(account: Account): Promise<number> {
    const vouched = await this.#db.one(
      'SELECT 1 FROM vouchers WHERE account = ? AND deadline >= ?',
      account,
      secondsOf(this.#clock),
    )
    if (vouched) return relayLimits.quotaVouchedBytes
    return (await this.#isOrganization(account))
      ? relayLimits.quotaVouchedBytes
      : relayLimits.quotaUnsponsoredBytes
  }

  /** @throws CarekeyError */
  async accept(account: Account, voucher: Voucher): Promise<number> {
    await requireVoucher(this.#ledger, voucher)
    const mark = this.#mark(voucher.organization, voucher.patient)
    await this.#db.transaction(async () => {
      const others = await this.#db.one<{ count: number }>(
        'SELECT count(*) AS count FROM vouchers WHERE organization = ? AND patient_mark = ? AND account <> ?',
        voucher.organization,
        mark,
        account,
      )
      if ((others?.count ?? 0) >= relayLimits.accountsPerVoucher) {
        throw new CarekeyError('forbidden', 'This voucher was used for other accounts already.')
      }
      await this.#db.run(
        `INSERT INTO vouchers VALUES (?, ?, ?, ?) ON CONFLICT (account, organization, patient_mark) DO UPDATE
         SET deadline = CASE WHEN vouchers.deadline > excluded.deadline THEN vouchers.deadline ELSE excluded.deadline END`,
        account,
        voucher.organization,
        mark,
        voucher.deadline,
      )
    })
    return this.bytesOf(account)
  }

  /** Whether some account has shown this organization's word for this pseudonym, and it has not run out. */
  async isVouched(organization: OrganizationId, pseudonym: Account): Promise<boolean> {
    const found = await this.#db.one(
      'SELECT 1 FROM vouchers WHERE organization = ? AND patient_mark = ? AND deadline >= ? LIMIT 1',
      organization,
      this.#mark(organization, pseudonym),
      secondsOf(this.#clock),
    )
    return found !== null
  }

  #mark(organization: OrganizationId, pseudonym: Account): Buffer {
    return createHmac('sha256', this.#secret).update(`${organization} ${pseudonym}`).digest()
  }

  /** A silent ledger must not stop a patient's backup: without an answer the small quota holds. */
  async #isOrganization(account: Account): Promise<boolean> {
    try {
      await requireOrganization(this.#ledger, account)
      return true
    } catch (error) {
      if (error instanceof CarekeyError) return false
      throw error
    }
  }
}
