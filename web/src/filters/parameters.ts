import { type Query, toFilterQuery } from '../api/query'
import type { Plural } from '../api/types'
import { type FieldSpec, type FieldType, findField, type KindSpec } from '../kinds'
import { words } from '../words'

/** How the API compares a field with a value. */
export type Operator = 'contains' | 'startswith' | 'eq' | 'ne' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'null'

/** A condition of one field, as one parameter of the address has it. */
export interface Filter {
  field: string
  operator: Operator
  value: string
}

const EQUALITY: readonly Operator[] = ['eq', 'ne', 'in', 'null']
const ORDERED: readonly Operator[] = ['gte', 'lte', 'gt', 'lt', ...EQUALITY]
const TEXT: readonly Operator[] = ['contains', 'startswith', ...EQUALITY, 'gt', 'gte', 'lt', 'lte']

const OPERATORS: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: TEXT,
  lines: TEXT,
  email: TEXT,
  phone: TEXT,
  web: TEXT,
  source: ['in', 'ne', 'null', 'eq', 'contains', 'startswith', 'gt', 'gte', 'lt', 'lte'],
  score: ORDERED,
  amount: ORDERED,
  count: ORDERED,
  day: ORDERED,
  time: ORDERED,
  status: ['in', 'ne', 'null', 'eq'],
  owner: ['in', 'ne', 'null', 'eq'],
  reference: EQUALITY,
  flag: ['eq', 'ne', 'in', 'null'],
  tags: ['in', 'contains'],
  address: ['null'],
}

type Named = Readonly<Record<string, readonly [field: string, operator: Operator]>>

const TIMES: Named = {
  createdAfter: ['createdAt', 'gt'],
  createdBefore: ['createdAt', 'lt'],
  updatedAfter: ['updatedAt', 'gt'],
  updatedBefore: ['updatedAt', 'lt'],
}

/** The parameters that have a name of their own in the API. */
const NAMED: Readonly<Record<Plural, Named>> = {
  leads: { ...TIMES, ...anyOf('status', 'source', 'assignedTo', 'email') },
  contacts: { ...TIMES, ...anyOf('stage', 'accountId', 'assignedTo', 'tags', 'email') },
  accounts: { ...TIMES, ...anyOf('stage', 'industry', 'assignedTo', 'tags') },
  opportunities: {
    ...TIMES,
    ...anyOf('stage', 'accountId', 'contactId', 'assignedTo'),
    closeDateAfter: ['closeDate', 'gt'],
    closeDateBefore: ['closeDate', 'lt'],
    valueMin: ['value', 'gte'],
    valueMax: ['value', 'lte'],
  },
}

/** The operators of a type of field, the most useful first. */
export function listOperators(type: FieldType): readonly Operator[] {
  return OPERATORS[type]
}

/** The fields to filter by: those of the kind, and the names of what its references name. */
export function listFilterFields(kind: KindSpec): FieldSpec[] {
  return kind.fields.flatMap((field) => (field.nameField === undefined ? [field] : [field, nameFieldSpec(field, field.nameField)]))
}

export function findFilterField(kind: KindSpec, name: string): FieldSpec | undefined {
  const owner = kind.fields.find((field) => field.nameField === name)
  return findField(kind, name) ?? (owner && nameFieldSpec(owner, name))
}

/** The parameter of a condition: the API's own name for it if there is one, else with the operator in brackets. */
export function nameParameter(kind: KindSpec, field: string, operator: Operator): string {
  const named = Object.entries(NAMED[kind.plural]).find(([, [ofField, itsOperator]]) => ofField === field && itsOperator === operator)
  return named?.[0] ?? `${field}[${operator}]`
}

/** The condition as a parameter of the address. */
export function buildFilter(kind: KindSpec, filter: Filter): [name: string, value: string] {
  return [nameParameter(kind, filter.field, filter.operator), filter.value]
}

/** The condition that a parameter stands for; undefined if the API's lists of the kind do not take it. */
export function readFilter(kind: KindSpec, name: string, value: string): Filter | undefined {
  const named = Object.hasOwn(NAMED[kind.plural], name) ? NAMED[kind.plural][name] : undefined
  if (named !== undefined) return { field: named[0], operator: named[1], value }
  const [, field, operator] = /^(\w+)\[(\w+)\]$/.exec(name) ?? []
  const spec = field === undefined ? undefined : findFilterField(kind, field)
  const known = spec && listOperators(spec.type).find((one) => one === operator)
  return spec && known && { field: spec.name, operator: known, value }
}

/** The parameters of the address that filter, without the search. */
export function listFilterParameters(query: Query): [name: string, value: string][] {
  return Object.entries(toFilterQuery(query)).filter(([name]) => name !== 'search')
}

function anyOf(...fields: string[]): Named {
  return Object.fromEntries(fields.map((field) => [field, [field, 'in']]))
}

function nameFieldSpec(field: FieldSpec, name: string): FieldSpec {
  return { name, label: words.filter.nameOf(field.label), type: 'text', readOnly: true }
}
