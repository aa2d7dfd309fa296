import type { Plural, Values } from '../api/types'
import { type FieldSpec, findField, type KindSpec } from '../kinds'
import { readAmount } from '../words/amounts'
import type { Signature } from './signature'

/** The form's fields by name, as text. References and owners are ids. */
export type Draft = Readonly<Record<string, string>>

/** The fields of the form, in order. */
export function listFields(kind: KindSpec): FieldSpec[] {
  return kind.createFields.flatMap((name) => findField(kind, name) ?? [])
}

/** The form as it opens: the given values, and the person as the owner. */
export function makeDraft(kind: KindSpec, ownerId: string | undefined, values: Values = {}): Draft {
  const draft: Record<string, string> = { assignedTo: ownerId ?? '' }
  for (const [field, value] of Object.entries(values)) if (value !== null && value !== undefined) draft[field] = String(value)
  return Object.fromEntries(Object.entries(draft).filter(([field]) => findField(kind, field) !== undefined))
}

/** The form with what a pasted text says; undefined if it says nothing of the form's fields. */
export function fillDraft(kind: KindSpec, draft: Draft, pasted: Signature): Draft | undefined {
  const said = kind.plural === 'accounts' ? { name: pasted.company, website: pasted.website, phone: pasted.phone } : pasted
  const known = Object.entries(said).filter(([field, value]) => kind.createFields.includes(field) && value !== undefined && value !== '')
  return known.length === 0 ? undefined : { ...draft, ...Object.fromEntries(known) }
}

/** True for kinds that a signature tells of. */
export function takesSignatures(kind: KindSpec): boolean {
  return kind.createFields.includes('phone')
}

/** The body of the request. Empty fields are left to the server; an amount that is no number is sent as it stands, for the server to refuse. */
export function makeBody(kind: KindSpec, draft: Draft): Values {
  const body: Record<string, unknown> = {}
  for (const [field, text] of Object.entries(draft)) {
    const trimmed = text.trim()
    if (trimmed !== '') body[field] = findField(kind, field)?.type === 'amount' ? readAmount(trimmed) : trimmed
  }
  return body
}

/** The kinds among which somebody with the same e-mail address may be already. */
export const PEOPLE: readonly Plural[] = ['leads', 'contacts']
