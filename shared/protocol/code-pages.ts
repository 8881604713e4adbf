import { keccak256, stringToBytes } from 'viem'
import { CarekeyError } from './errors.ts'

// A text that is too long for one QR code, as several (protocol, section 12): `CAREKEY1/name/number/count/part`.

const mark = 'CAREKEY1'
/** A code of so many characters is still read from paper by a phone. */
const partCharacters = 400
const page = /^CAREKEY1\/([0-9a-f]{8})\/([1-9]\d{0,2})\/([1-9]\d{0,2})\/(.+)$/s

const nameOf = (text: string) => keccak256(stringToBytes(text)).slice(2, 10)

/** The texts of the codes, in order. */
export function toCodePages(text: string): string[] {
  const count = Math.max(1, Math.ceil(text.length / partCharacters))
  return Array.from({ length: count }, (_, index) => {
    const part = text.slice(index * partCharacters, (index + 1) * partCharacters)
    return [mark, nameOf(text), index + 1, count, part].join('/')
  })
}

export const isCodePage = (text: string): boolean => text.startsWith(`${mark}/`)

/** The mirror: in any order, some twice. @throws CarekeyError `params-invalid`, naming what is missing. */
export function fromCodePages(pages: readonly string[]): string {
  const parts = new Map<number, string>()
  let name: string | undefined
  let count = 0
  for (const text of pages) {
    const [, itsName, number, itsCount, part] = page.exec(text) ?? []
    if (itsName === undefined || part === undefined) throw refuse('One of the codes is not Carekey’s.')
    if (name !== undefined && (itsName !== name || Number(itsCount) !== count)) {
      throw refuse('These codes belong to different acts: read those of one act.')
    }
    name = itsName
    count = Number(itsCount)
    parts.set(Number(number), part)
  }
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((one) => !parts.has(one))
  if (missing.length > 0) throw refuse(`Of ${count} codes, these are missing: ${missing.join(', ')}.`)
  const text = Array.from({ length: count }, (_, index) => parts.get(index + 1)).join('')
  if (nameOf(text) !== name) throw refuse('A code was read wrongly: read them once more.')
  return text
}

const refuse = (message: string) => new CarekeyError('params-invalid', message)
