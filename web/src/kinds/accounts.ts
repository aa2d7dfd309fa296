import { words } from '../words'
import { type KindSpec, textOf } from './kind'

const { fields, statuses } = words

export const accounts: KindSpec = {
  kind: 'account',
  plural: 'accounts',
  ...words.kinds.account,
  statusField: 'stage',
  statuses: [
    { value: 'prospect', label: statuses.prospect, shape: 'ring', color: '--blue' },
    { value: 'active', label: statuses.active, shape: 'half', color: '--amber' },
    { value: 'customer', label: statuses.customer, shape: 'check', color: '--sea' },
    { value: 'partner', label: statuses.partner, shape: 'dashed', color: '--violet' },
    { value: 'churned', label: statuses.churned, shape: 'cross', color: '--red' },
  ],
  fields: [
    { name: 'stage', label: fields.stage, type: 'status' },
    { name: 'name', label: fields.name, type: 'text', required: true },
    { name: 'website', label: fields.website, type: 'web' },
    { name: 'phone', label: fields.phone, type: 'phone' },
    { name: 'industry', label: fields.industry, type: 'text' },
    { name: 'companySize', label: fields.companySize, type: 'text' },
    { name: 'annualRevenue', label: fields.annualRevenue, type: 'amount' },
    { name: 'assignedTo', label: fields.assignedTo, type: 'owner', nameField: 'assignedToName' },
    { name: 'tags', label: fields.tags, type: 'tags' },
    { name: 'billingAddress', label: fields.billingAddress, type: 'address' },
    { name: 'description', label: fields.description, type: 'lines' },
    { name: 'contactCount', label: fields.contactCount, type: 'count', readOnly: true },
    { name: 'openOpportunityCount', label: fields.openOpportunityCount, type: 'count', readOnly: true },
    { name: 'leadId', label: fields.leadId, type: 'reference', refersTo: 'leads', readOnly: true },
    { name: 'createdAt', label: fields.createdAt, type: 'time', readOnly: true },
    { name: 'updatedAt', label: fields.updatedAt, type: 'time', readOnly: true },
  ],
  columns: [
    { field: 'record', label: fields.name, type: 'title', sort: 'name', width: 180, grow: 1.6, byDefault: true },
    { field: 'stage', label: fields.stage, type: 'status', sort: 'stage', width: 130, byDefault: true },
    { field: 'industry', label: fields.industry, type: 'text', sort: 'industry', width: 130, grow: 1, yields: 2, byDefault: true },
    { field: 'contactCount', label: fields.contactCount, type: 'count', sort: 'contactCount', width: 92, byDefault: true },
    { field: 'openOpportunityCount', label: fields.openOpportunityCount, type: 'count', sort: 'openOpportunityCount', width: 150, yields: 3, byDefault: true },
    { field: 'website', label: fields.website, type: 'web', sort: 'website', width: 150, grow: 1, yields: 1, byDefault: true },
    { field: 'companySize', label: fields.companySize, type: 'text', sort: 'companySize', width: 90, yields: 1, byDefault: false },
    { field: 'assignedTo', label: fields.assignedTo, type: 'owner', sort: 'assignedTo', width: 110, grow: 0.8, yields: 4, byDefault: true },
    { field: 'createdAt', label: fields.createdAt, type: 'time', sort: 'createdAt', width: 100, byDefault: true },
  ],
  facets: ['assignedTo', 'industry', 'companySize', 'tags', 'createdMonth'],
  searchHint: 'Name or website',
  createFields: ['name', 'website', 'phone', 'industry', 'assignedTo', 'description'],
  titleOf: (account) => textOf(account, 'name'),
  subtitleOf: (account) => textOf(account, 'industry') || textOf(account, 'website'),
}
