import type { PrivateKeyAccount } from 'viem/accounts'
import { encodeRegisterPractitioner, practitionerIdOf } from '../../contracts/practitioners.ts'
import { randomSalt } from '../../crypto/commit.ts'
import { encodeEnvelope } from '../../crypto/envelope.ts'
import { createHeader } from '../../crypto/header.ts'
import { open, seal, sealWithFileKey } from '../../crypto/seal.ts'
import { splitFileKey } from '../../crypto/shares.ts'
import type { Voucher } from '../../protocol/connection.ts'
import { type EmergencyPolicy, policyTypedData, vetoTypedData } from '../../protocol/emergency.ts'
import {
  type EmergencyDirectory,
  emergencyLinkTypedData,
  holdersHashOf,
  type ShareHeld,
  type ShareOffer,
  shareHashOf,
  shareHeldSchema,
} from '../../protocol/emergency-shares.ts'
import { addressSchema, hash32Schema, type OrganizationId } from '../../protocol/ids.ts'
import { sponsoredStatusSchema } from '../../protocol/relay-api.ts'
import type { Role } from '../../protocol/roles.ts'
import { json, readReply } from '../server/relay-http.ts'
import { packCar } from '../server/sealed-file.ts'
import { newAccount, newRecipient, now, pseudonymOf, signed } from './patient.ts'
import { patientAt, type RelayProcess } from './relay-process.ts'
import type { TestOrganization, World } from './world.ts'

// What an extension does to prepare an emergency, in a few lines.

const year = 365 * 24 * 60 * 60

export async function registerPractitioner(world: World, organization: TestOrganization, role: Role) {
  const account = newAccount()
  const id = practitionerIdOf(`${organization.options.identifier}/${account.address}`)
  const statement = {
    role,
    signer: addressSchema.parse(account.address),
    validFrom: now() - year,
    validUntil: now() + year,
  }
  await world.send(encodeRegisterPractitioner(world.network, id, organization.id, statement))
  return { id, account, sign: (data: Parameters<typeof signed>[1]) => signed(account, data) }
}

/** A patient with an emergency card, and the account that owns their pins. */
export async function emergencyPatient(world: World, relay: RelayProcess) {
  const account = newAccount()
  const patient = pseudonymOf(account)
  const answers = await newRecipient()
  const pins = patientAt(relay, newAccount())
  const inbox = patientAt(relay, account)
  let round = 0

  async function offer(
    summary: string,
    holders: readonly TestOrganization[],
    threshold: number,
    known?: { by: TestOrganization; pseudonym: PrivateKeyAccount; voucher: Voucher },
  ) {
    const header = await createHeader([answers.recipient])
    const shares = await splitFileKey(header.fileKey, holders.length, threshold)
    const envelope = { statement: new Uint8Array(0), content: new TextEncoder().encode(summary) }
    const sealed = await sealWithFileKey(header, encodeEnvelope(envelope))
    const { cid, car } = await packCar(sealed)
    const directory: EmergencyDirectory = {
      version: 1,
      patient,
      summary: { cid, sealedBytes: sealed.length },
      holders: holders.map(({ id }, index) => ({
        organization: id,
        shareHash: shareHashOf(shares[index] ?? new Uint8Array(0)),
      })),
      salt: randomSalt(),
    }
    await pins.keep([{ cid, car }])
    await pins.call(`/emergencies/${patient}`, { ...json(directory), method: 'PUT' })
    const hash = holdersHashOf(directory)
    for (const [index, holder] of holders.entries()) {
      const link = known && { patient, pseudonym: pseudonymOf(known.pseudonym), holders: hash }
      const message: ShareOffer = {
        kind: 'emergency-share',
        directory,
        share: Buffer.from(shares[index] ?? []).toString('base64'),
        relay: relay.origin,
        recipient: answers.recipient,
        vouched:
          known && link && known.by === holder
            ? {
                voucher: known.voucher,
                signature: await signed(known.pseudonym, emergencyLinkTypedData(world.network, link)),
              }
            : null,
      }
      await leave(inbox.call, holder.account.address, holder.recipient, message)
    }
    return { directory, shares, threshold }
  }

  async function answered(): Promise<ShareHeld[]> {
    const messages = await inbox.inbox()
    return Promise.all(
      messages.map(async ({ id, sealed }) => {
        const plain = await open(answers.identity, Buffer.from(sealed, 'base64'))
        await inbox.call(`/inbox/${id}`, { method: 'DELETE' })
        return shareHeldSchema.parse(JSON.parse(new TextDecoder().decode(plain)))
      }),
    )
  }

  /** By the relay's sponsor, with a voucher that a holder has given. */
  async function states(
    { directory, threshold }: { directory: EmergencyDirectory; threshold: number },
    voucher: Voucher,
    changes: Partial<EmergencyPolicy> = {},
  ) {
    round += 1
    const policy: EmergencyPolicy = {
      patient,
      allowed: true,
      waitSeconds: 600,
      windowSeconds: 3_600,
      threshold,
      holders: directory.holders.length,
      organizations: [] as OrganizationId[],
      guardians: null,
      holdersHash: hash32Schema.parse(holdersHashOf(directory)),
      round,
      deadline: now() + year,
      ...changes,
    }
    const signature = await signed(account, policyTypedData(world.network, policy))
    return submitted(inbox.call, { kind: 'policy', policy, signature, voucher })
  }

  async function vetoes(opening: `0x${string}`) {
    const deadline = now() + year
    const signature = await signed(account, vetoTypedData(world.network, opening as never, deadline))
    const veto = { patient, opening, by: patient, guardian: null, deadline, signature }
    return submitted(inbox.call, { kind: 'veto', veto })
  }

  return { patient, account, pins, offer, answered, states, vetoes }
}

type Call = ReturnType<typeof patientAt>['call']

async function submitted(call: Call, act: unknown) {
  let state = await readReply(sponsoredStatusSchema, await call('/sponsor', json(act)))
  while (state.status === 'submitted') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    state = await readReply(sponsoredStatusSchema, await call(`/sponsor/${state.id}`))
  }
  return state.reason ?? state.status
}

export async function leave(call: Call, account: string, recipient: string, message: unknown): Promise<void> {
  const sealed = await seal([recipient], new TextEncoder().encode(JSON.stringify(message)))
  const headers = { 'content-type': 'application/octet-stream' }
  await call(`/inbox/${account.toLowerCase()}`, { method: 'POST', headers, body: sealed })
}
