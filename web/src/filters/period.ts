import type { FieldSpec } from '../kinds'
import { words } from '../words'
import { addDays, beginningOf, type Day, dayOf, describeDay, describeTime, firstOfMonth, isDay, readTime, timeParameter } from './days'
import { formatDay } from '../words/format'

/** A period by its first and its last day, both within it. Either may be open. */
export interface Period {
  first?: Day
  last?: Day
}

export type PeriodName = keyof typeof words.filter.periods

/** The periods that are offered for a field: those of the past for times, of the future for days. */
export function listPeriods(field: FieldSpec, today = dayOf(new Date())): [PeriodName, Period][] {
  const thisMonth: [PeriodName, Period] = ['thisMonth', { first: firstOfMonth(today), last: addDays(firstOfMonth(today, 1), -1) }]
  if (field.type === 'day') {
    return [
      ['overdue', { last: addDays(today, -1) }],
      thisMonth,
      ['nextMonth', { first: firstOfMonth(today, 1), last: addDays(firstOfMonth(today, 2), -1) }],
    ]
  }
  return [
    ['today', { first: today }],
    ['days7', { first: addDays(today, -6) }],
    ['days30', { first: addDays(today, -29) }],
    ['thisMonth', { first: firstOfMonth(today) }],
  ]
}

/** The values of the two parameters for a period. A time is filtered to the beginning of the day after the last. */
export function buildPeriod(field: FieldSpec, { first, last }: Period): [from: string | undefined, to: string | undefined] {
  if (field.type === 'day') return [first, last]
  return [first && timeParameter(first), last && timeParameter(addDays(last, 1))]
}

/** The period of two parameters. A time within a day is left out: no day stands for it. */
export function readPeriod(field: FieldSpec, from: string | undefined, to: string | undefined): Period {
  if (field.type === 'day') return { first: from && (isDay(from) ? from : undefined), last: to && (isDay(to) ? to : undefined) }
  const end = to === undefined ? undefined : readTime(to)
  return { first: from === undefined ? undefined : readTime(from), last: end && addDays(end, -1) }
}

/** The name of the period that is offered and has these values. */
export function findPeriod(field: FieldSpec, from: string | undefined, to: string | undefined): PeriodName | undefined {
  const found = listPeriods(field).find(([, period]) => {
    const [itsFrom, itsTo] = buildPeriod(field, period)
    return itsFrom === from && itsTo === to
  })
  return found?.[0]
}

/** A period in words; undefined without parameters. */
export function describePeriod(field: FieldSpec, from: string | undefined, to: string | undefined): string | undefined {
  const { since, until, between, periods } = words.filter
  const name = findPeriod(field, from, to)
  if (name !== undefined) return periods[name]
  const describe = field.type === 'day' ? describeDay : describeTime
  const { last } = readPeriod(field, from, to)
  const first = from === undefined ? undefined : describe(from)
  const end = to === undefined ? undefined : last === undefined ? describe(to) : formatDay(beginningOf(last))
  if (first !== undefined && end !== undefined) return between(first, end)
  return first === undefined ? end && until(end) : since(first)
}
