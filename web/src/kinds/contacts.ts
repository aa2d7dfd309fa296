import { words } from '../words'
import { type KindSpec, personName, textOf } from './kind'

const { fields, statuses } = words

export const contacts: KindSpec = {
  kind: 'contact',
  plural: 'contacts',
  ...words.kinds.contact,
  statusField: 'stage',
  statuses: [
    { value: 'new', label: statuses.new, shape: 'ring', color: '--blue' },
    { value: 'contacted', label: statuses.contacted, shape: 'quarter', color: '--amber' },
    { value: 'engaged', label: statuses.engaged, shape: 'dashed', color: '--violet' },
    { value: 'proposal_sent', label: statuses.proposal_sent, shape: 'half', color: '--violet' },
    { value: 'negotiation', label: statuses.negotiation, shape: 'three-quarters', color: '--green' },
    { value: 'customer', label: statuses.customer, shape: 'check', color: '--sea' },
    { value: 'inactive', label: statuses.inactive, shape: 'bar', color: '--grey' },
  ],
  fields: [
    { name: 'stage', label: fields.stage, type: 'status' },
    { name: 'firstName', label: fields.firstName, type: 'text' },
    { name: 'lastName', label: fields.lastName, type: 'text' },
    { name: 'title', label: fields.title, type: 'text' },
    { name: 'email', label: fields.email, type: 'email', required: true },
    { name: 'phone', label: fields.phone, type: 'phone' },
    { name: 'accountId', label: fields.accountId, type: 'reference', refersTo: 'accounts', nameField: 'accountName' },
    { name: 'assignedTo', label: fields.assignedTo, type: 'owner', nameField: 'assignedToName' },
    { name: 'tags', label: fields.tags, type: 'tags' },
    { name: 'source', label: fields.source, type: 'source' },
    { name: 'notes', label: fields.notes, type: 'lines' },
    { name: 'emailOptOut', label: fields.emailOptOut, type: 'flag' },
    { name: 'emailBounced', label: fields.emailBounced, type: 'flag', readOnly: true },
    { name: 'leadId', label: fields.leadId, type: 'reference', refersTo: 'leads', readOnly: true },
    { name: 'createdAt', label: fields.createdAt, type: 'time', readOnly: true },
    { name: 'updatedAt', label: fields.updatedAt, type: 'time', readOnly: true },
  ],
  columns: [
    { field: 'record', label: fields.name, type: 'title', sort: 'lastName', width: 180, grow: 1.5, byDefault: true },
    { field: 'stage', label: fields.stage, type: 'status', sort: 'stage', width: 140, byDefault: true },
    { field: 'title', label: fields.title, type: 'text', sort: 'title', width: 130, yields: 1, byDefault: false },
    { field: 'accountId', label: fields.accountId, type: 'reference', sort: 'accountName', width: 140, grow: 1.2, byDefault: true },
    { field: 'email', label: fields.email, type: 'email', sort: 'email', width: 160, grow: 1.3, yields: 2, byDefault: true },
    { field: 'phone', label: fields.phone, type: 'phone', sort: 'phone', width: 140, yields: 1, byDefault: true },
    { field: 'assignedTo', label: fields.assignedTo, type: 'owner', sort: 'assignedTo', width: 110, grow: 0.8, yields: 3, byDefault: true },
    { field: 'updatedAt', label: fields.updatedAt, type: 'time', sort: 'updatedAt', width: 100, yields: 1, byDefault: false },
    { field: 'createdAt', label: fields.createdAt, type: 'time', sort: 'createdAt', width: 100, byDefault: true },
  ],
  facets: ['assignedTo', 'tags', 'source', 'emailOptOut', 'emailBounced', 'createdMonth'],
  searchHint: 'Name, e-mail or phone',
  createFields: ['firstName', 'lastName', 'title', 'email', 'phone', 'accountId', 'assignedTo', 'notes'],
  titleOf: personName,
  subtitleOf: (contact) => textOf(contact, 'accountName') || textOf(contact, 'email'),
}
