import { describe, expect, it } from 'vitest'
import { kindsByPlural } from '../kinds'
import { addDays, describeTime, firstOfMonth, readMoment, readTime, timeParameter, writeMoment } from './days'
import { findFilterField } from './parameters'
import { buildPeriod, describePeriod, findPeriod, listPeriods, readPeriod } from './period'

const created = findFilterField(kindsByPlural.leads, 'createdAt')!
const closes = findFilterField(kindsByPlural.opportunities, 'closeDate')!
const DAYS = ['2024-02-29', '2025-12-31', '2026-01-01', '2026-03-29', '2026-10-25', '2026-12-01']

describe('days', () => {
  it('come back from the times that begin them', () => {
    for (const day of DAYS) expect(readTime(timeParameter(day))).toBe(day)
  })

  it('are counted by the calendar', () => {
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28')
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30')
    expect(firstOfMonth('2026-12-24')).toBe('2026-12-01')
    expect(firstOfMonth('2026-12-24', 1)).toBe('2027-01-01')
  })

  it('are not what a time within a day is', () => {
    expect(readTime('2026-01-01T08:17:33Z')).toBeUndefined()
    expect(describeTime('nonsense')).toBe('nonsense')
    expect(readMoment(writeMoment('2026-01-01T08:17:33Z'))).toBe('2026-01-01T08:17:33Z')
    expect(writeMoment('nonsense')).toBe('')
  })
})

describe('a period', () => {
  it('comes back from its parameters', () => {
    for (const field of [created, closes])
      for (const first of [...DAYS, undefined])
        for (const last of [...DAYS, undefined]) {
          const period = { first, last }
          expect(readPeriod(field, ...buildPeriod(field, period))).toEqual(period)
        }
  })

  it('that is offered is known by its name', () => {
    for (const field of [created, closes])
      for (const [name, period] of listPeriods(field)) {
        const found = findPeriod(field, ...buildPeriod(field, period))
        expect(buildPeriod(field, Object.fromEntries(listPeriods(field))[found!]!)).toEqual(buildPeriod(field, period))
        expect(found === name || name === 'thisMonth').toBe(true)
      }
  })

  it('says its days', () => {
    expect(describePeriod(created, ...buildPeriod(created, { first: '2025-03-01', last: '2025-03-31' }))).toBe('1 Mar 2025 – 31 Mar 2025')
    expect(describePeriod(created, ...buildPeriod(created, { last: '2025-03-31' }))).toBe('until 31 Mar 2025')
    expect(describePeriod(closes, '2025-03-01', undefined)).toBe('since 1 Mar 2025')
    expect(describePeriod(closes, undefined, undefined)).toBeUndefined()
  })
})
