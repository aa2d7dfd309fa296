import { splitValues } from '../api/query'
import type { FieldSpec, FieldType, KindSpec } from '../kinds'
import { nameOfValue, words } from '../words'
import { formatAmount, formatNumber } from '../words/format'
import { describeDay, describeTime } from './days'
import { findFilterField, type Operator, readFilter } from './parameters'

/** The name of a person, or of another record, by the field that names it and its id. */
export type NameOf = (field: FieldSpec, id: string) => string | undefined

/** A parameter in words, in three parts: Company, contains, acme. */
export interface Description {
  label: string
  verb: string
  text: string
}

const MOST_NAMED = 3

/** Says in words what a parameter filters. A parameter that the API does not know is shown as it is. */
export function describeFilter(kind: KindSpec, name: string, value: string, nameOf: NameOf = () => undefined): Description {
  const filter = readFilter(kind, name, value)
  const field = filter && findFilterField(kind, filter.field)
  if (filter === undefined || field === undefined) return { label: name, verb: words.filter.numbers.eq, text: value }
  if (filter.operator === 'null') return { label: field.label, verb: describeNull(value), text: '' }
  return { label: field.label, verb: describeOperator(field.type, filter.operator), text: describeValues(field, filter.operator, value, nameOf) }
}

/** The parts of a description as one sentence. */
export function joinDescription({ label, verb, text }: Description): string {
  return [label, verb, text].filter(Boolean).join(' ')
}

/** The word between a field and a value. */
export function describeOperator(type: FieldType, operator: Operator): string {
  const verbs: Readonly<Record<string, string>> = VERBS[type]
  return verbs[operator] ?? operator
}

/** The name of an operator in a list of operators, where a sign alone would say little. */
export function nameOperator(type: FieldType, operator: Operator): string {
  const names: Readonly<Record<string, string>> = VERBS[type] === numbers ? words.filter.numberNames : VERBS[type]
  return names[operator] ?? operator
}

/** A value of a field in words. */
export function describeValue(field: FieldSpec, value: string, nameOf: NameOf): string {
  switch (field.type) {
    case 'owner':
      return OWNERS[value] ?? nameOf(field, value) ?? value
    case 'reference':
      return nameOf(field, value) ?? value
    case 'status':
    case 'source':
      return nameOfValue(value)
    case 'flag':
      return FLAGS[value] ?? value
    case 'time':
      return describeTime(value)
    case 'day':
      return describeDay(value)
    case 'score':
    case 'amount':
    case 'count':
      return /^\d+(\.\d+)?$/.test(value) ? formatAmount(value) : value
    default:
      return value
  }
}

/** Values in a row; of more than three, the first and how many more. */
export function joinValues(values: readonly string[]): string {
  if (values.length <= MOST_NAMED) return values.join(', ')
  return words.filter.moreChosen(values[0] ?? '', formatNumber(values.length - 1))
}

export function describeNull(value: string): string {
  return value === 'false' ? words.filter.isNotEmpty : words.filter.isEmpty
}

function describeValues(field: FieldSpec, operator: Operator, value: string, nameOf: NameOf): string {
  const values = operator === 'in' ? splitValues(value) : [value]
  return joinValues(values.map((one) => describeValue(field, one, nameOf)))
}

const { texts, numbers, times, lists } = words.filter
const VERBS: Readonly<Record<FieldType, Readonly<Record<string, string>>>> = {
  text: texts,
  lines: texts,
  email: texts,
  phone: texts,
  web: texts,
  source: texts,
  status: texts,
  owner: texts,
  reference: texts,
  flag: texts,
  address: texts,
  score: numbers,
  amount: numbers,
  count: numbers,
  day: times,
  time: times,
  tags: lists,
}
const OWNERS: Readonly<Record<string, string>> = { me: words.common.me, none: words.common.nobody }
const FLAGS: Readonly<Record<string, string>> = { true: words.common.yes, false: words.common.no }
