import { Toast } from '@base-ui/react/toast'

export interface ToastData {
  tone: 'plain' | 'bad'
  action?: { label: string; run: () => void }
}

/** Where toasts are put. `Toasts` shows them. */
export const toasts = Toast.createToastManager<ToastData>()

const SHOWN_MS = 6000
const SHOWN_WITH_ACTION_MS = 10_000

/** Tells what happened, with one thing to do about it. Read aloud when the reader of the screen pauses. */
export function tell(title: string, options: { description?: string; action?: ToastData['action'] } = {}): void {
  toasts.add({ title, description: options.description, timeout: options.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS, priority: 'low', data: { tone: 'plain', action: options.action } })
}

/** Tells what did not happen. Read aloud at once. */
export function tellRefusal(title: string, error: unknown, action?: ToastData['action']): void {
  const description = error instanceof Error ? error.message : undefined
  toasts.add({ title, description, timeout: SHOWN_WITH_ACTION_MS, priority: 'high', data: { tone: 'bad', action } })
}
