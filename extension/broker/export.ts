import { toCodePages } from '../../shared/protocol/code-pages.ts'
import type { Exported, ExportedAct, ExportedKind } from '../../shared/protocol/exported.ts'
import type { Network } from '../../shared/protocol/network.ts'

/** Acts as a file, and each as a row of codes. The file names every contract; a code has room for what it needs. */
export function exportActs(
  { chainId, contracts }: Pick<Network, 'chainId' | 'contracts'>,
  acts: ExportedAct[],
): { json: string; codes: { kind: ExportedKind; pages: string[] }[] } {
  const { accreditation, consents, records } = contracts
  const exportOf = (of: Exported['contracts'], these: ExportedAct[]): Exported => ({
    format: 'carekey-acts',
    version: 1,
    chainId,
    contracts: of,
    acts: these,
  })
  return {
    json: JSON.stringify(exportOf(contracts, acts), null, 2),
    codes: acts.map((act) => ({
      kind: act.kind,
      pages: toCodePages(JSON.stringify(exportOf({ accreditation, consents, records }, [act]))),
    })),
  }
}
