import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

/** Who asks, for rates only: never stored, never logged. Behind proxies that the operator trusts, what the outermost of them saw. */
export function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  if (trustedProxies === 0) return subnet(direct)
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return subnet(forwarded.at(-trustedProxies) ?? direct)
}

/** An IPv6 host owns a /64 at least, so that is what counts as one address. */
export function subnet(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':')
}
