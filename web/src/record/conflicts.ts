import type { Conflict } from '../api/changes'
import { createStore, useStore } from '../state/store'

/** The changes that were not written because somebody changed the same fields meanwhile, by id of the record. */
const conflicts = createStore<ReadonlyMap<string, Conflict>>(new Map())

export function noteConflict(id: string, conflict: Conflict): void {
  conflicts.set((now) => new Map(now).set(id, conflict))
}

export function forgetConflict(id: string): void {
  conflicts.set((now) => {
    if (!now.has(id)) return now
    const rest = new Map(now)
    rest.delete(id)
    return rest
  })
}

export function useConflict(id: string): Conflict | undefined {
  return useStore(conflicts).get(id)
}
