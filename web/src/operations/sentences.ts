import type { OperationItem } from '../api/types'
import { findKind } from '../kinds'
import { words } from '../words'
import { formatCount } from '../words/format'

type Actor = Pick<OperationItem, 'user' | 'key'>

/** The kinds of operations on records, for the filter: those of a deed are chosen together. */
export const DEED_KINDS: Readonly<Record<string, readonly string[]>> = {
  created: everyKind('created'),
  updated: everyKind('updated', 'bulk_updated'),
  deleted: everyKind('deleted', 'bulk_deleted'),
  converted: ['lead.converted'],
  merged: everyKind('merged'),
  batch: everyKind('batch'),
  undone: ['operation.undone'],
}

/** Who did it: a person, or the API key that a program used. */
export function actorName({ user, key }: Actor): string {
  return key?.name ?? user.name ?? words.common.product
}

/** What an operation did, in a few words: changed 31 leads at once. */
export function describeDeed(operation: Pick<OperationItem, 'kind'>, size: number): string {
  const [kind = '', deed = ''] = operation.kind.split('.')
  const spec = findKind(kind)
  const one = spec === undefined ? (words.otherKinds[kind] ?? kind) : `${/^[aeiou]/.test(spec.one) ? 'an' : 'a'} ${spec.one}`
  const many = spec !== undefined && (size > 1 || deed.startsWith('b'))
  const of = many ? formatCount(size, spec) : one
  return words.deeds[deed]?.(deed === 'created' || deed === 'updated' || deed === 'deleted' ? one : of) ?? operation.kind
}

function everyKind(...deeds: string[]): string[] {
  return ['lead', 'contact', 'account', 'opportunity'].flatMap((kind) => deeds.map((deed) => `${kind}.${deed}`))
}
