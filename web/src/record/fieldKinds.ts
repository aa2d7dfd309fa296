import type { AnyRecord, Me } from '../api/types'
import type { FieldSpec, KindSpec } from '../kinds'

/** The fields that are chosen from a menu, or switched; all others are typed. */
const CHOSEN = new Set(['owner', 'score', 'flag', 'status'])

/** The fields of the record to show under its status, in order. What the server sets and is empty is left out. */
export function listShownFields(kind: KindSpec, record: AnyRecord): FieldSpec[] {
  return kind.fields.filter((spec) => {
    if (spec.type === 'status' || HAS_A_PLACE.has(spec.name)) return false
    return !spec.readOnly || spec.type === 'flag' || isPresent(record[spec.name])
  })
}

/** What the head or the inner lists of a record show. */
const HAS_A_PLACE = new Set(['convertedContactId', 'contactCount', 'openOpportunityCount'])

/** True if the person may change the field. Whether e-mail bounced is for admins and keys to say. */
export function mayEdit(spec: FieldSpec, me: Me | undefined): boolean {
  if (spec.name === 'emailBounced') return me?.user.role === 'admin'
  return !spec.readOnly
}

export function isTyped(spec: FieldSpec): boolean {
  return !CHOSEN.has(spec.type)
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined
}
