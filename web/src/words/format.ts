const LANGUAGE = 'en-GB'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const numbers = new Intl.NumberFormat('en')
const amounts = new Intl.NumberFormat('en', { maximumFractionDigits: 4 })
const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const days = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short' })
const daysOfOtherYears = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', year: 'numeric' })
const fullTimes = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'full', timeStyle: 'medium' })
const plurals = new Intl.PluralRules('en')

/** An exact whole number: 22,327. */
export const formatNumber = (value: number): string => numbers.format(value)
/** An amount with the decimals that it has: 1,250.5. */
export const formatAmount = (value: number | string): string => amounts.format(Number(value))
/** A share of one as per cent: 12.5%. */
export const formatShare = (share: number): string => percents.format(share)
/** A time in full, for titles. */
export const formatFullTime = (time: string): string => fullTimes.format(new Date(time))

/** A number with its noun: 1 lead, 2 leads. */
export function formatCount(count: number, noun: { one: string; many: string }): string {
  return `${numbers.format(count)} ${plurals.select(count) === 'one' ? noun.one : noun.many}`
}

/** How long ago within a week, then the day: now, 5 min ago, 3 h ago, 2 days ago, 5 Oct, 5 Oct 2025. */
export function formatAge(time: string, now = Date.now()): string {
  const at = new Date(time)
  const age = now - at.getTime()
  if (age < MINUTE) return 'now'
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`
  if (age < 2 * DAY) return 'yesterday'
  if (age < 7 * DAY) return `${Math.floor(age / DAY)} days ago`
  return formatDay(at, now)
}

/** A day: 5 Oct, or 5 Oct 2025 in another year. */
export function formatDay(day: string | Date, now = Date.now()): string {
  const at = typeof day === 'string' ? parseDay(day) : day
  const sameYear = at.getFullYear() === new Date(now).getFullYear()
  return (sameYear ? days : daysOfOtherYears).format(at)
}

/** A day without a time is that day wherever one is, and not midnight in Greenwich. */
function parseDay(text: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
}
