// Uint8Array.fromBase64 is in no TypeScript library yet, and not in every browser that Carekey runs in (November 2026).

/** A call takes only so many arguments. */
const pieceBytes = 0x2000

/** For small bytes alone: bulk never becomes text. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    binary += String.fromCharCode(...bytes.subarray(offset, offset + pieceBytes))
  }
  return btoa(binary)
}

/** Throws when the text is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** The manifest's form of a file key: base64url without padding. */
export const toBase64Url = (base64: string): string =>
  base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
