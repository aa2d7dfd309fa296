import { describe, expect, it } from 'vitest'
import { parseQuery } from '../api/query'
import { addressOf, BUILT_IN, isShown, sectionOf, writeQuery } from './views'

const [mine, fresh] = BUILT_IN

describe('a view', () => {
  it('is shown by its own address alone, in whatever order', () => {
    for (const view of BUILT_IN) {
      const [pathname = '', text = ''] = addressOf(view).split('?')
      expect(BUILT_IN.filter((one) => isShown(one, pathname, parseQuery(text)))).toEqual([view])
    }
    expect(isShown(fresh!, '/leads', { assignedTo: 'none', status: 'new' })).toBe(true)
    expect(isShown(fresh!, '/leads', { assignedTo: 'none', status: 'new', search: 'a' })).toBe(false)
  })

  it('is shown with a record over it, and as a board', () => {
    expect(isShown(mine!, '/leads/ld_1', { assignedTo: 'me', view: 'board', full: '1' })).toBe(true)
    expect(isShown(mine!, '/contacts', { assignedTo: 'me' })).toBe(false)
    expect(isShown(mine!, '/leadsabc', { assignedTo: 'me' })).toBe(false)
    expect(sectionOf('/reports')).toBeUndefined()
  })

  it('keeps filters and order, not how the page looks', () => {
    const query = { search: 'Ünal & Söhne', status: 'new,lost', sort: '-leadScore', view: 'board', columns: 'record' }
    expect(parseQuery(writeQuery(query))).toEqual({ search: 'Ünal & Söhne', status: 'new,lost', sort: '-leadScore' })
    expect(writeQuery({ view: 'board' })).toBe('')
  })
})
