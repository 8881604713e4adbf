import { uploadedSchema } from '../../shared/protocol/relay-api.ts'
import type { Account } from '../identity/tokens.ts'
import { readCar } from '../storage/car.ts'
import type { Claims, Held } from './claims.ts'
import { type Intake, receiveBlocks } from './intake.ts'
import type { Pinner } from './pinner.ts'

export interface Uploading extends Intake {
  claims: Claims
  pinner: Pinner
}

/** `POST /blocks`: a CAR's blocks, claimed by whoever sends them. All of them or none: a broken upload leaves the quota as it was. */
export async function uploadBlocks(
  uploading: Uploading,
  account: Account,
  source: AsyncIterable<Uint8Array>,
  quotaBytes: number,
) {
  const { claims, pinner } = uploading
  const added: Held[] = []
  const arrived: Uint8Array[] = []
  try {
    const car = await readCar(source)
    const received = await receiveBlocks(uploading, car.blocks, async (batch) => {
      added.push(...(await claims.hold(account, batch, quotaBytes)))
      arrived.push(...batch.map((block) => block.multihash))
    })
    await pinner.wake(account, arrived)
    return uploadedSchema.parse({ ...received, roots: car.roots.map((root) => root.toV1().toString()) })
  } catch (error) {
    await claims.release(
      account,
      added.map((block) => block.multihash),
      true,
    )
    throw error
  }
}
