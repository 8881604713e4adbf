import { encodeAbiParameters, type Hex, keccak256, stringToBytes } from 'viem'

/** What stands on the ledger of a review's findings; who keeps text and salt can prove what they were. */
export const hashFindings = (findings: string, salt: Hex): Hex =>
  keccak256(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'bytes32' }],
      [salt, keccak256(stringToBytes(findings))],
    ),
  )
