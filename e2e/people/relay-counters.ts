/** The relay's own counters, read from its metrics as Prometheus would. */
export interface RelayCounters {
  gatewayBytes: number
  circuitBytes: number
}

export async function readCounters(relayOrigin: string): Promise<RelayCounters> {
  const text = await (await fetch(`${relayOrigin}/metrics`)).text()
  const total = (name: string) => {
    const lines = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))
    if (lines.length === 0) throw new Error(`The relay shows no ${name}.`)
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  return {
    gatewayBytes: total('carekey_gateway_bytes_total'),
    circuitBytes: total('carekey_circuit_bytes_total'),
  }
}
