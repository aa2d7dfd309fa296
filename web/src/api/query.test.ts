import { describe, expect, it } from 'vitest'
import { changeQuery, formatQuery, parseQuery, toFilterQuery, toggleValue, toListQuery } from './query'

describe('the query of an address', () => {
  it('keeps every value as text', () => {
    expect(parseQuery('?search=0612&status=new,lost&leadScore[gte]=8')).toEqual({ search: '0612', status: 'new,lost', 'leadScore[gte]': '8' })
  })

  it('is written as people would type it', () => {
    expect(formatQuery({ status: 'new,lost', 'leadScore[gte]': 8, search: 'a&b=ü', sort: undefined })).toBe('?status=new,lost&leadScore[gte]=8&search=a%26b%3D%C3%BC')
    expect(formatQuery({})).toBe('')
  })

  it('comes back from its own writing', () => {
    for (const search of ['', 'Ünal & Söhne', '50%', 'a+b@c.example', '"x"', '日本', '#1', 'a=b?c']) {
      const query = changeQuery({ status: 'new' }, { search })
      expect(parseQuery(formatQuery(query))).toEqual(query)
    }
  })

  it('asks the API without what only the page knows', () => {
    const query = { status: 'new', sort: '-leadScore', view: 'board', columns: 'record,email' }
    expect(toListQuery(query)).toEqual({ status: 'new', sort: '-leadScore' })
    expect(toFilterQuery(query)).toEqual({ status: 'new' })
  })

  it('takes a value in and out', () => {
    expect(toggleValue('new', 'lost')).toBe('new,lost')
    expect(toggleValue('new,lost', 'new')).toBe('lost')
    expect(toggleValue('new', 'new')).toBeUndefined()
  })
})
