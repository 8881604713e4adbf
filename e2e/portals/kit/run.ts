import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const endWithinMs = 15_000

/** Listens on loopback until SIGTERM or SIGINT; prints one line of JSON when the portal is ready. */
export function run(name: string, server: Server, port: number, stop: () => Promise<void>): void {
  server.listen(port, '127.0.0.1', () => {
    const { port: listening } = server.address() as AddressInfo
    console.log(JSON.stringify({ ready: name, port: listening }))
  })
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${port} is taken. Choose another by PORTAL_PORT.` : error.message,
    )
    process.exitCode = 1
  })
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    server.close()
    server.closeAllConnections()
    // Whatever a library still holds must not keep a server that was told to end.
    setTimeout(() => process.exit(1), endWithinMs).unref()
    await stop()
    process.exit()
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}
