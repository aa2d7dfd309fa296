import type { Query } from '../api/query'
import { type FieldSpec, findField, type KindSpec } from '../kinds'
import { nameOfOperator, type Operator } from './operators'

/** One filter of an address. */
export interface Filter {
  /** The name of its parameter in the address. */
  parameter: string
  field: string
  operator: Operator
  value: string
}

/** The parameters that stand for a field and an operator, besides those with brackets. */
const ALIASES: Readonly<Record<string, readonly [field: string, operator: Operator]>> = {
  createdAfter: ['createdAt', 'gt'],
  createdBefore: ['createdAt', 'lt'],
  updatedAfter: ['updatedAt', 'gt'],
  updatedBefore: ['updatedAt', 'lt'],
  closeDateAfter: ['closeDate', 'gt'],
  closeDateBefore: ['closeDate', 'lt'],
  valueMin: ['value', 'gte'],
  valueMax: ['value', 'lte'],
}
const NO_FILTERS = new Set(['search', 'sort', 'view', 'columns', 'full'])
const BRACKETS = /^(\w+)\[(\w+)\]$/

/** All filters of an address, the search apart. A parameter that nobody knows is an equality: the server refuses it. */
export function readFilters(query: Query): Filter[] {
  return Object.entries(query)
    .filter(([parameter]) => !NO_FILTERS.has(parameter))
    .map(([parameter, value]) => ({ parameter, value, ...readParameter(parameter, value) }))
}

/** The parameter and the value that an address needs for a filter. */
export function buildFilter(field: string, operator: Operator, value: string): [parameter: string, value: string] {
  if (operator === 'null') return [`${field}[null]`, 'true']
  if (operator === 'notNull') return [`${field}[null]`, 'false']
  return [`${field}[${operator}]`, value.trim()]
}

/** A filter as a sentence: Company contains acme. `textOf` tells how a value of the field reads. */
export function describeFilter(kind: KindSpec, filter: Filter, textOf: (field: FieldSpec | undefined, value: string) => string): string {
  const field = findField(kind, filter.field)
  const operator = nameOfOperator(filter.operator, field?.type ?? 'text')
  const label = field?.label ?? filter.field
  if (filter.operator === 'null' || filter.operator === 'notNull') return `${label} ${operator}`
  return `${label} ${operator} ${textOf(field, filter.value)}`
}

function readParameter(parameter: string, value: string): { field: string; operator: Operator } {
  const alias = ALIASES[parameter]
  if (alias !== undefined) return { field: alias[0], operator: alias[1] }
  const [, field, operator] = BRACKETS.exec(parameter) ?? []
  if (field === undefined) return { field: parameter, operator: 'in' }
  if (operator === 'null') return { field, operator: value === 'false' ? 'notNull' : 'null' }
  return { field, operator: operator as Operator }
}
