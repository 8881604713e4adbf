// One place for the compiler's settings, so that what is tested, measured and deployed is the same code.

/** Exact version of the `solc` package; hardhat runs the same file. */
export const solcVersion = '0.8.37'

/** Cancun is what consortium clients run as well. No metadata hash: the bytecode depends on the code alone. */
export const solcSettings = {
  optimizer: { enabled: true, runs: 1_000_000 },
  viaIR: true,
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none' },
} as const
