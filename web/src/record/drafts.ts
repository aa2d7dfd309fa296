import type { FieldSpec } from '../kinds'
import { nameOfValue, words } from '../words'

export type AddressDraft = Readonly<Record<string, string>>
/** A value as somebody types it. */
export type Draft = string | AddressDraft

export const ADDRESS_PARTS = ['street', 'city', 'state', 'postalCode', 'country'] as const

/** The value as it can be typed. */
export function toDraft(spec: FieldSpec, value: unknown): Draft {
  if (spec.type === 'address') return toAddressDraft(value)
  if (value === null || value === undefined) return ''
  if (spec.type === 'tags') return (value as string[]).join(', ')
  if (spec.type === 'source') return nameOfValue(String(value))
  return String(value)
}

/** The value to write. What is empty becomes null; what is no number stays text, so that the server says so. */
export function fromDraft(spec: FieldSpec, draft: Draft): unknown {
  if (typeof draft !== 'string') return fromAddressDraft(draft)
  const text = spec.type === 'lines' ? draft.trimEnd() : draft.trim()
  if (spec.type === 'tags') return splitTags(text)
  if (text === '') return null
  if (spec.type === 'amount') return readAmount(text)
  if (spec.type === 'source') return readSource(text)
  return text
}

/** True if both are the same for a reader: an empty list, an empty address and null are. */
export function isSameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(emptyToNull(one)) === JSON.stringify(emptyToNull(other))
}

function emptyToNull(value: unknown): unknown {
  if (value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value
  if (typeof value !== 'object' || value === null) return value
  const parts = ADDRESS_PARTS.map((part) => (value as Record<string, unknown>)[part] ?? null)
  return parts.every((part) => part === null) ? null : parts
}

function toAddressDraft(value: unknown): AddressDraft {
  const address = (value ?? {}) as Record<string, string | null>
  return Object.fromEntries(ADDRESS_PARTS.map((part) => [part, address[part] ?? '']))
}

function fromAddressDraft(draft: AddressDraft): unknown {
  const parts = ADDRESS_PARTS.map((part) => [part, draft[part]?.trim() || null] as const)
  return parts.every(([, text]) => text === null) ? null : Object.fromEntries(parts)
}

function splitTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim())
  return [...new Set(tags.filter(Boolean))]
}

function readAmount(text: string): number | string {
  const plain = text.replaceAll(/[\s,]/g, '')
  const amount = Number(plain)
  return plain !== '' && Number.isFinite(amount) ? amount : text
}

/** The source of that name. Another text is a word of the team's own, which the API takes in small letters. */
function readSource(text: string): string {
  const known = Object.entries(words.sources).find(([, name]) => name.toLowerCase() === text.toLowerCase())
  return known?.[0] ?? text.toLowerCase().replaceAll(/\s+/g, '_')
}
