import { seal } from '../../shared/crypto/seal.ts'
import {
  emergencyLinkTypedData,
  holdersHashOf,
  type ShareHeld,
  type ShareOffer,
  shareHeldSchema,
  shareHeldTypedData,
} from '../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { signerOf } from '../../shared/protocol/signature.ts'
import { limits } from './limits.ts'
import type { StoredEmergency, StoredHolder, World } from './ports.ts'
import { vouchingConnections } from './prepare.ts'

/** Pins the sealed summary and tells the relay of it; shares go out only for what is there. */
export async function place(world: World, stored: StoredEmergency): Promise<StoredEmergency> {
  if (stored.placed) return stored
  const known = new Set(stored.wish.holders)
  const [vouching] = (await vouchingConnections(world)).filter(({ organization }) => known.has(organization))
  if (vouching) await world.introduce(stored.relay, vouching.organization)
  await world.pin(stored.directory.summary.cid, stored.relay)
  await world.relay(stored.relay).putEmergency(await world.ownerToken(stored.relay), stored.directory)
  return { ...stored, placed: true }
}

const token = async (world: World, relay: string) =>
  world.relay(relay).token({
    address: await world.vault.emergencyPseudonym(),
    sign: (data) => world.vault.signAsEmergency(data),
  })

/** Leaves each share in its holder's inbox, sealed to the recipient that the ledger has for it. */
export async function sendShares(world: World, stored: StoredEmergency): Promise<StoredEmergency> {
  const holders: StoredHolder[] = []
  for (const holder of stored.holders) holders.push(await sendShare(world, stored, holder))
  return { ...stored, holders }
}

async function sendShare(
  world: World,
  { directory, relay }: StoredEmergency,
  holder: StoredHolder,
): Promise<StoredHolder> {
  const { organization, share, sentAt } = holder
  const isDue = sentAt === null || world.now() - sentAt > limits.sendAgainSeconds
  if (share === null || !isDue) return holder
  const registered = await world.ledger.organization(organization)
  if (!registered)
    throw new CarekeyError('organization-unknown', 'A key holder is no longer in the register.')
  const offer: ShareOffer = {
    kind: 'emergency-share',
    directory,
    share,
    relay,
    recipient: await world.vault.emergencyRecipient(),
    vouched: await vouchedOf(world, organization, directory),
  }
  const sealed = await seal([registered.recipient], new TextEncoder().encode(JSON.stringify(offer)))
  // In the emergency pseudonym's name, which no organization has met before.
  await world.relay(relay).postInbox(await token(world, relay), registered.signer, sealed)
  return { ...holder, sentAt: world.now() }
}

/** Only a hospital that knows the patient vouches for the card, and so learns whose it is; the others do not. */
async function vouchedOf(
  world: World,
  organization: StoredHolder['organization'],
  directory: StoredEmergency['directory'],
): Promise<ShareOffer['vouched']> {
  const connection = (await vouchingConnections(world)).find((one) => one.organization === organization)
  const voucher = connection?.voucher as NonNullable<ShareOffer['vouched']>['voucher'] | undefined
  if (!voucher) return null
  const link = {
    patient: directory.patient,
    pseudonym: voucher.patient,
    holders: holdersHashOf(directory),
  }
  return {
    voucher,
    signature: await world.vault.signAs(organization, emergencyLinkTypedData(world.network, link)),
  }
}

/** Takes the holders' answers out of the inbox; a share that is held is forgotten here. */
export async function collectAnswers(world: World, stored: StoredEmergency): Promise<StoredEmergency> {
  const relay = world.relay(stored.relay)
  const signedIn = await token(world, stored.relay)
  let holders = stored.holders
  for (const { id, sealed } of (await relay.inbox(signedIn)).slice(0, limits.inboxMessages)) {
    const held = await readAnswer(world, stored, sealed)
    if (held) {
      holders = holders.map((one) =>
        one.organization === held.organization
          ? { ...one, share: null, heldAt: world.now(), voucher: held.voucher }
          : one,
      )
    }
    await relay.acknowledge(signedIn, id)
  }
  return { ...stored, holders }
}

/** Null for what is not a holder's word about this very summary. */
async function readAnswer(
  world: World,
  { directory }: StoredEmergency,
  sealed: Uint8Array,
): Promise<ShareHeld | null> {
  const plain = await world.vault.openEmergency(sealed).catch(() => null)
  if (!plain) return null
  const parsed = shareHeldSchema.safeParse(jsonOf(plain))
  if (!parsed.success || parsed.data.holders !== holdersHashOf(directory)) return null
  const { organization, holders, signature, voucher } = parsed.data
  const registered = await world.ledger.organization(organization)
  const signer = await signerOf(shareHeldTypedData(world.network, { organization, holders }), signature)
  if (!registered || signer !== registered.signer) return null
  if (voucher && (voucher.organization !== organization || voucher.patient !== directory.patient)) return null
  return parsed.data
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
