import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const answerSchema = z.object({
  content: z
    .record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
})
const operationSchema = z.looseObject({ responses: z.record(z.string(), z.unknown()) })
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) })
type Document = z.output<typeof documentSchema>

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: false }))
const documents = new Map<string, Promise<Document>>()

/** Throws where an answer is not what the relay's own OpenAPI document promises for this method, path and status. */
export async function requirePromised(
  url: string,
  asked: { method: string; path: string },
  answer: { status: number; headers: Headers; bytes: Uint8Array },
): Promise<void> {
  // A refusal has one form everywhere, which `Answer` reads; a browser's own question is no operation.
  if (answer.status >= 400 || asked.method === 'OPTIONS') return
  const document = await documentOf(url)
  const operation = operationAt(document, asked)
  if (!operation) throw new Error(`The document knows no ${asked.method} ${asked.path}.`)
  const promised = operation.responses[String(answer.status)]
  if (!promised)
    throw new Error(`The document promises no ${answer.status} for ${asked.method} ${asked.path}.`)
  const { content = {} } = answerSchema.parse(promised)
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';')
  if (asked.method === 'HEAD' || answer.status === 304) return
  if (Object.keys(content).length === 0 && answer.bytes.byteLength === 0) return
  const expected = content[type]
  if (!expected) throw new Error(`The document promises no ${type} for ${asked.method} ${asked.path}.`)
  if (expected.schema && !ajv.validate(expected.schema, JSON.parse(new TextDecoder().decode(answer.bytes)))) {
    throw new Error(`${asked.method} ${asked.path} answers otherwise than promised: ${ajv.errorsText()}`)
  }
}

function documentOf(url: string): Promise<Document> {
  const known = documents.get(url)
  if (known) return known
  const asked = fetch(`${url}/openapi.json`)
    .then((answer) => answer.json())
    .then((json) => documentSchema.parse(json))
  documents.set(url, asked)
  return asked
}

function operationAt({ paths }: Document, { method, path }: { method: string; path: string }) {
  const [pathname = ''] = path.split('?')
  const matching = Object.entries(paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{[\w-]+\}/g, '[^/]+')}$`).test(pathname),
  )
  return matching?.[1][method === 'HEAD' ? 'get' : method.toLowerCase()]
}
