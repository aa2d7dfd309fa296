import { expect, test } from 'vitest'
import { kindsByPlural } from '../kinds'
import { fillDraft, makeBody, makeDraft } from './draft'

const { leads, accounts, opportunities } = kindsByPlural

test('a new record is mine, and has the values that it was opened with', () => {
  expect(makeDraft(leads, 'usr_1', { company: 'TechCorp', unknown: 'x', email: null })).toEqual({ assignedTo: 'usr_1', company: 'TechCorp' })
})

test('empty fields are not sent, and texts are trimmed', () => {
  expect(makeBody(leads, { firstName: ' Omar ', lastName: ' ', assignedTo: '' })).toEqual({ firstName: 'Omar' })
})

test('an amount is sent as a number, or as it stands', () => {
  expect(makeBody(opportunities, { value: '12 500.5' })).toEqual({ value: 12500.5 })
  expect(makeBody(opportunities, { value: 'much' })).toEqual({ value: 'much' })
})

test('a signature fills the fields that the form has', () => {
  const pasted = { firstName: 'Omar', company: 'Ridge AB', website: 'ridge.example' }
  expect(fillDraft(leads, { notes: 'Hello' }, pasted)).toEqual({ notes: 'Hello', firstName: 'Omar', company: 'Ridge AB' })
  expect(fillDraft(accounts, {}, pasted)).toEqual({ name: 'Ridge AB', website: 'ridge.example' })
  expect(fillDraft(opportunities, {}, pasted)).toBeUndefined()
})
