import { words } from '../words'
import { type KindSpec, textOf } from './kind'

const { fields, statuses } = words

export const opportunities: KindSpec = {
  kind: 'opportunity',
  plural: 'opportunities',
  ...words.kinds.opportunity,
  statusField: 'stage',
  statuses: [
    { value: 'prospecting', label: statuses.prospecting, shape: 'ring', color: '--blue' },
    { value: 'qualification', label: statuses.qualification, shape: 'quarter', color: '--amber' },
    { value: 'needs_analysis', label: statuses.needs_analysis, shape: 'dashed', color: '--violet' },
    { value: 'proposal', label: statuses.proposal, shape: 'half', color: '--violet' },
    { value: 'negotiation', label: statuses.negotiation, shape: 'three-quarters', color: '--green' },
    { value: 'closed_won', label: statuses.closed_won, shape: 'check', color: '--sea' },
    { value: 'closed_lost', label: statuses.closed_lost, shape: 'cross', color: '--red' },
  ],
  fields: [
    { name: 'stage', label: fields.stage, type: 'status' },
    { name: 'name', label: fields.name, type: 'text', required: true },
    { name: 'value', label: fields.value, type: 'amount' },
    { name: 'closeDate', label: fields.closeDate, type: 'day' },
    { name: 'accountId', label: fields.accountId, type: 'reference', refersTo: 'accounts', nameField: 'accountName', required: true },
    { name: 'contactId', label: fields.contactId, type: 'reference', refersTo: 'contacts', nameField: 'contactName' },
    { name: 'assignedTo', label: fields.assignedTo, type: 'owner', nameField: 'assignedToName' },
    { name: 'description', label: fields.description, type: 'lines' },
    { name: 'leadId', label: fields.leadId, type: 'reference', refersTo: 'leads', readOnly: true },
    { name: 'createdAt', label: fields.createdAt, type: 'time', readOnly: true },
    { name: 'updatedAt', label: fields.updatedAt, type: 'time', readOnly: true },
  ],
  columns: [
    { field: 'record', label: fields.name, type: 'title', sort: 'name', width: 180, grow: 1.6, byDefault: true },
    { field: 'accountId', label: fields.accountId, type: 'reference', sort: 'accountName', width: 140, grow: 1.2, yields: 3, byDefault: true },
    { field: 'stage', label: fields.stage, type: 'status', sort: 'stage', width: 150, byDefault: true },
    { field: 'value', label: fields.value, type: 'amount', sort: 'value', width: 110, byDefault: true },
    { field: 'closeDate', label: fields.closeDate, type: 'day', sort: 'closeDate', width: 110, byDefault: true },
    { field: 'assignedTo', label: fields.assignedTo, type: 'owner', sort: 'assignedTo', width: 110, grow: 0.8, yields: 2, byDefault: true },
    { field: 'updatedAt', label: fields.updatedAt, type: 'time', sort: 'updatedAt', width: 100, yields: 1, byDefault: false },
    { field: 'createdAt', label: fields.createdAt, type: 'time', sort: 'createdAt', width: 100, yields: 1, byDefault: true },
  ],
  facets: ['assignedTo', 'createdMonth'],
  searchHint: 'Name',
  createFields: ['name', 'accountId', 'value', 'closeDate', 'assignedTo', 'description'],
  titleOf: (opportunity) => textOf(opportunity, 'name'),
  subtitleOf: (opportunity) => textOf(opportunity, 'accountName'),
}
