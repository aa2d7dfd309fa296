import { formatDay } from '../words/format'

/** A day of the calendar as an `<input type="date">` has it: 2026-12-01. */
export type Day = string

/** The day on which a moment falls, where the person is. */
export function dayOf(moment: Date): Day {
  const [year, month, day] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The moment at which a day begins, where the person is. */
export function beginningOf(day: Day): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date)
}

export function addDays(day: Day, count: number): Day {
  const moment = beginningOf(day)
  moment.setDate(moment.getDate() + count)
  return dayOf(moment)
}

/** The first day of the month of a day, or of a later month. */
export function firstOfMonth(day: Day, monthsLater = 0): Day {
  const moment = beginningOf(day)
  return dayOf(new Date(moment.getFullYear(), moment.getMonth() + monthsLater, 1))
}

/** The beginning of a day as the API's filters take a time. The API takes a day alone as one of UTC. */
export function timeParameter(day: Day): string {
  const text = beginningOf(day).toISOString().replace('.000Z', 'Z')
  return text.endsWith('T00:00:00Z') ? text.slice(0, 10) : text
}

/** The day that begins, where the person is, at a time of a filter; undefined if none does. */
export function readTime(value: string): Day | undefined {
  const moment = parseTime(value)
  if (moment === undefined) return undefined
  const day = dayOf(moment)
  return beginningOf(day).getTime() === moment.getTime() ? day : undefined
}

/** A time of a filter as an `<input type="datetime-local">` has it, where the person is; '' if it is none. */
export function writeMoment(value: string): string {
  const moment = value === '' ? undefined : parseTime(value)
  return moment === undefined ? '' : `${dayOf(moment)}T${moment.toTimeString().slice(0, 8)}`
}

/** The moment of an `<input type="datetime-local">` as the API's filters take a time. */
export function readMoment(text: string): string {
  return new Date(text).toISOString().replace('.000Z', 'Z')
}

/** A time of a filter in words: the day alone if the day begins then. */
export function describeTime(value: string): string {
  const moment = parseTime(value)
  if (moment === undefined) return value
  const day = formatDay(moment)
  if (readTime(value) !== undefined) return day
  return `${day}, ${moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`
}

/** A day of a filter in words. */
export function describeDay(value: string): string {
  return isDay(value) ? formatDay(beginningOf(value)) : describeTime(value)
}

export function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(value)
}

function parseTime(value: string): Date | undefined {
  const moment = new Date(isDay(value) || /(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}
