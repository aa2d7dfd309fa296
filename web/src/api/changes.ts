import type { QueryClient } from '@tanstack/react-query'
import { type Answer, Problem, write } from './client'
import { noteOwnOperation, refreshLists, refreshRecord } from './news'
import type { LoadedRecord, RowWindow } from './records'
import type { AnyRecord, Plural, Undone, Values } from './types'

/** Somebody changed the same fields meanwhile. Nothing was written. */
export class Conflict extends Error {
  constructor(
    readonly mine: Values,
    readonly theirs: LoadedRecord,
  ) {
    super('Someone changed this meanwhile.')
  }
}

interface Change {
  plural: Plural
  id: string
  values: Values
  /** The values of the same fields as the person saw them. */
  seen: Values
}

/**
 * Changes fields of a record: in the cache at once, then on the server, after earlier changes of the same record.
 *
 * The change is compared with the version that the page knows. If somebody changed other fields meanwhile, it is sent
 * again; if the same ones, nothing is written. Throws `Conflict`, `Problem`, `Offline`; the cache then shows what was.
 */
export async function changeRecord(cache: QueryClient, plural: Plural, id: string, values: Values): Promise<Answer<AnyRecord>> {
  const seen = pickValues(findCached(cache, plural, id), values)
  const change: Change = { plural, id, values, seen }
  patchCache(cache, plural, id, values)
  const queued = cache.getMutationCache().build<Answer<AnyRecord>, Error, Change, unknown>(cache, {
    mutationFn: (sent) => sendChange(cache, sent),
    scope: { id: `${plural}/${id}` },
    networkMode: 'always',
    retry: false,
  })
  try {
    const answer = await queued.execute(change)
    storeRecord(cache, plural, answer)
    finishWrite(cache, answer, [plural], id)
    return answer
  } catch (error) {
    patchCache(cache, plural, id, error instanceof Conflict ? error.theirs.record : seen)
    refreshRecord(cache, plural, id)
    throw error
  }
}

/** Writes anything but a change of one record's fields, and has the lists of the kinds ask again. */
export async function writeAndRefresh<T>(
  cache: QueryClient,
  path: string,
  request: Parameters<typeof write>[1],
  plurals: readonly Plural[],
  id?: string,
): Promise<Answer<T>> {
  const answer = await write<T>(path, request)
  finishWrite(cache, answer, plurals, id)
  return answer
}

/** Takes an operation back. Throws `Problem` (409 `undo_conflict`) if others have written since, unless forced. */
export async function undoOperation(cache: QueryClient, operationId: string, force?: 'skip' | 'overwrite'): Promise<Answer<Undone>> {
  const answer = await write<Undone>(`operations/${operationId}/undo/`, { method: 'POST', query: { force } })
  noteOwnOperation(answer.operationId)
  await cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' && queryKey[0] !== 'people' })
  return answer
}

/** The record as the page knows it now: by itself, or as a row of a list. */
export function findCached(cache: QueryClient, plural: Plural, id: string): AnyRecord | undefined {
  const loaded = cache.getQueryData<LoadedRecord>([plural, 'record', id])
  if (loaded !== undefined) return loaded.record
  for (const rows of listCachedRows(cache, plural)) {
    const row = rows.find((one) => one.id === id)
    if (row !== undefined) return row
  }
  return undefined
}

async function sendChange(cache: QueryClient, change: Change): Promise<Answer<AnyRecord>> {
  const { plural, id, values } = change
  const version = findVersion(cache, plural, id)
  try {
    return await write<AnyRecord>(`${plural}/${id}/`, { method: 'PATCH', body: values, headers: version ? { 'If-Match': version } : {} })
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error
    const theirs = readCurrent(error)
    cache.setQueryData<LoadedRecord>([plural, 'record', id], theirs)
    const overlaps = Object.keys(values).some((field) => !sameValue(theirs.record[field], change.seen[field]) && !sameValue(theirs.record[field], values[field]))
    if (overlaps) throw new Conflict(values, theirs)
    return write<AnyRecord>(`${plural}/${id}/`, { method: 'PATCH', body: values, headers: { 'If-Match': theirs.etag } })
  }
}

/** The record as it is now, which a 412 has with it. */
function readCurrent(problem: Problem): LoadedRecord {
  const { current, etag } = problem.body as unknown as { current: AnyRecord; etag: string }
  return { record: current, etag }
}

function finishWrite(cache: QueryClient, answer: Answer<unknown>, plurals: readonly Plural[], id?: string): void {
  noteOwnOperation(answer.operationId)
  refreshLists(cache, plurals)
  if (id === undefined) return
  for (const plural of plurals) void cache.invalidateQueries({ queryKey: [plural, 'history', id] })
}

function storeRecord(cache: QueryClient, plural: Plural, { data, etag }: Answer<AnyRecord>): void {
  cache.setQueryData<LoadedRecord>([plural, 'record', data.id], { record: data, etag })
  patchCache(cache, plural, data.id, { ...data, version: readVersion(etag) })
}

/** Puts values into every cached row of the record, and into the record itself. */
function patchCache(cache: QueryClient, plural: Plural, id: string, values: Values): void {
  const patchRows = (rows: AnyRecord[]) => rows.map((row) => (row.id === id ? { ...row, ...pickKnown(row, values) } : row))
  const patchWindow = (window: RowWindow) => (window.rows.some((row) => row.id === id) ? { ...window, rows: patchRows(window.rows) } : window)
  cache.setQueriesData<RowWindow>({ queryKey: [plural, 'window'] }, (window) => window && patchWindow(window))
  cache.setQueriesData<{ pages: RowWindow[] }>({ queryKey: [plural, 'board'] }, (board) => board && { ...board, pages: board.pages.map(patchWindow) })
  cache.setQueryData<LoadedRecord>([plural, 'record', id], (loaded) => loaded && { ...loaded, record: { ...loaded.record, ...pickKnown(loaded.record, values) } })
}

function* listCachedRows(cache: QueryClient, plural: Plural): Generator<AnyRecord[]> {
  for (const [, window] of cache.getQueriesData<RowWindow>({ queryKey: [plural, 'window'] })) if (window) yield window.rows
  for (const [, board] of cache.getQueriesData<{ pages: RowWindow[] }>({ queryKey: [plural, 'board'] })) for (const page of board?.pages ?? []) yield page.rows
}

/** The newest version that the page knows, as If-Match takes it; undefined if it knows none. */
function findVersion(cache: QueryClient, plural: Plural, id: string): string | undefined {
  let newest = readVersion(cache.getQueryData<LoadedRecord>([plural, 'record', id])?.etag ?? '')
  for (const rows of listCachedRows(cache, plural)) newest = Math.max(newest, rows.find((row) => row.id === id)?.version ?? 0)
  return newest > 0 ? `"${newest}"` : undefined
}

/** The version that an ETag begins with, 0 without one. */
function readVersion(etag: string): number {
  return Number(/^"(\d+)/.exec(etag)?.[1] ?? 0)
}

function pickValues(record: AnyRecord | undefined, values: Values): Values {
  return Object.fromEntries(Object.keys(values).map((field) => [field, record?.[field]]))
}

/** The values of the fields that the row shows; a row has fewer fields than its record. */
function pickKnown(row: AnyRecord, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => field in row))
}

function sameValue(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}
