import { describe, expect, it } from 'vitest'
import { formatQuery, parseQuery } from '../api/query'
import { type FieldSpec, kindsByPlural } from '../kinds'
import { listChosen, toggleChoice } from './choices'
import { isChosenFromList, listComparisons, makeFilter, readComparison, refuseValue } from './comparisons'
import { describeFilter, joinDescription } from './describe'
import { listOtherParameters } from './mainFields'
import { buildFilter, findFilterField, listFilterFields, listFilterParameters, listOperators, readFilter } from './parameters'

const KINDS = Object.values(kindsByPlural)
const { leads, contacts, accounts, opportunities } = kindsByPlural
const VALUES = ['acme', 'Ünal & Söhne', '50%', 'a+b@c.example', '"x"', '日本', '#1', 'a=b?c', 'vip,press', '0612', '[in]', ' ']
const tell = (name: string, value: string, kind = leads) => joinDescription(describeFilter(kind, name, value))
const fieldOf = (kind: typeof leads, name: string): FieldSpec => {
  const field = findFilterField(kind, name)
  if (field === undefined) throw new Error(name)
  return field
}

describe('a filter', () => {
  it('comes back from the address, for every field, operator and value', () => {
    for (const kind of KINDS)
      for (const field of listFilterFields(kind))
        for (const operator of listOperators(field.type))
          for (const value of VALUES) {
            const filter = { field: field.name, operator, value }
            const [name, written] = buildFilter(kind, filter)
            const read = Object.entries(parseQuery(formatQuery({ [name]: written })))
            expect(read).toEqual([[name, value]])
            expect(readFilter(kind, name, value)).toEqual(filter)
          }
  })

  it('has one parameter only, and no two filters have the same', () => {
    for (const kind of KINDS) {
      const filters = listFilterFields(kind).flatMap((field) => listOperators(field.type).map((operator) => ({ field: field.name, operator, value: '1' })))
      const names = filters.map((filter) => buildFilter(kind, filter)[0])
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('comes back from the form that changes it', () => {
    for (const kind of KINDS)
      for (const field of listFilterFields(kind))
        for (const comparison of listComparisons(field.type)) {
          const filter = makeFilter(field, comparison, '7')
          expect(readComparison(filter)).toBe(comparison)
          expect(makeFilter(field, readComparison(filter), filter.value)).toEqual(filter)
        }
  })

  it('reads as a sentence, for every field and operator', () => {
    for (const kind of KINDS)
      for (const field of listFilterFields(kind))
        for (const operator of listOperators(field.type)) {
          const [name, value] = buildFilter(kind, { field: field.name, operator, value: 'true' })
          const { label, verb, text } = describeFilter(kind, name, value)
          expect(label).toBe(field.label)
          expect(verb).not.toBe('')
          expect(verb).not.toBe(operator === 'contains' ? '' : operator)
          expect(text === '').toBe(operator === 'null')
        }
  })

  it('reads as people say it', () => {
    expect(tell('company[contains]', 'acme')).toBe('Company contains acme')
    expect(tell('phone[null]', 'true')).toBe('Phone is empty')
    expect(tell('phone[null]', 'false')).toBe('Phone has a value')
    expect(tell('leadScore[gte]', '8')).toBe('Score ≥ 8')
    expect(tell('status', 'new,lost')).toBe('Status is any of New, Lost')
    expect(tell('assignedTo', 'me,none')).toBe('Owner is any of Me, Nobody')
    expect(tell('emailOptOut[eq]', 'true')).toBe('Wants no e-mail is Yes')
    expect(tell('valueMin', '12000', opportunities)).toBe('Value ≥ 12,000')
    expect(tell('closeDate[lte]', '2025-03-31', opportunities)).toBe('Closes up to 31 Mar 2025')
    expect(tell('accountName[startswith]', 'Rid', contacts)).toBe('Account name begins with Rid')
    expect(tell('tags', 'a,b,c,d,e', contacts)).toBe('Tags has any of a and 4 more')
  })

  it('that the API does not know is shown as it stands', () => {
    for (const name of ['colour', 'colour[eq]', 'company[like]', 'status[contains]', 'toString', '__proto__[eq]', 'tags']) {
      expect(readFilter(leads, name, 'x')).toBeUndefined()
      expect(tell(name, 'x')).toBe(`${name} = x`)
    }
  })

  it('of the address has a chip, whether a main field tells it or not', () => {
    const query = { search: 'a', sort: '-leadScore', view: 'board', status: 'new', 'source[null]': 'false', 'leadScore[gte]': '7', colour: 'red', createdAfter: '2026-01-01' }
    expect(listFilterParameters(query).map(([name]) => name)).toEqual(['status', 'source[null]', 'leadScore[gte]', 'colour', 'createdAfter'])
    expect(listOtherParameters(leads, query).map(([name]) => name)).toEqual(['source[null]', 'colour', 'createdAfter'])
  })
})

describe('choosing values', () => {
  it('adds a value and takes it away', () => {
    const source = fieldOf(leads, 'source')
    expect(toggleChoice(leads, source, {}, 'event')).toMatchObject({ source: 'event' })
    expect(toggleChoice(leads, source, { source: 'event' }, 'referral')).toMatchObject({ source: 'event,referral' })
    expect(toggleChoice(leads, source, { source: 'event' }, 'event').source).toBeUndefined()
  })

  it('chooses an absent value alone, and an absent owner beside others', () => {
    const source = fieldOf(leads, 'source')
    const owner = fieldOf(leads, 'assignedTo')
    expect(toggleChoice(leads, source, { source: 'event' }, null)).toMatchObject({ source: undefined, 'source[null]': 'true' })
    expect(toggleChoice(leads, source, { 'source[null]': 'true' }, 'event')).toMatchObject({ source: 'event', 'source[null]': undefined })
    expect(toggleChoice(leads, owner, { assignedTo: 'me' }, null)).toMatchObject({ assignedTo: 'me,none' })
    expect(listChosen(leads, owner, { assignedTo: 'me,none' })).toEqual(['me', null])
  })

  it('chooses a value with a comma alone', () => {
    const industry = fieldOf(accounts, 'industry')
    const tags = fieldOf(accounts, 'tags')
    expect(toggleChoice(accounts, industry, { industry: 'energy' }, 'food, drink')).toMatchObject({ industry: undefined, 'industry[eq]': 'food, drink' })
    expect(toggleChoice(accounts, tags, {}, 'a,b')).toMatchObject({ 'tags[contains]': 'a,b' })
    expect(listChosen(accounts, tags, { 'tags[contains]': 'a,b' })).toEqual(['a,b'])
  })
})

describe('a form', () => {
  it('refuses what the server would refuse', () => {
    const score = fieldOf(leads, 'leadScore')
    const value = fieldOf(opportunities, 'value')
    expect(refuseValue(score, 'gte', '7')).toBeUndefined()
    expect(refuseValue(score, 'in', '7, 8')).toBeUndefined()
    expect(refuseValue(score, 'gte', '7.5')).toBe('Enter a whole number.')
    expect(refuseValue(value, 'lt', '1250.50')).toBeUndefined()
    expect(refuseValue(value, 'lt', 'many')).toBe('Enter an amount such as 1250.50.')
    expect(refuseValue(fieldOf(leads, 'company'), 'contains', '  ')).toBe('Enter a value.')
    expect(refuseValue(fieldOf(leads, 'status'), 'in', '')).toBe('Choose a value.')
    expect(refuseValue(fieldOf(leads, 'phone'), 'null', '')).toBeUndefined()
  })

  it('lists values where a field has few', () => {
    expect(isChosenFromList(fieldOf(leads, 'source'), 'in')).toBe(true)
    expect(isChosenFromList(fieldOf(leads, 'source'), 'contains')).toBe(false)
    expect(isChosenFromList(fieldOf(leads, 'company'), 'in')).toBe(false)
  })
})
