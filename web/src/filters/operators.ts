import type { FieldType } from '../kinds'
import { words } from '../words'

/** A comparison that the API takes for a field: `company[contains]`. `notNull` stands for `[null]=false`. */
export type Operator = 'eq' | 'ne' | 'in' | 'contains' | 'startswith' | 'gt' | 'gte' | 'lt' | 'lte' | 'null' | 'notNull'

const TEXT: readonly Operator[] = ['contains', 'startswith', 'eq', 'ne', 'null', 'notNull']
const NUMBER: readonly Operator[] = ['gte', 'lte', 'eq', 'ne', 'null', 'notNull']
const TIME: readonly Operator[] = ['gte', 'lt', 'null', 'notNull']
const CHOICE: readonly Operator[] = ['in', 'ne', 'null', 'notNull']
const FLAG: readonly Operator[] = ['eq']
const TAGS: readonly Operator[] = ['in', 'contains', 'null', 'notNull']

const BY_TYPE: Readonly<Partial<Record<FieldType, readonly Operator[]>>> = {
  text: TEXT,
  lines: TEXT,
  email: TEXT,
  phone: TEXT,
  web: TEXT,
  score: NUMBER,
  amount: NUMBER,
  count: ['gte', 'lte', 'eq'],
  day: TIME,
  time: TIME,
  status: ['in', 'ne'],
  source: CHOICE,
  owner: CHOICE,
  tags: TAGS,
  flag: FLAG,
}

/** The operators that the filter form offers for a type, the usual first; none for what has no text to compare. */
export function operatorsOf(type: FieldType): readonly Operator[] {
  return BY_TYPE[type] ?? []
}

/** How an operator reads between a field and a value. Times are from and before, numbers at least and less than. */
export function nameOfOperator(operator: Operator, type: FieldType): string {
  const names = words.filter.operators
  if (type === 'time' || type === 'day') {
    if (operator === 'gte') return names.from
    if (operator === 'lt') return names.before
  }
  return names[operator]
}

/** True if the operator says all by itself. */
export function needsNoValue(operator: Operator): boolean {
  return operator === 'null' || operator === 'notNull'
}
