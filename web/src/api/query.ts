/** The parameters of an address by name. The address of a list has the same names and values as the API's list. */
export type Query = Readonly<Record<string, string>>

/** What only the page knows: the API is not asked for these. */
const PAGE_ONLY = new Set(['view', 'columns', 'full', 'to'])

/** Reads `?a=1&b=2`. Values stay text: a search for 0612 is no number. */
export function parseQuery(text: string): Query {
  const query: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(text)) if (value !== '') query[name] = value
  return query
}

/** Writes `?a=1&b=2`, or '' without parameters. Brackets, commas and colons stay readable. */
export function formatQuery(query: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
  return parts.length > 0 ? `?${parts.join('&')}` : ''
}

/** The part of an address's query that the API's list takes. */
export function toListQuery(query: Query): Query {
  return without(query, PAGE_ONLY)
}

/** The part of an address's query that chooses records: neither their order nor how they are shown. */
export function toFilterQuery(query: Query): Query {
  return without(query, new Set([...PAGE_ONLY, 'sort']))
}

/** The query with some parameters changed; undefined takes one away. */
export function changeQuery(query: Query, changes: Readonly<Record<string, string | undefined>>): Query {
  const changed: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...query, ...changes })) {
    if (value !== undefined && value !== '') changed[name] = value
  }
  return changed
}

/** The values of a parameter with commas. */
export function splitValues(text: string | undefined): string[] {
  return text ? text.split(',') : []
}

/** The parameter with one value added, or taken away if it was there; undefined if none is left. */
export function toggleValue(text: string | undefined, value: string): string | undefined {
  const values = splitValues(text)
  const toggled = values.includes(value) ? values.filter((one) => one !== value) : [...values, value]
  return toggled.length > 0 ? toggled.join(',') : undefined
}

function without(query: Query, names: ReadonlySet<string>): Query {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !names.has(name)))
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@')
}
