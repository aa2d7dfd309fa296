import type { QueryClient } from '@tanstack/react-query'
import { findCached, writeAndRefresh } from '../api/changes'
import { Problem } from '../api/client'
import type { AnyRecord, Plural, Values } from '../api/types'
import type { Selection } from './selection'

/** So many records the API changes at once, at most. */
export const MOST_AT_ONCE = 1000

/** What to do with many records: new values, or null to delete them. */
export type Deed = Values | null

/** Does it to all chosen records or to none, by one operation. Answers the operation's id. */
export async function doToAll(cache: QueryClient, plural: Plural, selection: Selection, deed: Deed, ignoreVersions = false): Promise<string | null> {
  const answer = selection.all === null ? await sendBatch(cache, plural, [...selection.records.values()], deed, ignoreVersions) : await sendByFilter(cache, plural, selection.all, deed)
  return answer.data.operationId
}

/** The count that the filter matches now, if the refusal says that it has moved. */
export function readMovedCount(error: unknown): number | undefined {
  return error instanceof Problem && error.code === 'count_moved' ? Number(error.body.count) : undefined
}

/** How many records were changed by others since they were seen, if the refusal is for them alone. */
export function readStaleCount(error: unknown): number | undefined {
  if (!(error instanceof Problem) || error.code !== 'batch_refused') return undefined
  const refused = error.body.results as { status: number }[]
  return refused.every((one) => one.status === 412) ? refused.length : undefined
}

/** What the server says of the first refused record, if it refused some. */
export function readFirstRefusal(error: unknown): Error | undefined {
  const results = error instanceof Problem ? (error.body.results as { error?: { detail?: string } }[] | undefined) : undefined
  const detail = results?.[0]?.error?.detail
  return detail === undefined ? undefined : new Error(detail)
}

interface Done {
  operationId: string | null
}

function sendBatch(cache: QueryClient, plural: Plural, records: readonly AnyRecord[], deed: Deed, ignoreVersions: boolean) {
  const operations = records.map(({ id, version }) => {
    const ifMatch = ignoreVersions ? undefined : (findCached(cache, plural, id)?.version ?? version)
    const match = ifMatch === undefined ? {} : { ifMatch: `"${ifMatch}"` }
    return deed === null ? { op: 'delete', id, ...match } : { op: 'patch', id, record: deed, ...match }
  })
  return writeAndRefresh<Done>(cache, `${plural}/batch/`, { method: 'POST', body: { atomic: true, operations } }, [plural])
}

function sendByFilter(cache: QueryClient, plural: Plural, { filter, count }: NonNullable<Selection['all']>, deed: Deed) {
  const everything = Object.keys(filter).length === 0 ? { all: 'true' } : {}
  const query = { ...filter, ...everything, expectedCount: count }
  return writeAndRefresh<Done>(cache, `${plural}/`, { method: deed === null ? 'DELETE' : 'PATCH', query, body: deed ?? undefined }, [plural])
}
