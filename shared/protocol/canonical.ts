import canonicalize from 'canonicalize'

const encoder = new TextEncoder()

/** The RFC 8785 (JCS) form of a JSON value as UTF-8 bytes: what is hashed and signed. */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('The value has no JSON form.')
  return encoder.encode(text)
}
