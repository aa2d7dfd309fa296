// Writes src/api/schema.d.ts: the types of the API's bodies, from a document that the server serves.
// Usage: npm run types -- http://127.0.0.1:8000/api/openapi.json
//
// The paths are left out: their types are thousands of lines of bracket filters, and `query.ts` builds those as text.
// The first line has the digest of the schemas, so that a test sees when the types are older than the server.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import openapiTypescript, { astToString } from 'openapi-typescript'

const source = process.argv[2] ?? 'http://127.0.0.1:8000/api/openapi.json'
const { openapi, info, components } = await (await fetch(source)).json()
const schemas = components.schemas
const digest = createHash('sha256').update(sortedJson(schemas)).digest('hex')
const types = astToString(await openapiTypescript({ openapi, info, paths: {}, components: { schemas } }))
writeFileSync(new URL('../src/api/schema.d.ts', import.meta.url), `// Schemas ${digest}; written by \`npm run types\`.\n${types}`)

function sortedJson(value) {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${sortedJson(value[name])}`).join(',')}}`
}
