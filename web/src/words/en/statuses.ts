/** The names of statuses and stages. */
export const statuses = {
  new: 'New',
  contacted: 'Contacted',
  nurturing: 'Nurturing',
  qualified: 'Qualified',
  converted: 'Converted',
  unqualified: 'Unqualified',
  lost: 'Lost',
  engaged: 'Engaged',
  proposal_sent: 'Proposal sent',
  negotiation: 'Negotiation',
  customer: 'Customer',
  inactive: 'Inactive',
  prospect: 'Prospect',
  active: 'Active',
  partner: 'Partner',
  churned: 'Churned',
  prospecting: 'Prospecting',
  qualification: 'Qualification',
  needs_analysis: 'Needs analysis',
  proposal: 'Proposal',
  closed_won: 'Won',
  closed_lost: 'Lost',
} as const

/** The names of the sources that the API proposes. Other sources are words of the team's own. */
export const sources = {
  website_form: 'Website form',
  cold_outreach: 'Cold outreach',
  referral: 'Referral',
  social_media: 'Social media',
  event: 'Event',
  inbound_call: 'Inbound call',
  partner: 'Partner',
  advertisement: 'Advertisement',
  other: 'Other',
} as const
