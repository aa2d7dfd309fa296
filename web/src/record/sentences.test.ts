import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../api/types'
import { kindsByPlural } from '../kinds'
import { findTakenBack } from './history'
import { describeEntry } from './sentences'

const people = new Map([['usr_1', { name: 'Hana Novak' }]])

function tell(kind: string, changes: HistoryEntry['changes']): string {
  const entry: HistoryEntry = { operationId: 'op_1', seq: 1, kind, at: '2026-12-01T10:00:00Z', user: { id: 'usr_1', name: 'Hana Novak' }, key: null, requestId: null, version: 2, changes }
  return describeEntry(kindsByPlural.leads, entry, people).map((part) => part.text).join('')
}

describe('the history of a lead', () => {
  it('names each field with its value before and after', () => {
    expect(tell('lead.updated', { status: ['contacted', 'qualified'], leadScore: [null, 9], updatedAt: ['a', 'b'] })).toBe('set status to Qualified (was Contacted), set score to 9')
    expect(tell('lead.updated', { leadScore: [9, null] })).toBe('took the score away (was 9)')
  })

  it('says who got it, and keeps long texts out', () => {
    expect(tell('lead.updated', { assignedTo: [null, 'usr_1'] })).toBe('gave it to Hana Novak')
    expect(tell('lead.updated', { assignedTo: ['usr_1', null] })).toBe('took the owner away (was Hana Novak)')
    expect(tell('lead.updated', { notes: [null, 'Called.'] })).toBe('added the notes')
    expect(tell('lead.updated', { notes: ['Called.', 'Called twice.'] })).toBe('edited the notes')
  })

  it('says how it came and went', () => {
    expect(tell('lead.created', { id: [null, 'ld_1'] })).toBe('added this lead')
    expect(tell('lead.deleted', { id: ['ld_1', null] })).toBe('deleted this lead')
    expect(tell('lead.bulk_deleted', { id: ['ld_1', null] })).toBe('deleted this lead, with others')
    expect(tell('operation.undone', { id: [null, 'ld_1'] })).toBe('brought this lead back')
    expect(tell('lead.merged', { id: ['ld_1', null], mergedInto: [null, 'ld_2'] })).toBe('merged this lead into another')
    expect(tell('lead.merged', { company: [null, 'Nova'] })).toBe('merged another lead into this one: set company to Nova')
    expect(tell('lead.converted', { status: ['new', 'converted'] })).toBe('converted this lead')
    expect(tell('operation.undone', { status: ['lost', 'new'] })).toBe('took a change back: set status to New (was Lost)')
    expect(tell('lead.bulk_updated', { status: ['new', 'lost'] })).toBe('set status to Lost (was New), with others')
  })
})

describe('what was taken back', () => {
  it('is in effect again if its undo was taken back', () => {
    expect(findTakenBack([{ id: 'op_3', undoes: 'op_1' }])).toEqual(new Set(['op_1']))
    expect(findTakenBack([{ id: 'op_4', undoes: 'op_3' }, { id: 'op_3', undoes: 'op_1' }])).toEqual(new Set(['op_3']))
  })
})
