import type { FieldSpec, FieldType } from '../kinds'
import { words } from '../words'
import { type Filter, listOperators, type Operator } from './parameters'

/** An operator as a form offers it: `[null]=true` and `[null]=false` are two. */
export type Comparison = Operator | 'notNull'

/** The comparisons of a type of field, the most useful first. */
export function listComparisons(type: FieldType): Comparison[] {
  return listOperators(type).flatMap((operator): Comparison[] => (operator === 'null' ? ['null', 'notNull'] : [operator]))
}

export function readComparison({ operator, value }: Filter): Comparison {
  return operator === 'null' && value === 'false' ? 'notNull' : operator
}

/** The condition of a form. */
export function makeFilter(field: FieldSpec, comparison: Comparison, value: string): Filter {
  if (comparison === 'notNull') return { field: field.name, operator: 'null', value: 'false' }
  return { field: field.name, operator: comparison, value: comparison === 'null' ? 'true' : value.trim() }
}

/** Says what is wrong with a value before the server has to; undefined if nothing is. */
export function refuseValue(field: FieldSpec, comparison: Comparison, value: string): string | undefined {
  const { filter } = words
  if (comparison === 'null' || comparison === 'notNull') return undefined
  const values = comparison === 'in' ? value.split(',') : [value]
  if (values.every((one) => one.trim() === '')) return isChosenFromList(field, comparison) ? filter.needsChoice : filter.needsValue
  if (!values.every((one) => matchesForm(field.type, one.trim()))) return field.type === 'amount' ? filter.needsAmount : filter.needsWhole
  return undefined
}

/** True if the form lists the values to choose from. */
export function isChosenFromList(field: FieldSpec, operator: Operator): boolean {
  if (LISTED.has(field.type)) return operator === 'in' || operator === 'eq' || operator === 'ne'
  return field.type === 'tags' && operator === 'in'
}

const LISTED: ReadonlySet<FieldType> = new Set(['status', 'owner', 'source', 'flag', 'reference'])
const FORMS: Readonly<Partial<Record<FieldType, RegExp>>> = {
  score: /^-?\d{1,15}$/,
  count: /^-?\d{1,15}$/,
  amount: /^\d{1,14}(\.\d{1,4})?$/,
}

function matchesForm(type: FieldType, value: string): boolean {
  return FORMS[type]?.test(value) ?? true
}
