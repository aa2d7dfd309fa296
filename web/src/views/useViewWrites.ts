import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { Problem, write } from '../api/client'
import type { Query } from '../api/query'
import type { SavedView } from '../api/types'
import { kindsByPlural } from '../kinds'
import { tell, tellRefusal } from '../ui/toast'
import { words } from '../words'
import { type View, writeQuery } from './views'

const { views } = words

/** The writes of views. Each tells what it did; `create` and `rename` answer why they were refused, for a form to show. */
export interface ViewWrites {
  create: (view: Omit<View, 'id'>) => Promise<string | undefined>
  rename: (view: View, name: string) => Promise<string | undefined>
  update: (view: View, query: Query) => Promise<void>
  remove: (view: View) => Promise<void>
}

export function useViewWrites(): ViewWrites {
  const cache = useQueryClient()
  return {
    create: (view) => saveName(cache, () => createView(view), views.saved(view.name)),
    rename: (view, name) => saveName(cache, () => patchView(view, { name }), views.renamed(name)),
    update: (view, query) => save(cache, () => patchView(view, { query: writeQuery(query) || null }), () => tell(views.updated(view.name))),
    remove: (view) => save(cache, () => removeView(view), () => tellRemoved(cache, view)),
  }
}

function createView({ name, plural, query }: Omit<View, 'id'>): Promise<unknown> {
  return write<SavedView>('views/', { method: 'POST', body: { name, kind: kindsByPlural[plural].kind, query: writeQuery(query) || null } })
}

function patchView({ id }: View, values: { name?: string; query?: string | null }): Promise<unknown> {
  return write<SavedView>(`views/${id}/`, { method: 'PATCH', body: values })
}

function removeView({ id }: View): Promise<unknown> {
  return write(`views/${id}/`, { method: 'DELETE' })
}

/** A view is no record of the team, so that its deletion is taken back by making it again. */
function tellRemoved(cache: QueryClient, view: View): void {
  const restore = () => void save(cache, () => createView(view), () => tell(views.saved(view.name)))
  tell(views.removed(view.name), { action: { label: words.common.undo, run: restore } })
}

/** Saves, and answers why it was refused, for the form to show. */
async function saveName(cache: QueryClient, send: () => Promise<unknown>, done: string): Promise<string | undefined> {
  try {
    await send()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return (error instanceof Problem && error.messageFor('name')) || error.message
  }
  await cache.invalidateQueries({ queryKey: ['views'] })
  tell(done)
  return undefined
}

async function save(cache: QueryClient, send: () => Promise<unknown>, done: () => void): Promise<void> {
  try {
    await send()
    done()
  } catch (error) {
    tellRefusal(views.notSaved, error)
  }
  await cache.invalidateQueries({ queryKey: ['views'] })
}
