import { createServer } from 'node:net'

import { forEachPortal, type PortalKey, portalOf } from './portals.ts'

/** Where each part of the stack listens, all on loopback. */
export type Ports = Record<'ledger' | 'relay' | 'relayWebSocket' | 'authority' | PortalKey, number>

export const usualPorts: Ports = {
  ledger: 8545,
  relay: 8787,
  relayWebSocket: 8788,
  authority: 8800,
  ...forEachPortal((key) => portalOf(key).usualPort),
}

const partNames: Record<keyof Ports, string> = {
  ledger: 'the ledger',
  relay: 'the relay',
  relayWebSocket: 'the relay’s WebSocket',
  authority: 'the Health Records Authority',
  ...forEachPortal((key) => portalOf(key).name),
}

/** The variable that moves a part to another port, such as `STACK_RELAY_PORT`. */
const variableOf = (part: keyof Ports) =>
  `STACK_${part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_PORT`

/** The usual ports, or those that the environment names. Throws with one line for a value that is no port. */
export function chosenPorts(environment: Record<string, string | undefined>): Ports {
  const ports = { ...usualPorts }
  for (const part of Object.keys(ports) as (keyof Ports)[]) {
    const text = environment[variableOf(part)]
    if (text === undefined || text === '') continue
    const port = Number(text)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${variableOf(part)}=${text} is not a port. Use a number from 1 to 65535.`)
    }
    ports[part] = port
  }
  return ports
}

/** Free ports for a stack of one's own. */
export async function freePorts(): Promise<Ports> {
  const parts = Object.keys(usualPorts) as (keyof Ports)[]
  // Held open together, so that no two are the same.
  const holders = await Promise.all(parts.map(() => hold(0)))
  const numbers = holders.map((holder) => holder.port)
  await Promise.all(holders.map((holder) => holder.release()))
  return Object.fromEntries(parts.map((part, index) => [part, numbers[index]])) as unknown as Ports
}

/** Throws with one line that names the first taken port and how to move that part. */
export async function requireFree(ports: Partial<Ports>): Promise<void> {
  for (const part of Object.keys(ports) as (keyof Ports)[]) {
    try {
      await (await hold(ports[part] ?? 0)).release()
    } catch (cause) {
      throw new Error(
        `Port ${ports[part]}, meant for ${partNames[part]}, is taken. End what uses it, or set ${variableOf(part)} to another.`,
        { cause },
      )
    }
  }
}

function hold(port: number): Promise<{ port: number; release: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      const taken = typeof address === 'object' && address ? address.port : port
      resolve({ port: taken, release: () => new Promise((done) => server.close(() => done())) })
    })
  })
}
