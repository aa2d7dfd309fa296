import type { Plural } from '../api/types'
import { createStore, useStore } from './store'

/** The dialogs that any screen may open. The app draws them, so that features need not know each other. */
export type DialogRequest =
  | { name: 'palette' }
  | { name: 'keys' }
  | { name: 'create'; plural: Plural; values?: Readonly<Record<string, unknown>> }
  | { name: 'convert'; id: string }
  | { name: 'undo'; operationId: string }

const current = createStore<DialogRequest | null>(null)

export function openDialog(request: DialogRequest): void {
  current.set(request)
}

export function closeDialog(): void {
  current.set(null)
}

export function isDialogOpen(): boolean {
  return current.get() !== null
}

export function useDialog(): DialogRequest | null {
  return useStore(current)
}
