import { at, codeOf, textOf } from './json.ts'
import { limits } from './limits.ts'

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

/**
 * The text of an XHTML narrative (hl7.org/fhir/R4/narrative.html) without its mark-up. The result is plain text:
 * show it as text, never as HTML.
 */
export function narrativeOf(narrative: unknown): string | undefined {
  const div = at(narrative, 'div')
  // "empty" narratives hold no content by definition.
  if (typeof div !== 'string' || codeOf(at(narrative, 'status')) === 'empty') return undefined
  return textOf(unescaped(untagged(div.slice(0, limits.narrativeMaxCharacters))), limits.noteMaxCharacters)
}

/** One pass, no backtracking: a stranger's text must not cost more than its length. */
function untagged(html: string): string {
  const lowered = html.toLowerCase()
  const lines: string[][] = [[]]
  let cell = ''
  const endCell = (): void => {
    if (cell.trim() !== '') lines.at(-1)?.push(cell.trim())
    cell = ''
  }
  let index = 0
  while (index < html.length) {
    const open = html.indexOf('<', index)
    cell += html.slice(index, open < 0 ? html.length : open)
    if (open < 0) break
    const comment = html.startsWith('<!--', open)
    const close = html.indexOf(comment ? '-->' : '>', open)
    if (close < 0) break
    const tag = lowered.slice(open + 1, open + 12)
    if (/^\/t[dh]\b/.test(tag)) endCell()
    else if (/^(?:br|p|table|ul|ol|\/(?:p|li|tr|h\d|div|caption))\b/.test(tag)) {
      endCell()
      lines.push([])
    }
    index = close + (comment ? 3 : 1)
    // FHIR forbids both; what they hold is nothing to read.
    const hidden = /^(?:script|style)\b/.exec(tag)?.[0]
    if (hidden === undefined) continue
    const end = lowered.indexOf(`</${hidden}`, index)
    index = end < 0 ? html.length : end
  }
  endCell()
  const sentences = lines.map((cells) => cells.join(', ')).filter((line) => line !== '')
  return sentences
    .map((line, at) => (at < sentences.length - 1 && !/[.:;!?]$/.test(line) ? `${line}.` : line))
    .join(' ')
}

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities.get(String(name).toLowerCase()) ?? whole
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
      ? String.fromCodePoint(point)
      : ''
  })
