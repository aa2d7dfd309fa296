/** The kinds of records, one and many. */
export const kinds = {
  lead: { one: 'lead', many: 'leads', One: 'Lead', Many: 'Leads' },
  contact: { one: 'contact', many: 'contacts', One: 'Contact', Many: 'Contacts' },
  account: { one: 'account', many: 'accounts', One: 'Account', Many: 'Accounts' },
  opportunity: { one: 'opportunity', many: 'opportunities', One: 'Opportunity', Many: 'Opportunities' },
} as const
