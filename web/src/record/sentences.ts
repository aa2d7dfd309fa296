import type { HistoryEntry, Person } from '../api/types'
import { type FieldSpec, findField, type KindSpec } from '../kinds'
import { words } from '../words'
import { valueText } from './FieldValue'

/** A part of a sentence: plain, important, or beside the point. */
export interface Part {
  text: string
  tone?: 'strong' | 'faint'
}

export type People = ReadonlyMap<string, Pick<Person, 'name'>>

const { history } = words.record
const LONGEST_VALUE = 80
/** Fields whose values are too long, or mean nothing to a reader. */
const WITHOUT_VALUES = new Set(['lines', 'reference', 'address'])

/** What an operation did to a record, without who did it: set status to Qualified (was Contacted). */
export function describeEntry(kind: KindSpec, entry: HistoryEntry, people: People): Part[] {
  const id = entry.changes.id
  if (id !== undefined) return [{ text: id[0] === null ? describeArrival(kind, entry.kind) : describeEnd(kind, entry) }]
  const parts = describeChanges(kind, entry, people)
  const operation = wordOf(entry.kind)
  if (operation === 'converted' && kind.kind === 'lead') return [{ text: history.converted(kind.one) }]
  if (operation === 'merged' && entry.kind === `${kind.kind}.merged`) return join([{ text: history.mergedIn(kind.one) }], parts)
  if (operation === 'undone') return join([{ text: history.tookBack }], parts)
  const changes = parts.length > 0 ? parts : [{ text: history.changed(kind.one) }]
  return operation === 'bulk_updated' || operation === 'batch' ? [...changes, { text: history.withOthers }] : changes
}

function describeArrival(kind: KindSpec, operation: string): string {
  switch (wordOf(operation)) {
    case 'undone':
      return history.broughtBack(kind.one)
    case 'converted':
      return history.addedByConversion(kind.one)
    case 'batch':
      return history.added(kind.one) + history.withOthers
    default:
      return history.added(kind.one)
  }
}

function describeEnd(kind: KindSpec, entry: HistoryEntry): string {
  if ('mergedInto' in entry.changes) return history.mergedAway(kind.one)
  switch (wordOf(entry.kind)) {
    case 'undone':
      return history.tookBackAdding(kind.one)
    case 'batch':
    case 'bulk_deleted':
      return history.deleted(kind.one) + history.withOthers
    default:
      return history.deleted(kind.one)
  }
}

function describeChanges(kind: KindSpec, entry: HistoryEntry, people: People): Part[] {
  const changes = Object.entries(entry.changes).flatMap(([field, [before, after]]) => {
    const spec = findField(kind, field)
    return spec === undefined || (spec.readOnly && spec.type !== 'flag') ? [] : [describeChange(kind, spec, before, after, people)]
  })
  return changes.flatMap((parts, at) => (at === 0 ? parts : [{ text: ', ' }, ...parts]))
}

function describeChange(kind: KindSpec, spec: FieldSpec, before: unknown, after: unknown, people: People): Part[] {
  const label = spec.label === spec.label.toUpperCase() ? spec.label : spec.label.charAt(0).toLowerCase() + spec.label.slice(1)
  const isEmpty = after === null || after === ''
  const show = (value: unknown) => shorten(valueText(kind, spec.name, value, people))
  const was: Part = { text: ` (${history.was} ${show(before)})`, tone: 'faint' }
  if (spec.type === 'owner') return isEmpty ? [{ text: history.tookOwnerAway }, was] : [{ text: history.gaveTo }, { text: show(after), tone: 'strong' }, ...(before === null ? [] : [was])]
  if (WITHOUT_VALUES.has(spec.type)) return [{ text: isEmpty ? history.tookAway(label) : before === null ? history.addedField(label) : history.edited(label) }]
  if (isEmpty) return [{ text: history.tookAway(label) }, was]
  return [{ text: history.set(label) }, { text: show(after), tone: 'strong' }, ...(before === null || before === undefined ? [] : [was])]
}

function join(one: Part[], other: Part[]): Part[] {
  return other.length === 0 ? one : [...one, { text: ': ' }, ...other]
}

function wordOf(operation: string): string {
  return operation.split('.')[1] ?? operation
}

function shorten(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text
}
