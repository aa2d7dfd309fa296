import type { ConversionPreview, Values } from '../api/types'
import { words } from '../words'
import { readAmount } from '../words/amounts'

export type AccountChoice = 'new' | 'existing' | 'none'

/** What a conversion is to make and to link, as the dialog has it. */
export interface Plan {
  /** True if a contact that exists is linked. */
  linksContact: boolean
  contactId: string | null
  contactName: string
  account: AccountChoice
  /** The name of a new account. */
  accountName: string
  accountId: string | null
  /** The name of the account that is linked. */
  linkedAccountName: string
  makesOpportunity: boolean
  opportunityName: string
  opportunityValue: string
  opportunityStage: string
  opportunityCloseDate: string
  opportunityAssignedTo: string
}

/** The plan as the dialog opens: it links what surely is the same, and makes the rest. */
export function makePlan({ contacts, accounts, defaults }: ConversionPreview): Plan {
  const contact = contacts.find(({ reasons }) => reasons.includes('same_email'))
  const account = accounts[0]
  return {
    linksContact: contact !== undefined,
    contactId: contact?.id ?? null,
    contactName: contact?.name ?? contact?.email ?? '',
    account: account !== undefined ? 'existing' : defaults.accountName ? 'new' : 'none',
    accountName: defaults.accountName ?? '',
    accountId: account?.id ?? null,
    linkedAccountName: account?.name ?? '',
    makesOpportunity: true,
    opportunityName: '',
    opportunityValue: '',
    opportunityStage: 'qualification',
    opportunityCloseDate: '',
    opportunityAssignedTo: defaults.assignedTo ?? '',
  }
}

/** The first thing that is left to choose, undefined if the plan is complete. */
export function findGap(plan: Plan): 'contactId' | 'accountId' | undefined {
  if (plan.linksContact && plan.contactId === null) return 'contactId'
  if (plan.account === 'existing' && plan.accountId === null) return 'accountId'
  return undefined
}

/** The body of the request. */
export function makeBody(plan: Plan): Values {
  return {
    ...(plan.linksContact ? { contactId: plan.contactId } : {}),
    ...(plan.account === 'new' ? { createAccount: true, accountName: textOrNull(plan.accountName) } : {}),
    ...(plan.account === 'existing' ? { accountId: plan.accountId } : {}),
    ...(plan.makesOpportunity ? makeOpportunityBody(plan) : {}),
  }
}

/** The name that the opportunity gets if none is written. */
export function nameOpportunity(plan: Plan, personName: string): string {
  if (plan.account === 'new' && plan.accountName.trim() !== '') return plan.accountName.trim()
  if (plan.account === 'existing' && plan.linkedAccountName !== '') return plan.linkedAccountName
  return plan.linksContact && plan.contactName !== '' ? plan.contactName : personName
}

/** What will happen, in a sentence. */
export function describePlan(plan: Plan): string {
  const { convert } = words
  const made = [
    ...(plan.linksContact ? [] : [convert.aContact]),
    ...(plan.account === 'new' ? [convert.anAccount(plan.accountName.trim())] : []),
    ...(plan.makesOpportunity ? [convert.anOpportunity] : []),
  ]
  const linked = [
    ...(plan.linksContact && plan.contactId !== null ? [convert.contactNamed(plan.contactName)] : []),
    ...(plan.account === 'existing' && plan.accountId !== null ? [convert.accountNamed(plan.linkedAccountName)] : []),
  ]
  if (linked.length === 0) return made.length === 0 ? '' : convert.makes(listThings(made))
  return made.length === 0 ? convert.links(listThings(linked)) : convert.makesAndLinks(listThings(made), listThings(linked))
}

function makeOpportunityBody(plan: Plan): Values {
  return {
    createOpportunity: true,
    opportunityName: textOrNull(plan.opportunityName),
    opportunityValue: plan.opportunityValue.trim() === '' ? null : readAmount(plan.opportunityValue),
    opportunityStage: plan.opportunityStage,
    opportunityCloseDate: textOrNull(plan.opportunityCloseDate),
    opportunityAssignedTo: textOrNull(plan.opportunityAssignedTo),
  }
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

function listThings(things: readonly string[]): string {
  return [things.slice(0, -1).join(', '), ...things.slice(-1)].filter(Boolean).join(words.convert.and)
}
