import { describe, expect, test } from 'vitest'
import type { ConversionPreview } from '../api/types'
import { describePlan, findGap, makeBody, makePlan, nameOpportunity } from './plan'

const DEFAULTS = { contactName: 'Omar Moreau', accountName: 'Ridge Education AB', opportunityName: 'Ridge Education AB', assignedTo: 'usr_1', assignedToName: 'Ada' }
const ALONE: ConversionPreview = { contacts: [], accounts: [], defaults: DEFAULTS }
const KNOWN: ConversionPreview = {
  contacts: [
    { id: 'cnt_1', name: 'O. Moreau', email: 'o@other.example', reasons: ['same_phone_and_last_name'] },
    { id: 'cnt_2', name: 'Omar Moreau', email: 'omar@ridge.example', reasons: ['same_email'] },
  ],
  accounts: [{ id: 'acc_1', name: 'Ridge Education AB', reasons: ['same_name'] }],
  defaults: DEFAULTS,
}

describe('makePlan', () => {
  test('makes everything where nothing is known', () => {
    const plan = makePlan(ALONE)
    expect(makeBody(plan)).toMatchObject({ createAccount: true, accountName: 'Ridge Education AB', createOpportunity: true, opportunityAssignedTo: 'usr_1', opportunityName: null, opportunityValue: null })
    expect(makeBody(plan)).not.toHaveProperty('contactId')
    expect(describePlan(plan)).toBe('Makes a contact, account Ridge Education AB and an opportunity.')
  })

  test('links the contact with the same e-mail and the account with the same name', () => {
    const plan = makePlan(KNOWN)
    expect(makeBody(plan)).toMatchObject({ contactId: 'cnt_2', accountId: 'acc_1' })
    expect(makeBody(plan)).not.toHaveProperty('createAccount')
    expect(describePlan(plan)).toBe('Makes an opportunity, and links contact Omar Moreau and account Ridge Education AB.')
  })

  test('makes no account of a lead without a company', () => {
    const plan = makePlan({ ...ALONE, defaults: { ...DEFAULTS, accountName: null } })
    expect(plan.account).toBe('none')
    expect(describePlan(plan)).toBe('Makes a contact and an opportunity.')
  })
})

test('an amount is a number, or what the server refuses', () => {
  expect(makeBody({ ...makePlan(ALONE), opportunityValue: '12 500' })).toMatchObject({ opportunityValue: 12500 })
  expect(makeBody({ ...makePlan(ALONE), opportunityValue: 'much' })).toMatchObject({ opportunityValue: 'much' })
})

test('the opportunity is named for the account, else for the person', () => {
  const plan = makePlan(KNOWN)
  expect(nameOpportunity(plan, 'Omar Moreau')).toBe('Ridge Education AB')
  expect(nameOpportunity({ ...plan, account: 'none', linksContact: false }, 'Omar Moreau')).toBe('Omar Moreau')
})

test('a plan with nothing chosen is not complete', () => {
  expect(findGap({ ...makePlan(ALONE), account: 'existing' })).toBe('accountId')
  expect(findGap({ ...makePlan(KNOWN), contactId: null })).toBe('contactId')
  expect(findGap(makePlan(KNOWN))).toBeUndefined()
})
