/** Plain facts only: no address, account, CID, token or message of a stranger may be given here. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>

export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, cause: unknown, fields?: LogFields): void
}

const write = (level: string, event: string, fields: LogFields): void => {
  console.log(JSON.stringify({ at: new Date().toISOString(), level, event, ...fields }))
}

/** One JSON object a line on standard output. */
export const jsonLog: Log = {
  info: (event, fields = {}) => write('info', event, fields),
  warn: (event, fields = {}) => write('warn', event, fields),
  // The cause's text may quote what a stranger sent, so only its kind and place are kept.
  error: (event, cause, fields = {}) => write('error', event, { ...fields, ...kindOf(cause) }),
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} }

function kindOf(cause: unknown): LogFields {
  if (!(cause instanceof Error)) return { cause: typeof cause }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  const place = cause.stack
    ?.split('\n')
    .find((line) => line.includes('/relay/'))
    ?.trim()
    .replace(/\(.*\/relay\//, '(relay/')
  return { cause: cause.name, code, place: place ?? null }
}
