import type { Plural } from '../api/types'
import { accounts } from './accounts'
import { contacts } from './contacts'
import type { KindSpec } from './kind'
import { leads } from './leads'
import { opportunities } from './opportunities'

export * from './kind'

/** The kinds of records by the word in their addresses. */
export const kindsByPlural: Readonly<Record<Plural, KindSpec>> = { leads, contacts, accounts, opportunities }

/** The kind by the word that operations and history have for it; undefined for users, keys and others. */
export function findKind(name: string): KindSpec | undefined {
  return Object.values(kindsByPlural).find((kind) => kind.kind === name)
}
