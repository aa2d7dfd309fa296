import type { components } from './schema'

type Schemas = components['schemas']

export type Lead = Schemas['Lead']
export type Contact = Schemas['Contact']
export type Account = Schemas['Account']
export type Opportunity = Schemas['Opportunity']
export type Me = Schemas['Me']
export type Person = Schemas['Person']
export type User = Schemas['UserItem']
export type ApiKey = Schemas['KeyItem']
export type OperationItem = Schemas['OperationItem']
export type Operation = Schemas['Operation']
export type Undone = Schemas['Undone']
export type HistoryEntry = Schemas['HistoryEntry']
export type SavedView = Schemas['View']
export type ConversionPreview = Schemas['ConversionPreview']
export type ProblemBody = Schemas['Problem']

/** A kind of record, as ids of operations and history name it. */
export type KindName = 'lead' | 'contact' | 'account' | 'opportunity'
/** A kind of record, as addresses name it. */
export type Plural = 'leads' | 'contacts' | 'accounts' | 'opportunities'

/** A record of any kind: its fields by name. List items have their `version`. */
export type AnyRecord = { readonly id: string; readonly version?: number } & Readonly<Record<string, unknown>>
/** Fields by name with the values to write. */
export type Values = Readonly<Record<string, unknown>>

export interface FacetValue {
  value: string | number | boolean | null
  count: number
  name?: string | null
}
export interface Facets {
  count: number
  facets: Record<string, FacetValue[]>
}
export interface Page<T> {
  count: number
  results: T[]
  next: string | null
}
