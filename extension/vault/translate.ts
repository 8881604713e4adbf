import { CryptoError, type CryptoReason } from '../../shared/crypto/crypto-error.ts'
import { CarekeyError, type Reason } from '../../shared/protocol/errors.ts'

const reasons: Record<CryptoReason, Reason> = {
  'argument-invalid': 'params-invalid',
  'phrase-invalid': 'params-invalid',
  'recipient-invalid': 'params-invalid',
  'identity-invalid': 'internal',
  'header-invalid': 'record-damaged',
  'no-match': 'record-damaged',
  'payload-invalid': 'record-damaged',
  'envelope-invalid': 'record-damaged',
  'item-invalid': 'record-damaged',
  'wrapped-key-invalid': 'record-damaged',
  'wrapped-key-unsafe': 'record-damaged',
  'passphrase-wrong': 'params-invalid',
}

/** The result, or the failure as everything outside this room knows it. */
export async function translated<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    const isPassphrase = error.reason === 'passphrase-wrong'
    throw new CarekeyError(reasons[error.reason], error.message, {
      cause: error,
      ...(isPassphrase && { data: { field: 'passphrase' } }),
    })
  }
}
