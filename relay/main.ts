// The relay as a process: settings from the environment, `npm run relay`.
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError, readConfig } from './config.ts'
import { jsonLog } from './log.ts'

const exitCodes = { settings: 2, start: 1 } as const

function explain(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : ''
    return `Port ${port} is taken by another program. Stop it, or set RELAY_PORT and RELAY_WS_PORT to free ports.`
  }
  return error instanceof Error ? error.message : String(error)
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  // Only now, so that a wrong setting is told at once and not after everything has been loaded.
  const { startRelay } = await import('./relay.ts')
  const relay = await startRelay(config, jsonLog)
  relay.watchProcess()
  const ending = new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await ending
  // A second one ends it at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(exitCodes.start))
  relay.drain()
  await delay(config.drainMs)
  await relay.stop()
  jsonLog.info('the relay has ended')
}

process.on('unhandledRejection', (error) => jsonLog.error('unhandled rejection', error))

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(explain(error))
  process.exit(error instanceof ConfigError ? exitCodes.settings : exitCodes.start)
}
