import type { AnyRecord, KindName, Plural } from '../api/types'

/** How a field is read, shown and edited. */
export type FieldType =
  | 'text'
  | 'lines'
  | 'email'
  | 'phone'
  | 'web'
  | 'score'
  | 'amount'
  | 'count'
  | 'day'
  | 'time'
  | 'status'
  | 'source'
  | 'owner'
  | 'reference'
  | 'tags'
  | 'address'
  | 'flag'

export interface FieldSpec {
  name: string
  label: string
  type: FieldType
  /** True for what the server sets. */
  readOnly?: boolean
  /** True if the field must have a value. */
  required?: boolean
  /** The kind that a reference names. */
  refersTo?: Plural
  /** The field with the name of what a reference, or an owner, names. */
  nameField?: string
}

/** A column of a list. */
export interface ColumnSpec {
  /** The field that it shows; `record` is the record's name with its avatar. */
  field: string
  label: string
  type: FieldType | 'title'
  /** The field to sort by; undefined if the list cannot be sorted by the column. */
  sort?: string
  /** Width in px, or the least width in px of a column that grows. */
  width: number
  grow?: number
  /** The order in which columns yield when the list is narrow: 1 yields first; undefined stays. */
  yields?: number
  /** False for a column that is shown only if it is chosen. */
  byDefault: boolean
}

/** The drawing of a status: shapes come before colours. */
export type StatusShape = 'ring' | 'quarter' | 'dashed' | 'half' | 'three-quarters' | 'check' | 'bar' | 'cross'

export interface StatusSpec {
  value: string
  label: string
  shape: StatusShape
  /** A token of colour, such as `--blue`. */
  color: string
}

/** What the screens need to know of a kind of record. */
export interface KindSpec {
  kind: KindName
  plural: Plural
  one: string
  many: string
  One: string
  Many: string
  /** The field with the status or stage. */
  statusField: 'status' | 'stage'
  statuses: readonly StatusSpec[]
  fields: readonly FieldSpec[]
  columns: readonly ColumnSpec[]
  /** The fields to filter by value, with exact counts. The status field is not among them: the funnel has it. */
  facets: readonly string[]
  /** What the search looks through, as a placeholder. */
  searchHint: string
  /** The fields of the form for a new record, in order. */
  createFields: readonly string[]
  titleOf(record: AnyRecord): string
  subtitleOf(record: AnyRecord): string
}

export function findField(kind: KindSpec, name: string): FieldSpec | undefined {
  return kind.fields.find((field) => field.name === name)
}

export function findStatus(kind: KindSpec, value: unknown): StatusSpec | undefined {
  return kind.statuses.find((status) => status.value === value)
}

/** The field's value as text, '' if it is absent. */
export function textOf(record: AnyRecord, field: string): string {
  const value = record[field]
  return value === null || value === undefined ? '' : String(value)
}

/** The name of a person, or their e-mail address if they have no name. */
export function personName(record: AnyRecord): string {
  return [textOf(record, 'firstName'), textOf(record, 'lastName')].filter(Boolean).join(' ') || textOf(record, 'email')
}
