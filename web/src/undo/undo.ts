import type { QueryClient } from '@tanstack/react-query'
import { undoOperation } from '../api/changes'
import { Problem } from '../api/client'
import { openDialog } from '../state/dialogs'
import { createStore, useStore } from '../state/store'
import { tell, tellRefusal } from '../ui/toast'
import { words } from '../words'

const KEPT = 50

/** The operations of this tab that can be taken back, the newest last. */
const done = createStore<readonly string[]>([])
export const useCanUndo = () => useStore(done).length > 0

/** Tells that something was done, with a button that takes it back. Without an operation, nothing was changed. */
export function tellDone(cache: QueryClient, title: string, operationId: string | null, description?: string): void {
  if (operationId === null) return tell(title, { description })
  done.set((now) => [...now, operationId].slice(-KEPT))
  tell(title, { description, action: { label: words.common.undo, run: () => void takeBack(cache, operationId) } })
}

/** Takes the newest operation of this tab back. */
export function takeBackLast(cache: QueryClient): void {
  const newest = done.get().at(-1)
  if (newest === undefined) return tell(words.shell.nothingToUndo)
  void takeBack(cache, newest)
}

/** Takes an operation back and tells so. If others have written since, a dialog asks what to do. Never throws. */
export async function takeBack(cache: QueryClient, operationId: string): Promise<void> {
  done.set((now) => now.filter((one) => one !== operationId))
  try {
    await undoOperation(cache, operationId)
    tell(words.common.takenBack)
  } catch (error) {
    if (error instanceof Problem && error.code === 'undo_conflict') openDialog({ name: 'undo', operationId })
    else tellRefusal(words.common.notTakenBack, error)
  }
}
