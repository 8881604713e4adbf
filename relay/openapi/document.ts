import { z } from 'zod'
import { errorBodySchema } from '../../shared/protocol/relay-api.ts'
import { type Body, type Operation, operations } from './operations.ts'

type Json = Record<string, unknown>

/** JSON as it stands on the wire: before our own reading of it changes anything. */
const jsonSchemaOf = (schema: z.ZodType): Json => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return json
}

function contentOf(body: Body): Json | undefined {
  if (body === null) return undefined
  if (body instanceof z.ZodType) return { 'application/json': { schema: jsonSchemaOf(body) } }
  return Object.fromEntries(body.map((type) => [type, {}]))
}

const shapeOf = (path: string): string => path.replaceAll(/:\w+/g, ':')
const paths = Object.keys(operations).map((route) => route.split(' ')[1] ?? '')

/** Paths of one shape are one path to OpenAPI: a part that two routes name differently has both names. */
function namesIn(path: string): string[] {
  const alike = paths.filter((other) => shapeOf(other) === shapeOf(path))
  const names = alike.map((other) => [...other.matchAll(/:(\w+)/g)].map(([, name]) => name ?? ''))
  return (names[0] ?? []).map((_, index) => [...new Set(names.map((list) => list[index] ?? ''))].join('-or-'))
}

function pathOf(path: string): string {
  const names = namesIn(path)
  return path.replaceAll(/:\w+/g, () => `{${names.shift()}}`)
}

function parametersOf(path: string, { query = [], headers = [] }: Operation): Json[] {
  const text = { schema: { type: 'string' } }
  return [
    ...namesIn(path).map((name) => ({ name, in: 'path', required: true, ...text })),
    ...query.map((name) => ({ name, in: 'query', ...text })),
    ...headers.map((name) => ({ name, in: 'header', ...text })),
  ]
}

function operationOf(path: string, operation: Operation): Json {
  const content = operation.request === undefined ? undefined : contentOf(operation.request)
  const responses = Object.entries(operation.responses).map(([status, body]) => {
    const answer = contentOf(body)
    return [status, { description: operation.summary, ...(answer ? { content: answer } : {}) }]
  })
  return {
    summary: operation.summary,
    parameters: parametersOf(path, operation),
    ...(content ? { requestBody: { required: true, content } } : {}),
    ...(operation.scope === null ? {} : { security: [{ bearer: [] }], 'x-scope': operation.scope }),
    responses: { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/refusal' } },
  }
}

/** The relay's HTTP as OpenAPI 3.1 tells it, made from the schemas that the routes themselves check. */
export function openApiDocument(version: string): Json {
  const places: Record<string, Json> = {}
  for (const [route, operation] of Object.entries(operations)) {
    const [method = '', path = ''] = route.split(' ')
    const place = pathOf(path)
    places[place] = { ...places[place], [method.toLowerCase()]: operationOf(path, operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Carekey relay', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths: places,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: {
        refusal: {
          description: 'A refusal with a stable reason.',
          content: { 'application/json': { schema: jsonSchemaOf(errorBodySchema) } },
        },
      },
    },
  }
}
